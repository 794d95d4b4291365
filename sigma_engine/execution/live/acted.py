"""Which stop or target an execution came of, where no list of the exchange connects the two; pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sigma_engine.domain.order import ExitReason, Leg, Order, OrderState
from sigma_engine.domain.position import Position
from sigma_engine.domain.venue import VenueFill, VenueOrder, VenueOrderKind, VenueOrderState
from sigma_engine.execution.live.truth import Truth

CLOCKS_MS = 1_000
"""The exchange's clock and ours are no further apart."""
LEGS = {VenueOrderKind.STOP: Leg.STOP, VenueOrderKind.TARGET: Leg.TARGET}


def acted_on(position: Position, truth: Truth) -> list[VenueOrder]:
    """Stops and targets of the position that are listed as having acted."""
    market = (position.symbol, position.side, position.side.closing)
    return [
        listed
        for listed in truth.ended_orders
        if listed.kind in LEGS
        and listed.state is VenueOrderState.FILLED
        and (listed.symbol, listed.position_side, listed.side) == market
        and listed.updated_ms >= position.entry_ms
    ]


def acted(
    found: VenueFill, position: Position, truth: Truth, orders: Iterable[Order], executed: Mapping[str, Decimal]
) -> Order | None:
    """The stop or target among ``orders`` of which ``found`` is an execution; None where it may be none of them.

    It is listed as acted, or it is gone and the price was there. ``executed`` is how much of each is booked already,
    by client id: none is executed beyond its quantity. Where several acted, the likeliest is the one of which the list
    says that more was executed than is booked.
    """
    listed = {each.client_id or each.venue_id: each.filled for each in acted_on(position, truth)}
    waiting = {each.venue_id for each in truth.open_orders}

    def told(order: Order) -> Decimal | None:
        return listed.get(order.client_id, listed.get(order.venue_id or ""))

    def is_gone(order: Order) -> bool:
        had = order.state in (OrderState.WORKING, OrderState.FILLED) and order.venue_id not in waiting
        return had and _reached(order, position, found.price)

    likely = [
        order
        for order in orders
        if order.leg.rests
        and (order.symbol, order.position_side) == (position.symbol, position.side)
        and position.entry_ms <= order.created_ms <= found.at_ms + CLOCKS_MS
        and (order.state.is_open or order.state is OrderState.FILLED)
        and executed.get(order.client_id, Decimal(0)) + found.quantity <= order.quantity
        and (told(order) is not None or is_gone(order))
    ]

    def likelihood(order: Order) -> tuple[bool, bool, int]:
        filled = told(order)
        is_awaited = (filled or 0) - executed.get(order.client_id, Decimal(0)) >= found.quantity
        return is_awaited, filled is not None, order.created_ms

    return max(likely, key=likelihood, default=None)


def reason_of(kind: VenueOrderKind, position: Position) -> ExitReason:
    """What an exit is called that a stop or a target made."""
    return position.stop_kind if kind is VenueOrderKind.STOP else ExitReason.TARGET


def touched(position: Position, entry: Order | None, price: Decimal, truth: Truth) -> ExitReason | None:
    """Stop or target, where none of its kind waits any more and ``price`` was there; ``entry`` had them attached."""
    stops = (position.stop, entry.attached_stop if entry else None)
    targets = (position.target, entry.attached_target if entry else None)
    for levels, kind in ((stops, VenueOrderKind.STOP), (targets, VenueOrderKind.TARGET)):
        gone = not truth.resting(position.symbol, position.side, kind)
        if gone and any(level is not None and _is_at(LEGS[kind], position, level, price) for level in levels):
            return reason_of(kind, position)
    return None


def _reached(order: Order, position: Position, price: Decimal) -> bool:
    return order.trigger is not None and _is_at(order.leg, position, order.trigger, price)


def _is_at(leg: Leg, position: Position, level: Decimal, price: Decimal) -> bool:
    """Whether ``price`` is one at which a stop or target at ``level`` acts."""
    sign = position.side.sign if leg is Leg.STOP else -position.side.sign
    return sign * (price - level) <= 0
