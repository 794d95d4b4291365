"""The venue of a live session: carries orders to the exchange and brings back what it says, around the desk."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from functools import partial
from math import nan
from typing import Any

from sigma_engine.clock import Clock
from sigma_engine.domain.account import AccountState
from sigma_engine.domain.market import MarketStep, Ticks
from sigma_engine.domain.order import ExitReason, Leg, Order
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import RunState
from sigma_engine.domain.symbol import short
from sigma_engine.domain.venue import VenueOrder
from sigma_engine.errors import VenueError
from sigma_engine.events import Event
from sigma_engine.execution.book import Book
from sigma_engine.execution.funding import AnnouncedFunding
from sigma_engine.execution.gateway import Gateway, Hint, NotSent, Outcome, Refused, Unknown
from sigma_engine.execution.live.desk import Desk
from sigma_engine.execution.live.intents import LATEST_SEND_MS
from sigma_engine.execution.live.reading import Pace, Reader
from sigma_engine.execution.live.truth import Truth
from sigma_engine.kernels import exits
from sigma_engine.kernels.exits import Ending

TERMS_MS = 60_000
"""So long margin mode and leverage are believed after they were read back."""
EARLY_MS = 15_000
"""So long before its candle closes a market's terms are read again: no entry waits for that."""
GUARD_MS = 500

_News = Callable[[int], list[Event]]


