"""The orders that close positions, and the margin an entry needs."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count
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


def exit_ids(position: Position, reason: ExitReason) -> Iterator[str]:
    """The client ids of successive attempts to close ``position`` for ``reason``, without end."""
    yield exit_id(position, reason)
    yield from (client_order_id(position.entry_id, Leg.EXIT, reason, attempt) for attempt in count(2))


def protective_ids(position: Position, leg: Leg, trigger: Decimal) -> Iterator[str]:
    """The client ids of successive attempts to let a stop or target of ``position`` rest at ``trigger``."""
    parts = (position.entry_id, leg, trigger, position.quantity)
    yield from (client_order_id(*parts, attempt) for attempt in count(1))


def protective_order(
    position: Position, leg: Leg, trigger: Decimal, at_ms: int, interval_ms: int, attempt: int, client_id: str
) -> Order:
    """A reduce-only order for the whole of ``position`` that waits at the exchange for ``trigger``."""
    order = exit_order(position, position.stop_kind, at_ms, interval_ms, float(trigger))
    reason = position.stop_kind if leg is Leg.STOP else ExitReason.TARGET
    return replace(order, client_id=client_id, leg=leg, trigger=trigger, exit_reason=reason, attempt=attempt)


def with_attached(order: Order, arithmetic: Arithmetic) -> Order:
    """An entry with the stop and target that travel with it, measured from the price it was decided at."""
    sign = order.position_side.sign

    def level(distance: float | None, direction: int) -> Decimal | None:
        price = None if distance is None else arithmetic.price(order.reference_price + direction * distance)
        return price if price is not None and price > 0 else None

    return replace(
        order,
        attached_stop=level(order.stop_distance, -sign),
        attached_target=level(order.target_distance, sign),
    )


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
