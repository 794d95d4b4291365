"""The order protocol of one account, without input or output: evidence in, facts out (reliability.md §1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.order import ExitReason, Leg, Order, OrderState, PositionSide
from sigma_engine.domain.position import Position
from sigma_engine.domain.symbol import short
from sigma_engine.domain.venue import VenueFill, VenueOrder
from sigma_engine.events import (
    AlertRaised,
    Event,
    OrderRejected,
    OrderSubmitted,
    PositionChanged,
    PositionClosed,
    Severity,
    StandingChanged,
)
from sigma_engine.execution.book import Book
from sigma_engine.execution.gateway import Capabilities, Outcome, Refused
from sigma_engine.execution.live.consequences import Consequences
from sigma_engine.execution.live.differences import Differences
from sigma_engine.execution.live.executions import Executions
from sigma_engine.execution.live.externals import Externals
from sigma_engine.execution.live.held_terms import HeldTerms
from sigma_engine.execution.live.intents import PREFIX, Intents
from sigma_engine.execution.live.patience import Patience
from sigma_engine.execution.live.protecting import Cover, Wanted, cover, ours
from sigma_engine.execution.live.truth import Truth
from sigma_engine.execution.orders import exit_ids, exit_order, protective_ids, protective_order
from sigma_engine.execution.standings import Standings

PROTECT_MS = 4_500
"""A position whose stop was not seen at the exchange for so long is closed: 5 s, less the way there."""
AGAIN_MS = 1_500
"""So long after an exit that brought nothing the next one is sent; it can only close, so two do no harm."""
REFUSED_AGAIN_MS, LONGEST_AGAIN_MS = 1_000, 30_000
"""What was refused is tried again, at first soon, then ever later."""
ACKNOWLEDGED_MS = 6_000
"""So long a stop the exchange has acknowledged may stay unseen: its lists lag behind by some 5 s."""
FORGOTTEN_MS = 15_000
"""A position without a stop that could not be closed for so long halts the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the store knows of the account from before: its orders, executions and bills booked.

    ``fresh``: nothing, because the account begins here. What the first whole reading lists was before its time.
    """

    orders: tuple[Order, ...] = ()
    trade_ids: frozenset[str] = frozenset()
    bill_ids: frozenset[str] = frozenset()
    fresh: bool = False


class Desk:
    """Holds what is known of the account and says what follows; every answer is facts to journal.

    `OrderSubmitted` among them is an order to send once it is journaled, `take_cancels()` are orders at the exchange
    that are not needed any more. Nothing here waits, asks or sends.
    """

    def __init__(
        self, book: Book, capabilities: Capabilities, standings: Standings, past: Past, interval_ms: int, at_ms: int
    ) -> None:
        self._book, self._capabilities, self._interval_ms = book, capabilities, interval_ms
        self.intents = Intents(past.orders)
        self.executions = Executions(book, self.intents, past.trade_ids, past.bill_ids, interval_ms)
        self.differences = Differences(book, self.executions, past.bill_ids, interval_ms)
        self._externals = Externals(book, self.executions, self.differences)
        self.standings = standings
        self.standings.raise_concern("start", AccountState.RECONCILING, "comparing with what the exchange holds")
        self._bare_since: dict[str, int] = {}
        self._noticed: dict[str, int] = {}
        self._placing = Patience(REFUSED_AGAIN_MS, LONGEST_AGAIN_MS)
        self._leaving = Patience(AGAIN_MS, LONGEST_AGAIN_MS)
        self._told: set[tuple[str, Leg]] = set()
        self._resting: dict[str, frozenset[Leg]] = {}
        self._held_terms = HeldTerms(book)
        self._consequences = Consequences(book, self.executions, self.differences, standings)
        self._started_ms = at_ms
        self._hopeless: dict[str, int] = {}
        self._cancels: dict[str, VenueOrder] = {}
        self._flattening: ExitReason | None = None
        self._truth: Truth | None = None
        self._begins = past.fresh

    @property
    def unsettled(self) -> bool:
        """Whether something is on its way or in doubt, so that the exchange should be read again soon."""
        waiting = any(not order.leg.rests or order.state is not OrderState.WORKING for order in self.intents.open())
        return waiting or bool(self._bare_since) or self.executions.puzzled or self.differences.pending

    @property
    def is_bare(self) -> bool:
        """Whether a position has no stop at the exchange that was seen."""
        return bool(self._bare_since)

    @property
    def is_at_risk(self) -> bool:
        """Whether something is bare, or may be at any moment because an entry is at the exchange."""
        return self.is_bare or any(order.state is not OrderState.INTENT for order in self.intents.open(leg=Leg.ENTRY))

    def guard(self, at_ms: int) -> list[Event]:
        """What the passing of time asks for, whether or not the exchange could be read meanwhile."""
        return [*self.protect(at_ms), *self._tell(at_ms)]

    def begin(self, at_ms: int) -> list[Event]:
        """The first thing after a start: orders without an answer are in doubt."""
        return [*self.intents.doubt(at_ms), *self._tell(at_ms)]

    def learn(self, order: Order, outcome: Outcome, at_ms: int) -> list[Event]:
        """The answer to an order that was sent, or its absence."""
        facts = list(self.intents.learn(order, outcome, at_ms))
        if isinstance(outcome, Refused) and order.leg is Leg.STOP and outcome.would_trigger:
            facts += self._flatten_symbol(order.symbol, at_ms, order.exit_reason or ExitReason.STOP)
        for fact in tuple(facts):
            if isinstance(fact, OrderRejected):
                facts += self._say_refused(fact.order, at_ms)
        return [*facts, *self._tell(at_ms)]

    def read(self, truth: Truth, at_ms: int = 0) -> list[Event]:
        """A reading of the exchange: executions first, then orders, then protection, then what is left to explain.

        ``at_ms`` is now; a reading that waited for its turn may have begun seconds ago, and what it proves is as old.
        """
        self._truth, at_ms = truth, max(truth.at_ms, at_ms)
        if self._begins:
            self._begins = not truth.whole
            self.executions.know(truth.fills)
            self.differences.know(truth.bills)
        facts = [*self.executions.read(truth), *self.intents.read(truth, self.executions.executed)]
        if truth.whole:
            facts += self.differences.book_bills(truth)
            facts += self.differences.compare(truth, [order.symbol for order in self._moving()])
            facts += self._externals.compare(truth)
            facts += self._held_terms.compare(truth)
            self._reconciled(truth)
        facts += self._consequences.of(facts, at_ms)
        self._forget_closed(facts)
        facts += self._flatten_late(at_ms)
        facts += self.protect(at_ms)
        return [*facts, *self._tell(at_ms)]

    def trouble(self, name: str, state: AccountState, reason: str, at_ms: int) -> list[Event]:
        """Something outside keeps the account from trading freely."""
        self.standings.raise_concern(name, state, reason)
        return self._tell(at_ms)

    def relief(self, name: str, at_ms: int) -> list[Event]:
        """It does no longer."""
        self.standings.settle(name)
        return self._tell(at_ms)

    def protect(self, at_ms: int) -> list[Event]:
        """What has to rest at the exchange for the positions as they are, and what must be closed for want of it."""
        if self._truth is None or not self._capabilities.rests_protection:
            return []
        facts: list[Event] = []
        for position in self._book.positions():
            facts += self._protect_one(position, self._truth, at_ms)
        self._sweep(self._truth)
        return facts

    def stay_flat(self, reason: ExitReason | None) -> None:
        """Close for ``reason`` whatever entries on their way may still bring; None ends that."""
        self._flattening = reason

    def _flatten_late(self, at_ms: int) -> list[Event]:
        if self._flattening is None:
            return []
        reason, held = self._flattening, self._book.positions()
        if not held and not self.intents.open(leg=Leg.ENTRY):
            self._flattening = None
        return [fact for position in held for fact in self.close(position, reason, at_ms)]

    def close(self, position: Position, reason: ExitReason, at_ms: int) -> list[Event]:
        """An order to close ``position``, unless one is on its way already."""
        if self.exit_pending(position.symbol, at_ms) is not None:
            return []
        return [self._submit(self.exit_order(position, reason, at_ms), at_ms)]

    def exit_order(self, position: Position, reason: ExitReason, at_ms: int) -> Order:
        """The next attempt to close ``position`` for ``reason``."""
        attempt, client_id = self.intents.fresh(exit_ids(position, reason))
        order = exit_order(position, reason, at_ms, self._interval_ms, float(position.mark))
        return replace(order, client_id=client_id, attempt=attempt)

    def exit_pending(self, symbol: str, at_ms: int) -> Order | None:
        """The exit that is on its way and may still bring something."""
        for order in self.intents.open(symbol, Leg.EXIT):
            since_ms = order.created_ms if order.sent_ms is None else order.sent_ms
            if self.intents.is_sending(order.client_id) or at_ms < since_ms + AGAIN_MS:
                return order
        return None

    def doubt(self, symbol: str) -> str | None:
        """Why nothing may be opened in a market: somebody else holds something there, or nobody knows what we hold."""
        if any(market[0] == symbol for market in self.differences.held_elsewhere()):
            return f"{short(symbol)} is held on the exchange beyond what SIGMA opened"
        if any(self.executions.foreign(symbol, side) for side in PositionSide):
            return f"somebody else opened {short(symbol)} on the exchange"
        doubtful = [order for order in self.intents.open(symbol) if order.state is OrderState.UNKNOWN]
        return f"what became of the {doubtful[0].leg} order is not known yet" if doubtful else None

    def note(self, text: str, at_ms: int) -> list[Event]:
        """Something a person should read."""
        return [AlertRaised(at_ms=at_ms, severity=Severity.WARNING, text=text)]

    def leaves_doubt(self, open_orders: Sequence[VenueOrder], fills: Sequence[VenueFill]) -> bool:
        """Whether open orders and executions alone do not say what became of our orders."""
        listed = {found.venue_id for found in open_orders} | {found.client_id for found in open_orders}
        coming = {order.client_id: order.quantity for order in self.intents.open() if order.client_id not in listed}
        for fill in self.executions.news(fills):
            order = self.intents.of_venue(fill.order_id)
            if order is None:
                return True
            if order.client_id in coming:
                coming[order.client_id] -= fill.quantity
        return any(left > self.executions.executed[client_id] for client_id, left in coming.items())

    def rests(self, symbol: str, leg: Leg) -> bool:
        """Whether the exchange was last seen to hold the position's stop or target where it has to be."""
        return leg in self._resting.get(symbol, frozenset())

    @property
    def terms_differ(self) -> bool:
        """Whether something is held on other terms than it was opened with."""
        return self._held_terms.differ

    def oldest_open_ms(self) -> int | None:
        """When the oldest order was made whose end is not known; those that rest are found in the list of open ones."""
        return min((order.created_ms for order in self.intents.open()), default=None)

    def take_cancels(self) -> list[VenueOrder]:
        """Orders at the exchange to cancel, each named once until a reading shows that it is still there."""
        cancels, self._cancels = list(self._cancels.values()), {}
        return cancels

    def entries_to_cancel(self) -> list[VenueOrder]:
        """Our entries that wait at the exchange."""
        waiting = {order.venue_id for order in self.intents.open(leg=Leg.ENTRY) if order.venue_id is not None}
        return [found for found in (self._truth.open_orders if self._truth else ()) if found.venue_id in waiting]

    def _protect_one(self, position: Position, truth: Truth, at_ms: int) -> list[Event]:
        coming = [order for leg in (Leg.STOP, Leg.TARGET) for order in self._coming(position.symbol, leg, at_ms)]
        liquidation = self._held_terms.liquidation(position)
        state = cover(position, truth, coming, ours(truth, self.intents), liquidation)
        self._resting[position.symbol] = state.resting
        if not self.intents.open(position.symbol, Leg.ENTRY):  # what came with an entry grows as that is executed
            self._cancels |= {order.venue_id: order for order in state.superfluous}
        facts = [*self._note_cover(position, state, at_ms)]
        leaving = self.exit_pending(position.symbol, at_ms)
        if leaving is not None and leaving.state is not OrderState.UNKNOWN:
            return facts
        if not state.by_stop and self._is_too_late(position, coming, at_ms):
            return [*facts, *self._give_up(position, at_ms)]
        if (exit_ := self._decided_exit(position)) is not None and self._may_be_lost(exit_, at_ms, ACKNOWLEDGED_MS):
            facts += self._close_again(position, exit_.exit_reason or ExitReason.MANUAL, at_ms)
        held = position.quantity
        missing = [each for each in state.missing if self._placing.is_due(position.symbol, (each, held), at_ms)]
        return [*facts, *(self._place(position, wanted, at_ms) for wanted in missing)]

    def _coming(self, symbol: str, leg: Leg, at_ms: int) -> list[Order]:
        """Protective orders whose answer, or whose first sight, is awaited.

        One that may have been lost is not waited for: a second can only close what the first would have closed.
        """
        unseen = [order for order in self.intents.open(symbol, leg) if not self.intents.was_seen(order.client_id)]
        return [order for order in unseen if not self._may_be_lost(order, at_ms)]

    def _may_be_lost(self, order: Order, at_ms: int, patience_ms: int = AGAIN_MS) -> bool:
        if self.intents.is_sending(order.client_id):
            return False
        patience_ms = ACKNOWLEDGED_MS if order.state is OrderState.WORKING else patience_ms
        return at_ms >= (order.created_ms if order.sent_ms is None else order.sent_ms) + patience_ms

    def _is_too_late(self, position: Position, coming: Sequence[Order], at_ms: int) -> bool:
        """Whether the position waited long enough for its stop; one the exchange acknowledged may show a bit later."""
        noticed_ms = self._noticed.get(position.symbol, at_ms)
        if at_ms - self._bare_since.get(position.symbol, at_ms) < PROTECT_MS or at_ms - noticed_ms < AGAIN_MS:
            return False
        return not any(
            order.leg is Leg.STOP and order.state is OrderState.WORKING and order.quantity >= position.quantity
            for order in coming
        )

    def _decided_exit(self, position: Position) -> Order | None:
        """The latest exit of ours that did not close it: whoever decided it believes that it closes."""
        tried = [
            order
            for reason in ExitReason
            for order in takewhile(lambda order: order is not None, map(self.intents.get, exit_ids(position, reason)))
            if order is not None and (order.sent_ms is not None or order.state is OrderState.UNKNOWN)
        ]
        return max(tried, key=lambda order: order.created_ms, default=None)

    def _close_again(self, position: Position, reason: ExitReason, at_ms: int) -> list[Event]:
        if not self._leaving.is_due(position.symbol, Leg.EXIT, at_ms):
            return []
        self._leaving.tried(position.symbol, Leg.EXIT, at_ms)
        return self.close(position, reason, at_ms)

    def _note_cover(self, position: Position, state: Cover, at_ms: int) -> Iterator[Event]:
        """Remember since when the position is protected, or bare."""
        if state.by_stop:
            self._bare_since.pop(position.symbol, None)
            self._noticed.pop(position.symbol, None)
            self._hopeless.pop(position.symbol, None)
            if state.resting >= _legs(position):
                self._all_well(position.symbol)
            if position.protected_ms is None:
                yield PositionChanged(at_ms=at_ms, position=self._book.protect(position.symbol, at_ms))
            return
        since_ms = at_ms if position.protected_ms is not None else min(at_ms, position.entry_ms)
        self._bare_since.setdefault(position.symbol, since_ms)
        self._noticed.setdefault(position.symbol, at_ms)  # lists that lag show the execution before its stop
        if position.protected_ms is not None:
            yield PositionChanged(at_ms=at_ms, position=self._book.protect(position.symbol, None))

    def _give_up(self, position: Position, at_ms: int) -> list[Event]:
        """No stop could be had in time: the position is closed; where that fails too, a person must know."""
        is_news = position.symbol not in self._hopeless
        since_ms = self._hopeless.setdefault(position.symbol, at_ms)
        facts = self._close_again(position, ExitReason.KILL, at_ms)
        if is_news:
            text = f"{short(position.symbol)} had no stop at the exchange for 5 s: it is closed at market."
            facts.append(AlertRaised(at_ms=at_ms, severity=Severity.CRITICAL, text=text))
        elif at_ms - since_ms >= FORGOTTEN_MS - PROTECT_MS:
            reason = (
                f"{short(position.symbol)} has no stop at the exchange and cannot be closed: close it on the exchange"
            )
            self.standings.latch(AccountState.HALTED, reason, at_ms)
        return facts

    def _place(self, position: Position, wanted: Wanted, at_ms: int) -> Event:
        ids = protective_ids(position, wanted.leg, wanted.trigger)
        attempt, client_id = self.intents.fresh(ids)
        order = protective_order(position, wanted.leg, wanted.trigger, at_ms, self._interval_ms, attempt, client_id)
        self._placing.tried(position.symbol, (wanted, position.quantity), at_ms)
        return self._submit(order, at_ms)

    def _submit(self, order: Order, at_ms: int) -> Event:
        self.intents.add(order)
        return OrderSubmitted(at_ms=at_ms, order=order)

    def _flatten_symbol(self, symbol: str, at_ms: int, reason: ExitReason) -> list[Event]:
        position = self._book.position(symbol)
        return [] if position is None else self.close(position, reason, at_ms)

    def _moving(self) -> list[Order]:
        """Orders that may be executed at any moment; of an exit in doubt there would be executions before long.

        Of a position that is gone already new exits stay in doubt for ever: they must not keep it in the ledger.
        """
        in_doubt = {order.client_id for order in self.intents.open(leg=Leg.EXIT) if order.state is OrderState.UNKNOWN}
        return [order for order in self.intents.open() if not order.leg.rests and order.client_id not in in_doubt]

    def _sweep(self, truth: Truth) -> None:
        """What closes positions that are gone may only harm the next; orders of others are left alone."""
        held = {(position.symbol, position.side) for position in self._book.positions()}
        coming = {order.symbol for order in self.intents.open(leg=Leg.ENTRY)}
        mine = ours(truth, self.intents)
        for found in truth.open_orders:
            orphaned = (found.symbol, found.position_side) not in held and found.symbol not in coming
            if orphaned and found.reduces and found.venue_id in mine:
                self._cancels[found.venue_id] = found

    def _forget_closed(self, facts: Iterable[Event]) -> None:
        for fact in facts:
            if isinstance(fact, PositionClosed):
                self._forget(fact.trade.symbol)

    def _forget(self, symbol: str) -> None:
        self._bare_since.pop(symbol, None)
        self._noticed.pop(symbol, None)
        self._hopeless.pop(symbol, None)
        self._leaving.forget(symbol)
        self._resting.pop(symbol, None)
        self._held_terms.forget(symbol)
        self._all_well(symbol)

    def _all_well(self, symbol: str) -> None:
        self._placing.forget(symbol)
        self._told = {(market, leg) for market, leg in self._told if market != symbol}

    def _say_refused(self, order: Order, at_ms: int) -> Iterator[Event]:
        """A refused order, told once for what is tried again by itself."""
        market = (order.symbol, order.leg)
        if order.leg is Leg.ENTRY or market not in self._told:
            yield _refusal(order, at_ms)
        self._told.add(market)

    def _reconciled(self, truth: Truth) -> None:
        """A whole reading was compared; SIGMA's orders that nobody here knows mean that another SIGMA trades here."""
        self.standings.settle("start")
        for found in truth.orders():
            ours = self.intents.get(found.client_id) is not None or self.intents.of_venue(found.venue_id) is not None
            if not ours and (found.client_id or "").startswith(PREFIX) and self._is_recent(found):
                reason = "another SIGMA trades this account: end one of the two, then lift the halt"
                self.standings.latch(AccountState.HALTED, reason, truth.at_ms)

    def _is_recent(self, found: VenueOrder) -> bool:
        """Older ones are from before this start: a data folder that was replaced, not a second SIGMA."""
        return found.created_ms >= self._started_ms

    def _tell(self, at_ms: int) -> list[Event]:
        standing = self.standings.changed(at_ms)
        return [] if standing is None else [StandingChanged(at_ms=at_ms, standing=standing)]


def _refusal(order: Order, at_ms: int) -> Event:
    what = f"{short(order.symbol)} {order.leg}"
    return AlertRaised(at_ms=at_ms, severity=Severity.WARNING, text=f"The {what} order was refused: {order.refusal}")


def _legs(position: Position) -> frozenset[Leg]:
    """What has to rest for it."""
    levels = ((Leg.STOP, position.stop), (Leg.TARGET, position.target))
    return frozenset(leg for leg, level in levels if level is not None)