class LiveVenue:
    """Implements `session.ports.Venue` and `session.ports.Correspondent` for one account at one exchange.

    Whatever comes back waits until `hear` is called, between two steps of the session: only there the ledger moves,
    so that each commit holds a consistent account.
    """

    def __init__(
        self,
        desk: Desk,
        book: Book,
        gateway: Gateway,
        clock: Clock,
        funding: AnnouncedFunding,
        run: RunState,
        since_ms: int,
    ) -> None:
        self._desk, self._book, self._gateway, self._clock = desk, book, gateway, clock
        self._funding, self._interval_ms = funding, run.timeframe.interval_ms
        self._prepared: dict[str, int] = {}
        self._reader, self._pace = Reader(gateway, run.started_ms, since_ms), Pace()
        self._waiting: list[_News] = [desk.begin]
        self._news, self._wake = asyncio.Event(), asyncio.Event()
        self._errands: set[asyncio.Task[None]] = set()
        self._cancelling: set[str] = set()
        self._uncancelled: set[str] = set()
        self._agreed: dict[str, tuple[int, int]] = {}
        self._terms = asyncio.Lock()
        self._blocked: str | None = None
        self._unwanted: str | None = None
        self._guarding = False
        self._broken: list[BaseException] = []
        self._breaking = asyncio.Event()
        self._news.set()
        self._wake.set()

    # -- what the session's trader asks

    @property
    def attaches_protection(self) -> bool:
        """Whether stop and target travel with an entry."""
        return self._gateway.capabilities.attaches_protection

    def submit(self, order: Order) -> None:
        """Send an order that is already journaled."""
        self._desk.intents.add(order)
        self._go(self._send(order))

    def pending(self, symbol: str, leg: Leg) -> Order | None:
        """The order on its way, or whose fate nobody knows."""
        if leg is Leg.EXIT:
            return self._desk.exits.pending(symbol, self._clock.now_ms())
        return next(iter(self._desk.intents.open(symbol, leg)), None)

    def exit_order(self, position: Position, at_ms: int, reason: ExitReason) -> Order:
        """The next attempt to close ``position``."""
        return self._desk.exits.order(position, reason, at_ms)

    def doubt(self, symbol: str) -> str | None:
        """Why nothing may be opened in a market."""
        return self._desk.doubt(symbol)

    def funding_rate(self, symbol: str, at_ms: int) -> float | None:
        """The rate announced last."""
        return self._funding.last(symbol)

    def cancel_entries(self, at_ms: int, reason: str) -> list[Event]:
        """Ask the exchange to cancel entries that wait there, and at every reading that still or only now shows one."""
        self._unwanted = reason
        self._cancel_unwanted()
        return []

    def step(self, step: MarketStep) -> list[Event]:
        """Value positions at new prices; where no stop can rest at the exchange, act on them here."""
        if not isinstance(step, Ticks):
            return []
        facts: list[Event] = []
        for tick in step.ticks:
            position = self._book.position(tick.symbol)
            if position is not None:
                self._book.mark(tick.symbol, tick.price)
                facts += self._watch(position, tick.price, step.at_ms)
        return facts

    def protect(self, at_ms: int) -> list[Event]:
        """The orders that let stops and targets rest where the positions have them now."""
        return self._desk.protect(at_ms)

    def close_all(self, at_ms: int, reason: ExitReason) -> list[Event]:
        """Orders that close everything; what an entry on its way may still bring is closed too."""
        self._desk.stay_flat(reason)
        return [fact for held in self._book.positions() for fact in self._desk.exits.close(held, reason, at_ms)]

    def block_entries(self, reason: str | None) -> None:
        """From this instant on no entry leaves, whatever waits in between; None lets them go again."""
        self._blocked = reason
        if reason is None:
            self._unwanted = None
            self._desk.stay_flat(None)

    def prepare(self, symbols: Iterable[str], leverage: int) -> None:
        """Agree on the terms of these markets before their entries need them."""
        self._prepared = dict.fromkeys(symbols, leverage)

    # -- what the session waits for

    def jobs(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What has to run beside the session."""
        return self._read_forever(), self._listen(), self._mind_errands()

    async def heard(self) -> None:
        """Return once there is something to hear."""
        await self._news.wait()

    def hear(self, at_ms: int) -> list[Event]:
        """The facts of what came back since this was called last."""
        self._news.clear()
        waiting, self._waiting = self._waiting, []
        facts = [fact for news in waiting for fact in news(at_ms)]
        for order in self._desk.guard.take_cancels():
            self._begin_cancel(order, "it was not needed any more")
        if self._desk.guard.is_bare and not self._guarding:
            self._guarding = True
            self._go(self._guard())
        return facts

    async def close(self) -> None:
        """Wait for nothing any more, and let go of the exchange: the next start finds out what became of it."""
        for errand in tuple(self._errands):
            errand.cancel()
        if self._errands:
            await asyncio.wait(tuple(self._errands))
        await self._gateway.close()

    # -- errands

    def _go(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, errand: "asyncio.Task[None]") -> None:
        """An errand that met an error nobody foresaw ends the run like any other job: it is told, not forgotten."""
        self._errands.discard(errand)
        if not errand.cancelled() and (error := errand.exception()) is not None:
            self._broken.append(error)
            self._breaking.set()

    async def _mind_errands(self) -> None:
        await self._breaking.wait()
        raise self._broken[0]

    def _tell(self, news: _News) -> None:
        self._waiting.append(news)
        self._news.set()

    async def _send(self, order: Order) -> None:
        outcome: Outcome = Unknown(reason="SIGMA met an error while it was on its way")
        try:
            outcome = await self._outcome(order)
        finally:
            self._tell(partial(self._desk.learn, order, outcome))
        if not isinstance(outcome, Refused | NotSent):
            self._hurry()

    async def _guard(self) -> None:
        """While a position is bare time alone makes it more urgent, even where nothing can be read."""
        while self._desk.guard.is_bare:
            await self._clock.sleep_until(self._clock.now_ms() + GUARD_MS)
            self._tell(self._desk.let_pass)
        self._guarding = False

    async def _outcome(self, order: Order) -> Outcome:
        if order.leg is not Leg.ENTRY:
            return await self._gateway.submit(order)
        if order.symbol in self._prepared:
            self._prepared[order.symbol] = order.leverage
        try:
            await self._agree(order.symbol, order.leverage)
        except VenueError as refused:
            return NotSent(reason=str(refused))
        if self._blocked is not None:
            return NotSent(reason=self._blocked)
        if self._clock.now_ms() > order.created_ms + LATEST_SEND_MS:
            return NotSent(reason="it waited too long for its turn")
        return await self._gateway.submit(order, lambda: self._blocked)

    async def _agree(self, symbol: str, leverage: int, believed_ms: int = TERMS_MS) -> None:
        """Margin mode and leverage as intended, read back within ``believed_ms``."""
        if not self._gateway.capabilities.sets_terms:
            return
        async with self._terms:
            agreed, at_ms = self._agreed.get(symbol, (0, 0))
            if agreed == leverage and self._clock.now_ms() - at_ms < believed_ms:
                return
            self._agreed.pop(symbol, None)
            await self._gateway.agree_terms(symbol, leverage)
            self._agreed[symbol] = leverage, self._clock.now_ms()

    async def _prepare(self) -> None:
        """Terms are right before an entry needs them; a market that does not agree says so at its next entry."""
        while self._prepared:
            for symbol, leverage in self._prepared.items():
                if self._book.position(symbol) is None:
                    with suppress(VenueError):
                        await self._agree(symbol, leverage, EARLY_MS)
            now_ms = self._clock.now_ms()
            close_ms = now_ms - now_ms % self._interval_ms + self._interval_ms
            due_ms = close_ms - EARLY_MS
            await self._clock.sleep_until(due_ms if due_ms > now_ms else due_ms + self._interval_ms)

    def _cancel_unwanted(self) -> None:
        if self._unwanted is None:
            return
        for order in self._desk.entries_to_cancel():
            self._begin_cancel(order, self._unwanted)
        if not self._desk.intents.open(leg=Leg.ENTRY):
            self._unwanted = None

    def _begin_cancel(self, order: VenueOrder, reason: str) -> None:
        if order.venue_id not in self._cancelling:
            self._cancelling.add(order.venue_id)
            self._go(self._cancel(order, reason))

    async def _cancel(self, order: VenueOrder, reason: str) -> None:
        """Every reading that still shows the order asks again, but people are told of its failure once."""
        try:
            await self._gateway.cancel(order)
            self._desk.intents.withdraw(order, f"SIGMA cancelled it: {reason}")
            self._uncancelled.discard(order.venue_id)
            self._hurry()
        except VenueError as refused:
            if order.venue_id not in self._uncancelled:
                reason = f"{short(order.symbol)}: an order could not be cancelled: {refused}"
                self._tell(partial(self._desk.note, reason))
            self._uncancelled.add(order.venue_id)
        finally:
            self._cancelling.discard(order.venue_id)

    def _watch(self, position: Position, price: float, at_ms: int) -> list[Event]:
        """The second line behind the exchange's stop, and the only one where it has none."""
        stop = nan if position.stop is None else float(position.stop)
        target = nan if position.target is None else float(position.target)
        ending = exits.at_open(position.side.sign, price, stop, target, nan)
        if ending == Ending.NONE:
            return []
        leg = Leg.STOP if ending == Ending.STOP else Leg.TARGET
        if self._gateway.capabilities.rests_protection and self._desk.guard.rests(position.symbol, leg):
            self._hurry()  # the exchange should have acted: look
            return []
        reason = position.stop_kind if ending == Ending.STOP else ExitReason.TARGET
        return self._desk.exits.close(position, reason, at_ms)

    # -- reading

    async def _read_forever(self) -> None:
        self._go(self._prepare())
        while True:
            await self._read()
            await self._pause()

    async def _read(self) -> None:
        at_ms = self._clock.now_ms()
        self._pace.begin(at_ms)
        self._wake.clear()
        self._gateway.urgent = self._desk.is_at_risk
        try:
            whole, oldest_ms = self._pace.is_whole(at_ms, self._desk.unsettled), self._desk.oldest_open_ms()
            truth = await self._reader.read(whole, oldest_ms, self._desk.leaves_doubt)
        except VenueError as error:
            self._failed(error)
            return
        self._pace.succeeded(truth)
        self._tell(partial(self._desk.relief, "exchange"))
        self._tell(partial(self._mind_clock, self._gateway.complaint))
        self._tell(partial(self._learn, truth))

    def _learn(self, truth: Truth, at_ms: int) -> list[Event]:
        facts = self._desk.read(truth, at_ms)
        self._cancel_unwanted()
        if self._desk.terms_differ:
            self._agreed.clear()
        return facts

    def _mind_clock(self, complaint: str | None, at_ms: int) -> list[Event]:
        if complaint is None:
            return self._desk.relief("clock", at_ms)
        return self._desk.trouble("clock", AccountState.REDUCING, complaint, at_ms)

    def _failed(self, error: VenueError) -> None:
        held_back = self._pace.failed(error, self._clock.now_ms())
        if held_back is not None:
            self._tell(partial(self._desk.trouble, "exchange", *held_back))
        self._agreed.clear()

    async def _pause(self) -> None:
        """Until the next reading is due, or something happened."""
        begun_ms = self._clock.now_ms()
        due_ms = self._pace.next_ms(begun_ms, self._desk.unsettled, bool(self._book.positions()))
        if not self._pace.failures:
            alarm = asyncio.create_task(self._clock.sleep_until(due_ms))
            woken = asyncio.create_task(self._wake.wait())
            try:
                await asyncio.wait((alarm, woken), return_when=asyncio.FIRST_COMPLETED)
            finally:
                alarm.cancel()
                woken.cancel()
            due_ms = begun_ms + self._pace.gap_ms(begun_ms)
        await self._clock.sleep_until(due_ms)

    async def _listen(self) -> None:
        async for hint in self._gateway.hints():
            self._take(hint)

    def _take(self, hint: Hint) -> None:
        self._hurry()

    def _hurry(self) -> None:
        """Read soon, and again soon after."""
        self._pace.hurry()
        self._wake.set()
