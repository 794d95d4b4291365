"""Keeps every position protected at the exchange, or closes it; without input or output (reliability.md §1)."""

from collections.abc import Iterator, Sequence

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.order import ExitReason, Leg, Order, OrderState
from sigma_engine.domain.position import Position
from sigma_engine.domain.symbol import short
from sigma_engine.domain.venue import VenueOrder
from sigma_engine.events import AlertRaised, Event, PositionChanged, Severity
from sigma_engine.execution.book import Book
from sigma_engine.execution.live.exits import AGAIN_MS, LONGEST_AGAIN_MS, Exits
from sigma_engine.execution.live.held_terms import HeldTerms
from sigma_engine.execution.live.intents import Intents
from sigma_engine.execution.live.patience import Patience
from sigma_engine.execution.live.protecting import Cover, Wanted, cover, ours
from sigma_engine.execution.live.truth import Truth
from sigma_engine.execution.orders import protective_ids, protective_order
from sigma_engine.execution.standings import Standings

PROTECT_MS = 4_500
"""A position whose stop was not seen at the exchange for so long is closed: 5 s, less the way there."""
REFUSED_AGAIN_MS = 1_000
"""What was refused is tried again, at first so soon, then ever later."""
FORGOTTEN_MS = 15_000
"""A position without a stop that could not be closed for so long halts the account."""


