"""The order protocol of one account, without input or output: evidence in, facts out (reliability.md §1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.order import ExitReason, Leg, Order, OrderState, PositionSide
from sigma_engine.domain.symbol import short
from sigma_engine.domain.venue import VenueFill, VenueOrder
from sigma_engine.events import (
    AlertRaised,
    Event,
    OrderRejected,
    PositionClosed,
    Severity,
    StandingChanged,
)
from sigma_engine.execution.book import Book
from sigma_engine.execution.gateway import Capabilities, Outcome, Refused
from sigma_engine.execution.live.consequences import Consequences
from sigma_engine.execution.live.differences import Differences
from sigma_engine.execution.live.executions import Executions
from sigma_engine.execution.live.exits import Exits
from sigma_engine.execution.live.externals import Externals
from sigma_engine.execution.live.guard import Guard
from sigma_engine.execution.live.held_terms import HeldTerms
from sigma_engine.execution.live.intents import PREFIX, Intents
from sigma_engine.execution.live.truth import Truth
from sigma_engine.execution.standings import Standings


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

    `OrderSubmitted` among them is an order to send once it is journaled. Nothing here waits, asks or sends.
    """

    def __init__(
        self, book: Book, capabilities: Capabilities, standings: Standings, past: Past, interval_ms: int, at_ms: int
    ) -> None:
        self._book, self._capabilities = book, capabilities
        self.intents = Intents(past.orders)
        self.executions = Executions(book, self.intents, past.trade_ids, past.bill_ids, interval_ms)
        self.differences = Differences(book, self.executions, past.bill_ids, interval_ms)
        self._externals = Externals(book, self.executions, self.differences)
        self.standings = standings
        self.standings.raise_concern("start", AccountState.RECONCILING, "comparing with what the exchange holds")
        self._terms = HeldTerms(book)
        self.exits = Exits(self.intents, interval_ms)
        self.guard = Guard(book, self.intents, self.exits, self._terms, standings, interval_ms)
        self._consequences = Consequences(book, self.executions, self.differences, standings)
        self._started_ms = at_ms
        self._flattening: ExitReason | None = None
        self._truth: Truth | None = None
        self._begins = past.fresh

    @property
    def unsettled(self) -> bool:
        """Whether something is on its way or in doubt, so that the exchange should be read again soon."""
        waiting = any(not order.leg.rests or order.state is not OrderState.WORKING for order in self.intents.open())
        return waiting or self.guard.is_bare or self.executions.puzzled or self.differences.pending

    @property
    def is_at_risk(self) -> bool:
        """Whether something is bare, or may be at any moment because an entry is at the exchange."""
        return self.guard.is_bare or any(
            order.state is not OrderState.INTENT for order in self.intents.open(leg=Leg.ENTRY)
        )

    def let_pass(self, at_ms: int) -> list[Event]:
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
                facts += self.guard.say_refused(fact.order, at_ms)
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
            facts += self._terms.compare(truth)
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
        return self.guard.protect(self._truth, at_ms)

    def stay_flat(self, reason: ExitReason | None) -> None:
        """Close for ``reason`` whatever entries on their way may still bring; None ends that."""
        self._flattening = reason

    def _flatten_late(self, at_ms: int) -> list[Event]:
        if self._flattening is None:
            return []
        reason, held = self._flattening, self._book.positions()
        if not held and not self.intents.open(leg=Leg.ENTRY):
            self._flattening = None
        return [fact for position in held for fact in self.exits.close(position, reason, at_ms)]

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

    @property
    def terms_differ(self) -> bool:
        """Whether something is held on other terms than it was opened with."""
        return self._terms.differ

    def oldest_open_ms(self) -> int | None:
        """When the oldest order was made whose end is not known; those that rest are found in the list of open ones."""
        return min((order.created_ms for order in self.intents.open()), default=None)

    def entries_to_cancel(self) -> list[VenueOrder]:
        """Our entries that wait at the exchange."""
        waiting = {order.venue_id for order in self.intents.open(leg=Leg.ENTRY) if order.venue_id is not None}
        return [found for found in (self._truth.open_orders if self._truth else ()) if found.venue_id in waiting]

    def _flatten_symbol(self, symbol: str, at_ms: int, reason: ExitReason) -> list[Event]:
        position = self._book.position(symbol)
        return [] if position is None else self.exits.close(position, reason, at_ms)

    def _moving(self) -> list[Order]:
        """Orders that may be executed at any moment; of an exit in doubt there would be executions before long.

        Of a position that is gone already new exits stay in doubt for ever: they must not keep it in the ledger.
        """
        in_doubt = {order.client_id for order in self.intents.open(leg=Leg.EXIT) if order.state is OrderState.UNKNOWN}
        return [order for order in self.intents.open() if not order.leg.rests and order.client_id not in in_doubt]

    def _forget_closed(self, facts: Iterable[Event]) -> None:
        for fact in facts:
            if isinstance(fact, PositionClosed):
                self.guard.forget(fact.trade.symbol)

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
