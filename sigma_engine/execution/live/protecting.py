"""What has to rest at the exchange for a position to be protected, and what is there too much; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sigma_engine.domain.order import Leg, Order
from sigma_engine.domain.position import Position
from sigma_engine.domain.venue import VenueOrder, VenueOrderKind
from sigma_engine.execution.live.intents import Intents
from sigma_engine.execution.live.truth import Truth

KINDS = {Leg.STOP: VenueOrderKind.STOP, Leg.TARGET: VenueOrderKind.TARGET}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resting order a position should have and has not: place it."""

    leg: Leg
    trigger: Decimal


@dataclass(frozen=True, slots=True)
class Cover:
    """How a position is protected at the exchange.

    ``by_stop``: a stop for all of it waits there, wherever. ``missing`` has to be placed; ``superfluous`` may be
    cancelled, since what replaces it was seen. ``resting`` are the legs that wait exactly where they have to.
    """

    by_stop: bool
    resting: frozenset[Leg]
    missing: tuple[Wanted, ...]
    superfluous: tuple[VenueOrder, ...]


def cover(
    position: Position, truth: Truth, coming: Sequence[Order], ours: Iterable[str], liquidation: Decimal
) -> Cover:
    """How ``position`` is covered in ``truth``; ``coming`` are its protective orders on their way.

    ``liquidation`` is where the exchange would close it by itself; ``ours`` are the exchange's ids of orders that are
    SIGMA's, or came with an entry of SIGMA's: only those may be cancelled. A new order is seen before an old one goes,
    so that there is no moment without.
    """
    own = set(ours)
    missing: list[Wanted] = []
    resting_legs: set[Leg] = set()
    superfluous: list[VenueOrder] = []
    for leg, level in ((Leg.STOP, position.stop), (Leg.TARGET, position.target)):
        resting = truth.resting(position.symbol, position.side, KINDS[leg])
        right = [found for found in resting if found.trigger == level and found.quantity >= position.quantity]
        right.sort(key=lambda found: (found.quantity, found.created_ms))
        if level is not None and not right and not _is_coming(coming, leg, level, position.quantity):
            missing.append(Wanted(leg, level))
        if right:
            resting_legs.add(leg)
        if right or level is None:
            superfluous += [found for found in resting if found.venue_id in own and found not in right[:1]]
    by_stop = _is_stopped(position, truth, liquidation)
    return Cover(by_stop, frozenset(resting_legs), tuple(missing), tuple(superfluous))


def _is_stopped(position: Position, truth: Truth, liquidation: Decimal) -> bool:
    """Whether stops that all act before the liquidation, and not behind the price, cover the whole quantity."""
    if position.stop is None:
        return True  # nobody asked for one
    sign = position.side.sign
    stops = truth.resting(position.symbol, position.side, VenueOrderKind.STOP)
    sound = [stop.quantity for stop in stops if stop.trigger is not None and sign * (stop.trigger - liquidation) > 0]
    return sum(sound, Decimal(0)) >= position.quantity


def _is_coming(coming: Sequence[Order], leg: Leg, level: Decimal, quantity: Decimal) -> bool:
    return any(order.leg is leg and order.trigger == level and order.quantity >= quantity for order in coming)


def ours(truth: Truth, intents: Intents) -> set[str]:
    """The exchange's ids of resting orders that are SIGMA's: our own, and those attached to an entry of ours."""
    levels = {
        (order.symbol, order.position_side, level)
        for order in intents.all()
        if order.leg is Leg.ENTRY
        for level in (order.attached_stop, order.attached_target)
        if level is not None
    }
    return {
        found.venue_id
        for found in truth.open_orders
        if intents.get(found.client_id) is not None
        or intents.of_venue(found.venue_id) is not None
        or (found.reduces and (found.symbol, found.position_side, found.trigger) in levels)
    }