class Guard:
    """Compares what rests at the exchange with what the positions need.

    `OrderSubmitted` among its facts is a stop, target or exit to send; `take_cancels()` are orders at the exchange that
    are not needed any more.
    """

    def __init__(
        self, book: Book, intents: Intents, exits: Exits, terms: HeldTerms, standings: Standings, interval_ms: int
    ) -> None:
        self._book, self._intents, self._exits, self._terms = book, intents, exits, terms
        self._standings, self._interval_ms = standings, interval_ms
        self._placing = Patience(REFUSED_AGAIN_MS, LONGEST_AGAIN_MS)
        self._bare_since: dict[str, int] = {}
        self._noticed: dict[str, int] = {}
        self._hopeless: dict[str, int] = {}
        self._resting: dict[str, frozenset[Leg]] = {}
        self._refused: set[tuple[str, Leg]] = set()
        self._cancels: dict[str, VenueOrder] = {}

    @property
    def is_bare(self) -> bool:
        """Whether a position has no stop at the exchange that was seen."""
        return bool(self._bare_since)

    def rests(self, symbol: str, leg: Leg) -> bool:
        """Whether the exchange was last seen to hold the position's stop or target where it has to be."""
        return leg in self._resting.get(symbol, frozenset())

    def protect(self, truth: Truth, at_ms: int) -> list[Event]:
        """What has to rest for the positions as they are, and what must be closed for want of it."""
        facts = [fact for position in self._book.positions() for fact in self._protect_one(position, truth, at_ms)]
        self._sweep(truth)
        return facts

    def take_cancels(self) -> list[VenueOrder]:
        """Orders at the exchange to cancel, each named once until a reading shows that it is still there."""
        cancels, self._cancels = list(self._cancels.values()), {}
        return cancels

    def say_refused(self, order: Order, at_ms: int) -> Iterator[Event]:
        """A refused order, told once for what is tried again by itself."""
        market = (order.symbol, order.leg)
        if order.leg is Leg.ENTRY or market not in self._refused:
            text = f"The {short(order.symbol)} {order.leg} order was refused: {order.refusal}"
            yield AlertRaised(at_ms=at_ms, severity=Severity.WARNING, text=text)
        self._refused.add(market)

    def forget(self, symbol: str) -> None:
        """The position is closed."""
        self._not_bare(symbol)
        self._resting.pop(symbol, None)
        self._exits.forget(symbol)
        self._terms.forget(symbol)
        self._all_well(symbol)

    def _protect_one(self, position: Position, truth: Truth, at_ms: int) -> list[Event]:
        coming = [order for leg in (Leg.STOP, Leg.TARGET) for order in self._coming(position.symbol, leg, at_ms)]
        state = cover(position, truth, coming, ours(truth, self._intents), self._terms.liquidation(position))
        self._resting[position.symbol] = state.resting
        if not self._intents.open(position.symbol, Leg.ENTRY):  # what came with an entry grows as that is executed
            self._cancels |= {order.venue_id: order for order in state.superfluous}
        facts = [*self._note(position, state, at_ms)]
        leaving = self._exits.pending(position.symbol, at_ms)
        if leaving is not None and leaving.state is not OrderState.UNKNOWN:
            return facts
        if not state.by_stop and self._is_too_late(position, coming, at_ms):
            return [*facts, *self._give_up(position, truth, at_ms)]
        facts += self._exits.insist(position, at_ms)
        held = position.quantity
        missing = [each for each in state.missing if self._placing.is_due(position.symbol, (each, held), at_ms)]
        return [*facts, *(self._place(position, wanted, at_ms) for wanted in missing)]

    def _coming(self, symbol: str, leg: Leg, at_ms: int) -> list[Order]:
        """Protective orders whose answer, or whose first sight, is awaited.

        One that may have been lost is not waited for: a second can only close what the first would have closed.
        """
        unseen = [order for order in self._intents.open(symbol, leg) if not self._intents.was_seen(order.client_id)]
        return [order for order in unseen if not self._exits.may_be_lost(order, at_ms)]

    def _is_too_late(self, position: Position, coming: Sequence[Order], at_ms: int) -> bool:
        """Whether the position waited long enough for its stop; one the exchange acknowledged may show a bit later."""
        noticed_ms = self._noticed.get(position.symbol, at_ms)
        if at_ms - self._bare_since.get(position.symbol, at_ms) < PROTECT_MS or at_ms - noticed_ms < AGAIN_MS:
            return False
        return not any(
            order.leg is Leg.STOP and order.state is OrderState.WORKING and order.quantity >= position.quantity
            for order in coming
        )

    def _note(self, position: Position, state: Cover, at_ms: int) -> Iterator[Event]:
        """Remember since when the position is protected, or bare."""
        if state.by_stop:
            self._not_bare(position.symbol)
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

    def _give_up(self, position: Position, truth: Truth, at_ms: int) -> list[Event]:
        """No stop could be had in time: the position is closed; where a reading shows it still, a person must know."""
        name, is_news = short(position.symbol), position.symbol not in self._hopeless
        since_ms = self._hopeless.setdefault(position.symbol, at_ms)
        is_still_held = self._exits.would_show(position, truth.at_ms)
        facts = self._exits.again(position, ExitReason.KILL, at_ms)
        if is_news:
            text = f"{name} had no stop at the exchange for 5 s: it is closed at market."
            facts.append(AlertRaised(at_ms=at_ms, severity=Severity.CRITICAL, text=text))
        elif is_still_held and at_ms - since_ms >= FORGOTTEN_MS - PROTECT_MS:
            reason = f"{name} has no stop at the exchange and cannot be closed: close it on the exchange"
            self._standings.latch(AccountState.HALTED, reason, at_ms)
        return facts

    def _place(self, position: Position, wanted: Wanted, at_ms: int) -> Event:
        ids = protective_ids(position, wanted.leg, wanted.trigger)
        attempt, client_id = self._intents.fresh(ids)
        order = protective_order(position, wanted.leg, wanted.trigger, at_ms, self._interval_ms, attempt, client_id)
        self._placing.tried(position.symbol, (wanted, position.quantity), at_ms)
        return self._intents.submit(order, at_ms)

    def _sweep(self, truth: Truth) -> None:
        """What closes positions that are gone may only harm the next; orders of others are left alone."""
        held = {(position.symbol, position.side) for position in self._book.positions()}
        coming = {order.symbol for order in self._intents.open(leg=Leg.ENTRY)}
        mine = ours(truth, self._intents)
        for found in truth.open_orders:
            orphaned = (found.symbol, found.position_side) not in held and found.symbol not in coming
            if orphaned and found.reduces and found.venue_id in mine:
                self._cancels[found.venue_id] = found

    def _not_bare(self, symbol: str) -> None:
        for since in (self._bare_since, self._noticed, self._hopeless):
            since.pop(symbol, None)

    def _all_well(self, symbol: str) -> None:
        self._placing.forget(symbol)
        self._refused = {(market, leg) for market, leg in self._refused if market != symbol}


def _legs(position: Position) -> frozenset[Leg]:
    """What has to rest for it."""
    levels = ((Leg.STOP, position.stop), (Leg.TARGET, position.target))
    return frozenset(leg for leg, level in levels if level is not None)
