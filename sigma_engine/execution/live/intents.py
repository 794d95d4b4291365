"""Our own orders and what is known of each: nothing leaves this table without evidence from the exchange."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import Leg, Order, OrderState
from sigma_engine.domain.venue import VenueOrder, VenueOrderState
from sigma_engine.events import Event, OrderCancelled, OrderChanged, OrderRejected, OrderSubmitted
from sigma_engine.execution.gateway import Acknowledged, NotSent, Outcome, Refused
from sigma_engine.execution.live.truth import Truth

LATEST_SEND_MS = 10_000
"""An order that waited longer than this for its turn is not sent any more."""
FENCE_MS = 60_000
"""So long after signing the exchange cannot admit a request any more: 30 s it allows, 30 s for its clock and ours."""
APART_MS = 5_000
"""Two readings that agree are evidence when they are at least this far apart."""

REMEMBERED = 1_000
"""So many orders that ended are kept at least."""
PREFIX = "sg"
"""What every client id of SIGMA's begins with."""


@dataclass(frozen=True, slots=True)
class Missed:
    """An order that whole readings did not find: when it was missed first, and last."""

    first_ms: int
    last_ms: int


class Intents:
    """Orders of this account by client id; those that ended stay for a while, because executions may arrive late."""

    def __init__(self, orders: Iterable[Order] = ()) -> None:
        self._orders = {order.client_id: order for order in orders}
        self._by_venue_id = {order.venue_id: order.client_id for order in orders if order.venue_id is not None}
        self._became: dict[str, str] = {}
        self._missed: dict[str, Missed] = {}
        self._sending: set[str] = set()
        self._seen: set[str] = set()
        self._withdrawn: dict[str, str] = {}

    def add(self, order: Order) -> None:
        """Take an order that is journaled and on its way."""
        self._orders[order.client_id] = order
        self._sending.add(order.client_id)
        self._forget_old()

    def submit(self, order: Order, at_ms: int) -> Event:
        """Take an order that leaves as soon as the fact of it is journaled."""
        self.add(order)
        return OrderSubmitted(at_ms=at_ms, order=order)

    def get(self, client_id: str | None) -> Order | None:
        """The order of a client id, if it is ours."""
        return None if client_id is None else self._orders.get(client_id)

    def of_venue(self, venue_id: str) -> Order | None:
        """The order of ours that the exchange calls ``venue_id``."""
        return self.get(self._by_venue_id.get(venue_id)) or self.get(self._became.get(venue_id))

    def all(self) -> list[Order]:
        """Every order, oldest first."""
        return list(self._orders.values())

    def open(self, symbol: str | None = None, leg: Leg | None = None) -> list[Order]:
        """Orders that may still execute, oldest first."""
        return [
            order
            for order in self._orders.values()
            if order.state.is_open and symbol in (None, order.symbol) and leg in (None, order.leg)
        ]

    def fresh(self, ids: Iterator[str]) -> tuple[int, str]:
        """The first of the client ids of successive attempts that was never used, and which attempt it is."""
        return next((attempt, client_id) for attempt, client_id in enumerate(ids, 1) if client_id not in self._orders)

    def is_sending(self, client_id: str) -> bool:
        """Whether the answer to its request is still awaited."""
        return client_id in self._sending

    def was_seen(self, client_id: str) -> bool:
        """Whether a reading ever showed it."""
        return client_id in self._seen

    def put(self, order: Order) -> Order:
        """Replace what is known of an order."""
        self._orders[order.client_id] = order
        if order.venue_id is not None:
            self._by_venue_id[order.venue_id] = order.client_id
        return order

    def name(self, venue_id: str, order: Order) -> None:
        """``venue_id`` is what ``order`` became at the exchange."""
        self._became[venue_id] = order.client_id

    def withdraw(self, found: VenueOrder, reason: str) -> None:
        """The exchange is asked to cancel ``found``; where that ends an order of ours, ``reason`` is why."""
        order = self.get(found.client_id) or self.of_venue(found.venue_id)
        if order is not None and order.state.is_open:
            self._withdrawn[order.client_id] = reason

    def learn(self, order: Order, outcome: Outcome, at_ms: int) -> Iterator[Event]:
        """What the answer to sending ``order`` says; an answer that comes after better evidence adds nothing."""
        self._sending.discard(order.client_id)
        known = self._orders.get(order.client_id, order)
        if isinstance(outcome, Acknowledged):
            known = self.put(replace(known, venue_id=known.venue_id or outcome.venue_id))
        if not known.state.is_open or known.state is OrderState.WORKING:
            return
        match outcome:
            case Acknowledged():
                yield self._change(replace(known, state=OrderState.WORKING, sent_ms=at_ms), at_ms)
            case Refused(reason=reason) | NotSent(reason=reason):
                rejected = self.put(replace(known, state=OrderState.REJECTED, refusal=reason, sent_ms=at_ms))
                yield OrderRejected(at_ms=at_ms, order=rejected)
            case _:
                unknown = replace(known, state=OrderState.UNKNOWN, refusal=outcome.reason, sent_ms=at_ms)
                yield self._change(unknown, at_ms)

    def doubt(self, at_ms: int) -> Iterator[Event]:
        """After a restart nobody knows what became of orders that were journaled and never answered."""
        for order in self.open():
            if order.state is OrderState.INTENT and order.client_id not in self._sending:
                reason = "SIGMA ended while it was on its way"
                yield self._change(replace(order, state=OrderState.UNKNOWN, refusal=reason), at_ms)

    def read(self, truth: Truth, executed: dict[str, Decimal]) -> Iterator[Event]:
        """What a reading shows of our orders; ``executed`` is how much of each the ledger has booked, by client id."""
        shown = self._shown(truth)
        for client_id, found in shown.items():
            self._seen.add(client_id)
            self._missed.pop(client_id, None)
            yield from self._settle(self._orders[client_id], found, executed.get(client_id, ZERO), truth.at_ms)
        for order in self.open():
            if order.client_id in shown:
                continue
            done = executed.get(order.client_id, ZERO)
            if done >= order.quantity:
                yield self._change(replace(order, state=OrderState.FILLED, filled=done), truth.at_ms)
            elif truth.whole and order.client_id not in self._sending:
                yield from self._miss(order, done, truth.at_ms)

    def _shown(self, truth: Truth) -> dict[str, VenueOrder]:
        """Our orders among those of a reading, by our client id or by the id the exchange gave one of them."""
        shown: dict[str, VenueOrder] = {}
        for found in truth.orders():
            order = self.get(found.client_id) or self.get(self._by_venue_id.get(found.venue_id))
            if order is not None and not _is_second_to(found, shown.get(order.client_id)):
                shown[order.client_id] = found
        return shown

    def _settle(self, order: Order, found: VenueOrder, booked: Decimal, at_ms: int) -> Iterator[Event]:
        """Move ``order`` to where the exchange has it; it ends only once all its executions are in the ledger."""
        known = replace(order, venue_id=found.venue_id, filled=max(booked, order.filled))
        awaited = booked < found.filled and not order.leg.rests
        if found.state is VenueOrderState.LIVE or awaited:
            known = replace(known, state=OrderState.WORKING)
        elif found.state is VenueOrderState.FILLED or booked >= order.quantity:
            known = replace(known, state=OrderState.FILLED)
        else:
            known = replace(known, state=OrderState.CANCELLED, refusal=self._why_ended(order))
        if known == order:
            return
        self.put(known)
        if known.state is OrderState.CANCELLED:
            yield OrderCancelled(at_ms=at_ms, order=known)
        elif (known.state, known.venue_id) != (order.state, order.venue_id):
            yield OrderChanged(at_ms=at_ms, order=known)

    def _why_ended(self, order: Order) -> str:
        return self._withdrawn.get(order.client_id) or order.refusal or "the exchange ended it"

    def _miss(self, order: Order, executed: Decimal, at_ms: int) -> Iterator[Event]:
        """Whole readings that do not know an order prove, in time, that it never arrived or is not there any more."""
        if at_ms < self._fenced_until(order):
            return
        missed = self._missed.setdefault(order.client_id, Missed(at_ms, at_ms))
        self._missed[order.client_id] = replace(missed, last_ms=at_ms)
        if at_ms - missed.first_ms < APART_MS:
            return
        del self._missed[order.client_id]
        if order.state is OrderState.WORKING or executed:
            reason = self._withdrawn.get(order.client_id, "the exchange does not have it any more")
            gone = replace(order, state=OrderState.CANCELLED, refusal=reason)
            yield OrderCancelled(at_ms=at_ms, order=self.put(replace(gone, filled=executed)))
        else:
            never = replace(order, state=OrderState.ABSENT, refusal="it never reached the exchange")
            yield self._change(never, at_ms)

    def _fenced_until(self, order: Order) -> int:
        """Until when the exchange could still admit it; one that waited there for its trigger was admitted long ago."""
        if order.state is OrderState.WORKING and order.leg.rests and order.client_id in self._seen:
            return 0
        signed_ms = order.sent_ms if order.sent_ms is not None else order.created_ms + LATEST_SEND_MS
        return signed_ms + FENCE_MS

    def _forget_old(self) -> None:
        """Of orders that ended long ago nothing is heard any more."""
        if len(self._orders) > 2 * REMEMBERED:
            ended = [order for order in self._orders.values() if not order.state.is_open]
            for order in ended[:-REMEMBERED]:
                del self._orders[order.client_id]
                self._by_venue_id.pop(order.venue_id or "", None)
                self._seen.discard(order.client_id)
                self._withdrawn.pop(order.client_id, None)

    def _change(self, order: Order, at_ms: int) -> Event:
        return OrderChanged(at_ms=at_ms, order=self.put(order))


def _is_second_to(found: VenueOrder, known: VenueOrder | None) -> bool:
    """Whether it is another order under the same client id, and has ended while ``known`` still waits."""
    other = known is not None and known.venue_id != found.venue_id
    return other and known is not None and known.state is VenueOrderState.LIVE is not found.state
