"""What an execution, funding or a part closed makes of a position: average cost, exact in Decimal.

Opening and adding average the entry on full precision; closing a part leaves that average as it was. What the
remainder cost is kept to 1e-18 USDT, and a part's profit is measured by how much that cost shrank: so the parts of a
position always add up to the whole, however it was split, and a closed one leaves no rest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Context, Decimal, DivisionByZero, FloatOperation, InvalidOperation, Overflow, localcontext

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, Fill, Leg, Order
from sigma_engine.domain.position import Position, Trade
from sigma_engine.errors import DomainError
from sigma_engine.execution.closing import Closing, closed_trade
from sigma_engine.risk.arithmetic import Arithmetic

_EXACT = Context(prec=34, traps=[InvalidOperation, FloatOperation, Overflow, DivisionByZero])
_COST_GRID = Decimal("1e-18")
_MONEY_GRID = Decimal("1e-8")


@contextmanager
def exactly() -> Iterator[None]:
    """Decimals of 34 digits within the block, where a float that slips in is an error."""
    with localcontext(_EXACT):
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """What an execution that closes did: ``realised`` USDT before its fee.

    ``position`` is what is left of it, None where nothing is; ``trade`` what the whole came to, once nothing is.
    """

    realised: Decimal
    position: Position | None
    trade: Trade | None


def opened(order: Order, fill: Fill, arithmetic: Arithmetic) -> Position:
    """The position a first execution opens; stop and target are measured from it."""
    side = order.position_side
    margin = arithmetic.margin(fill.price, fill.quantity, order.leverage)
    stop = _stop(order, fill.price, arithmetic)
    return Position(
        symbol=order.symbol,
        side=side,
        quantity=fill.quantity,
        leverage=order.leverage,
        entry_price=fill.price,
        entry_ms=fill.at_ms,
        mark=fill.price,
        stop=stop,
        target=_target(order, fill.price, arithmetic),
        initial_stop=stop,
        stop_kind=ExitReason.STOP,
        liquidation=arithmetic.liquidation(side, fill.price, fill.quantity, margin),
        margin=margin,
        fees=fill.fee,
        funding=ZERO,
        slippage=fill.slippage,
        extreme=float(fill.price),
        atr=order.atr or 0.0,
        bars=0,
        entry_id=order.client_id,
        entry_reason=order.reason,
        unrealised=ZERO,
    )


def added(position: Position, order: Order, fill: Fill, arithmetic: Arithmetic) -> Position:
    """``position`` with another execution of an entry: averaged, and protected from the average on.

    A stop or target that was moved since stays; so do both where another order than ``order`` opened it. Raises
    `DomainError` for the other side: that closes.
    """
    if order.position_side is not position.side:
        raise DomainError(
            f"an execution of {order.client_id} opens {order.position_side} where {position.symbol} is held "
            f"{position.side}: book it as a reduction"
        )
    with exactly():
        quantity = position.quantity + fill.quantity
        cost = _cost(position, position.quantity) + fill.price * fill.quantity
        larger = replace(
            position,
            quantity=quantity,
            entry_price=_plain(cost / quantity),
            margin=position.margin + arithmetic.margin(fill.price, fill.quantity, position.leverage),
            fees=position.fees + fill.fee,
            slippage=position.slippage + fill.slippage,
        )
    if order.client_id == position.entry_id:
        larger = _protected_anew(position, larger, order, arithmetic)
    return _valued(replace(larger, liquidation=_liquidation(larger, arithmetic)), arithmetic)


def _protected_anew(before: Position, larger: Position, order: Order, arithmetic: Arithmetic) -> Position:
    """Stop and target from the new average, where they are still where the old one put them."""
    stop, target = (find(order, larger.entry_price, arithmetic) for find in (_stop, _target))
    untouched = before.stop_kind is ExitReason.STOP and before.stop == before.initial_stop
    return replace(
        larger,
        initial_stop=stop,
        stop=stop if untouched else before.stop,
        target=target if before.target == _target(order, before.entry_price, arithmetic) else before.target,
    )


def reduced(position: Position, fill: Fill, reason: ExitReason, arithmetic: Arithmetic, interval_ms: int) -> Reduction:
    """What ``fill`` closes of ``position``, at most all of it; profit as the exchange booked it, where it says so."""
    with exactly():
        closed = fill.quantity - surplus(position, fill)
        left = position.quantity - closed
        value = fill.price * closed
        released = _cost(position, position.quantity) - _cost(position, left)
        realised = fill.realised if fill.realised is not None else position.side.sign * (value - released)
        smaller = replace(
            position,
            quantity=left,
            margin=(position.margin * left / position.quantity).quantize(_MONEY_GRID),
            fees=position.fees + fill.fee,
            slippage=position.slippage + fill.slippage,
            closed_quantity=position.closed_quantity + closed,
            closed_value=position.closed_value + value,
            realised=position.realised + realised,
        )
        trade = None if left else _trade(smaller, fill, reason, interval_ms)
    return Reduction(realised=realised, position=_valued(smaller, arithmetic) if left else None, trade=trade)


def surplus(position: Position | None, fill: Fill) -> Decimal:
    """How much of an execution closes nothing of ``position``, base coin; all of it where the other side is held."""
    held = position.quantity if position is not None and fill.side is position.side.closing else ZERO
    return max(ZERO, fill.quantity - held)


def require_exit(fill: Fill) -> None:
    """Raise `DomainError` for an execution of an entry, which reduces nothing."""
    if fill.leg is Leg.ENTRY:
        raise DomainError(f"an execution of the entry {fill.client_id} on {fill.symbol} was booked as a reduction")


def funded(position: Position, amount: Decimal, arithmetic: Arithmetic) -> Position:
    """``position`` after funding of ``amount`` USDT (negative: paid) moved its margin, and that its liquidation."""
    with exactly():
        paid = replace(position, funding=position.funding + amount, margin=position.margin + amount)
    return replace(paid, liquidation=_liquidation(paid, arithmetic))


def _trade(position: Position, fill: Fill, reason: ExitReason, interval_ms: int) -> Trade:
    """What a position came to that has nothing left.

    One entry may open twice, when the rest of it is executed after the first part was closed: the closing execution
    tells the two apart.
    """
    closing = Closing(
        trade_id=f"{position.entry_id}-{fill.trade_id}" if fill.trade_id else position.entry_id,
        symbol=position.symbol,
        side=position.side,
        entry_ms=position.entry_ms,
        exit_ms=fill.at_ms,
        entry_price=position.entry_price,
        exit_price=_plain(position.closed_value / position.closed_quantity),
        quantity=position.closed_quantity,
        leverage=position.leverage,
        fees=position.fees,
        funding=position.funding,
        slippage=position.slippage,
        gross=position.realised,
        initial_stop=position.initial_stop,
        reason=reason,
        entry_reason=position.entry_reason,
    )
    return closed_trade(closing, interval_ms)


def _cost(position: Position, quantity: Decimal) -> Decimal:
    """What ``quantity`` of the position cost, USDT; the average of all of it, so exact for the whole."""
    return (quantity * position.entry_price).quantize(_COST_GRID)


def _plain(price: Decimal) -> Decimal:
    """``price`` without the zeros a division leaves behind."""
    shortest = price.normalize()
    return shortest.quantize(Decimal(1)) if shortest == shortest.to_integral_value() else shortest


def _valued(position: Position, arithmetic: Arithmetic) -> Position:
    profit = arithmetic.profit(position.side, position.quantity, position.entry_price, position.mark)
    return replace(position, unrealised=profit)


def _liquidation(position: Position, arithmetic: Arithmetic) -> Decimal:
    return arithmetic.liquidation(position.side, position.entry_price, position.quantity, position.margin)


def _stop(order: Order, entry: Decimal, arithmetic: Arithmetic) -> Decimal | None:
    return _away(arithmetic, entry, order.stop_distance, -order.position_side.sign)


def _target(order: Order, entry: Decimal, arithmetic: Arithmetic) -> Decimal | None:
    return _away(arithmetic, entry, order.target_distance, order.position_side.sign)


def _away(arithmetic: Arithmetic, entry: Decimal, distance: float | None, direction: int) -> Decimal | None:
    """The price ``distance`` away from the entry, on the tick; None without a distance or below zero."""
    if distance is None:
        return None
    price = arithmetic.price(float(entry) + direction * distance)
    return price if price > 0 else None
