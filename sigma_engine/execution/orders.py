"""The orders that close positions, and the margin an entry needs."""

from decimal import Decimal
from math import nan

from sigma_engine.domain.order import ExitReason, Leg, Order, client_order_id
from sigma_engine.domain.position import Position
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.costs import Costs


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


def entry_margin(order: Order, price: float, costs: Costs, arithmetic: Arithmetic) -> Decimal:
    """What an entry takes of the free margin if it is filled at the market's ``price``, its fee included, USDT."""
    costs = costs.at(range_fraction(order.atr, price))
    paid = arithmetic.fill_price(price, order.side, costs.adverse_fraction)
    return arithmetic.margin(paid, order.quantity, order.leverage) + arithmetic.fee(
        paid, order.quantity, costs.fee_rate
    )


def range_fraction(atr: float | None, price: float) -> float:
    """The market's range as a fraction of ``price``, which `Costs.at` takes; NaN where it was never measured."""
    return nan if atr is None else atr / price
