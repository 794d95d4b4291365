"""The orders that close positions."""

from sigma_engine.domain.order import ExitReason, Leg, Order, client_order_id
from sigma_engine.domain.position import Position


def exit_order(position: Position, reason: ExitReason, at_ms: int, interval_ms: int, reference_price: float) -> Order:
    """A reduce-only market order for the whole of ``position``."""
    return Order(
        client_id=exit_id(position, reason),
        symbol=position.symbol,
        leg=Leg.EXIT,
        side=position.side.closing,
        position_side=position.side,
        quantity=position.quantity,
        leverage=position.leverage,
        bar_ms=at_ms - at_ms % interval_ms,
        created_ms=at_ms,
        reference_price=reference_price,
        exit_reason=reason,
    )


def exit_id(position: Position, reason: ExitReason) -> str:
    """The client id of the order that closes ``position`` for ``reason``."""
    return client_order_id(position.entry_id, Leg.EXIT, reason)
