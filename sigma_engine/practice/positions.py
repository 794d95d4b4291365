"""Arithmetic of one position: growing, shrinking, what it is worth, where it is liquidated."""

from dataclasses import replace

from sigma_engine.practice.money import scaled, value_of
from sigma_engine.practice.nouns import UNIT, Fill, Hold, Position


def sign(hold: Hold) -> int:
    """1 for LONG, −1 for SHORT."""
    return 1 if hold is Hold.LONG else -1


def enlarged(position: Position, fill: Fill, margin: int, leverage: int) -> Position:
    """``position`` with an opening ``fill`` added, ``margin`` bound for it."""
    return replace(
        position,
        leverage=leverage,
        size=position.size + fill.quantity,
        open_value=position.open_value + fill.value,
        margin=position.margin + margin,
        open_fee=position.open_fee + fill.fee,
        total_opened=position.total_opened + fill.quantity,
        total_open_value=position.total_open_value + fill.value,
        total_open_fee=position.total_open_fee + fill.fee,
        updated_ms=fill.at_ms,
    )


def reduced(position: Position, quantity: int, value: int, fees: tuple[int, int], at_ms: int) -> tuple[Position, int]:
    """``position`` without ``quantity`` that went for ``value``, and the profit; entry and margin shrink in proportion.

    ``fees`` are of the execution and of the liquidation.
    """
    entry = scaled(position.open_value, quantity, position.size)
    left = replace(
        position,
        size=position.size - quantity,
        open_value=position.open_value - entry,
        margin=position.margin - scaled(position.margin, quantity, position.size),
        open_fee=position.open_fee - scaled(position.open_fee, quantity, position.size),
        unrealised=0 if quantity == position.size else position.unrealised,
        liquidation_price=0 if quantity == position.size else position.liquidation_price,
        total_closed=position.total_closed + quantity,
        total_close_value=position.total_close_value + value,
        total_close_fee=position.total_close_fee + fees[0],
        total_liquidation_fee=position.total_liquidation_fee + fees[1],
        updated_ms=at_ms,
    )
    return left, sign(position.hold) * (value - entry)


def unrealised(position: Position, mark: int) -> int:
    """The profit it would make at ``mark``."""
    return sign(position.hold) * (value_of(mark, position.size) - position.open_value)


def is_exhausted(equity: int, value: int, maintenance_rate: int) -> bool:
    """Whether the margin rate ``equity`` / ``value`` is at or below the maintenance rate."""
    return equity * UNIT <= value * maintenance_rate


def liquidation_price(hold: Hold, size: int, open_value: int, margin: int, rate: int) -> int:
    """Where (margin + profit) / value falls to ``rate``: (E ∓ M/q) / (1 ∓ rate); 0 where there is no such price."""
    direction = sign(hold)
    price = scaled((open_value - direction * margin) * UNIT, UNIT, size * (UNIT - direction * rate))
    return max(price, 0)
