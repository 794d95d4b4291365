"""The session: takes the market's steps, lets the trader act, journals, tells; and obeys commands."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sigma_engine.bus import EventBus
from sigma_engine.clock import Clock
from sigma_engine.commands import Ask, Command, CommandResult, PressKillSwitch, Refused
from sigma_engine.domain.account import AccountState, Drill
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.market import MarketStep
from sigma_engine.domain.order import ExitReason, Leg
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import Funds, RunState, RunStatus
from sigma_engine.domain.snapshot import Snapshot
from sigma_engine.errors import StorageError
from sigma_engine.events import (
    AlertRaised,
    Event,
    KillSwitchPressed,
    OrderSubmitted,
    RunChanged,
    Severity,
    StandingChanged,
)
from sigma_engine.execution.standings import Standings
from sigma_engine.session.control import Control
from sigma_engine.session.drill import KillDrill
from sigma_engine.session.journal import GROUP_S, Journal
from sigma_engine.session.ports import Assistant, Correspondent, Feed, KillRequests, Store, StoredRun
from sigma_engine.session.record import Record
from sigma_engine.session.remote_kill import RemoteKill
from sigma_engine.session.supervisor import Supervisor
from sigma_engine.session.trader import Trader, warmed_readers
from sigma_engine.session.workshop import StrategyChoice, Workshop

CYCLE_S = 5.0
FASTEST_CYCLE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What `assembly` puts a session together from; ``stored`` is the run it goes on with, if any.

    ``notice`` is something the person should read when it begins. ``standings`` say what the account may do; they
    are shared with the venue where that has a say in it, and ``correspondent`` is that venue. ``venue``, ``funds`` and
    ``protects`` are those of `Snapshot`, ``drill`` is the last press of the kill switch.
    """

    run: RunState
    strategy: StrategyChoice
    feed: Feed
    clock: Clock
    store: Store
    workshop: Workshop
    assistant: Assistant
    standings: Standings
    correspondent: Correspondent | None = None
    venue: str = ""
    funds: Funds | None = None
    protects: bool = True
    drill: Drill | None = None
    stored: StoredRun | None = None
    notice: str = ""
    bus: EventBus = field(default_factory=EventBus)


class Session:
    """One run of trading. `run()` lives as long as its market; everything else may be called meanwhile.

    The order of things in a step: venue and trader act, the journal commits, the bus tells, then new orders are
    sent. Nothing is shown or sent before it is durable. ``kill_requests`` is where other processes press the kill
    switch; ``release`` is called last of all, when it was closed.
    """

    def __init__(self, parts: Parts) -> None:
        self.bus, self.clock = parts.bus, parts.clock
        self._parts, self._run = parts, parts.run
        self._reason, self._checkpoint = "", parts.run.feed_checkpoint
        self.standings = parts.standings
        self._drill: KillDrill | None = None
        self._last_drill = parts.drill
        self._pressed_s = 0.0
        self._strategy = parts.strategy
        self._moving = asyncio.Event()
        self._stepping = asyncio.Lock()
        self._supervisor = Supervisor()
        self._closed = False
        self.kill_requests: KillRequests | None = None
        self.release: Callable[[], None] = lambda: None
        self._journal = Journal(
            parts.store,
            self.bus,
            self._account,
            keep_candles=bool(parts.feed.source),
            account_name=parts.run.account,
        )
        self._control = Control(self, parts)
        self._begin(parts.feed.history(), parts.stored)
        if self.stands_still:
            self.clock.pause()  # the market waits until `run()`

    def _begin(self, history: Mapping[str, Candles], stored: StoredRun | None) -> None:
        """Build trader and record of the present run on the market's history."""
        self._record = Record(history, stored)
        positions, orders = (stored.positions, stored.open_orders) if stored else ((), ())
        self.trader: Trader = self._parts.workshop.trader(self._run, positions, orders, self._strategy.mandate)
        self.trader.follow(history)
        readers = warmed_readers(self._strategy.mandate, self._run.timeframe, history)
        self.trader.use(self._strategy.mandate, readers, self._record.trades())
        self.trader.recall(stored.stated if stored else {})
        self.set_status(self._run.status, self._reason)

    async def run(self) -> None:
        """Trade until the market ends or `close()` is called; a failure stops the run and is told.

        A kill switch that was pressed from outside while nothing ran is obeyed before anything else.
        """
        outside = self._remote_kill()
        if outside is not None and not await self._obeyed_what_waited(outside):
            return
        beside = [self._cycle(), self._flush_leftovers(), *([] if outside is None else [outside.watch()])]
        if (correspondent := self._parts.correspondent) is not None:
            beside += [self._hear(correspondent), *correspondent.jobs()]
        failure = await self._supervisor.run(self._trade(), beside)
        if failure is not None:
            self._tell_failure(failure)

    async def _obeyed_what_waited(self, outside: RemoteKill) -> bool:
        """Whether there is still a session to run: it may have been closed, or its store have failed, meanwhile."""
        try:
            await outside.begin()
        except StorageError as error:
            if not self._closed:
                self._tell_failure(str(error))
            return False
        return not self._closed

    async def close(self) -> None:
        """Stop, commit what waits, close the store; calling it again does nothing."""
        if self._closed:
            return
        self._closed = True
        await self._supervisor.stop()
        try:
            if self._run.status is not RunStatus.FAILED:
                self._end_in_order()
                await self._journal.flush()
        finally:
            await self._parts.feed.close()
            if self._parts.correspondent is not None:
                await self._parts.correspondent.close()
            await self._parts.store.close()
            self.release()

    def snapshot(self) -> Snapshot:
        """The whole state, to begin watching from."""
        run, feed = self._run, self._parts.feed
        return Snapshot(
            run_id=run.run_id,
            mode=run.mode,
            status=run.status,
            reason=self._reason,
            strategy_name=run.strategy_name,
            strategies=self._parts.workshop.strategies(),
            symbols=run.symbols,
            timeframe=run.timeframe,
            instruments=feed.instruments,
            market_ms=self.clock.now_ms(),
            portfolio=self.portfolio(),
            candles=self._record.candles(),
            forming=self.trader.forming(),
            decisions=self._record.decisions(),
            trades=self._record.trades(),
            equity=self._record.equity(),
            chat=self._record.chat(),
            calibration=self.trader.calibration(),
            standing=self.standings.standing,
            drill=self._last_drill,
            venue=self._parts.venue,
            funds=self._parts.funds,
            protects=self._parts.protects,
            externals=self._record.externals,
            ways=self.trader.ways,
        )

    async def execute(self, command: Command) -> CommandResult:
        """Carry out what a person asks, between two steps of the market; a question waits for nobody."""
        if isinstance(command, PressKillSwitch):
            self._stop_entries_now()
        try:
            if isinstance(command, Ask):
                return await self._control.execute(command)
            async with self._stepping:
                return await self._control.execute(command)
        except StorageError as error:
            self._supervisor.fail(error)
            return Refused(str(error))

    @property
    def state(self) -> RunState:
        """The run as it would be stored now."""
        return self._account()[0]

    @property
    def stands_still(self) -> bool:
        """Whether the market waits while trading is stopped."""
        return self._parts.feed.stands_still

    def portfolio(self) -> Portfolio:
        """The account as it stands."""
        return self.trader.book.portfolio()

    def set_status(self, status: RunStatus, reason: str) -> None:
        """Run, pause or stop; the trader follows, and the market's clock where it can be stopped."""
        self._run, self._reason = replace(self._run, status=status), reason
        self._hold_back()
        self.trader.idle = status is RunStatus.STOPPED
        if status in (RunStatus.RUNNING, RunStatus.PAUSED) or (self.trader.idle and not self.stands_still):
            self.clock.resume()
            self._moving.set()
        else:
            self._moving.clear()
            if self.stands_still:
                self.clock.pause()

    async def change_strategy(self, choice: StrategyChoice) -> None:
        """Let another strategy decide from the next closed candle on."""
        history = self._record.candles()
        readers = await asyncio.to_thread(warmed_readers, choice.mandate, self._run.timeframe, history)
        self.trader.use(choice.mandate, readers)
        self._strategy = choice
        self._run = replace(self._run, strategy_name=choice.name, strategy=choice.document)

    async def begin_anew(self) -> None:
        """End the present run where it stands and begin another with a fresh balance in the same market."""
        await self.record(self.trader.close_all(ExitReason.END))
        self.set_status(RunStatus.ENDED, "a new run was begun")
        await self.publish_status()
        old, history = self.trader, self._record.candles()
        self._run, self._reason = self._parts.workshop.fresh_run(self.state), "a new run with a fresh balance"
        self._record = Record(history, None)
        mandate = self._strategy.mandate
        self.trader = old.succeeded_by(self._parts.workshop.trader(self._run, (), (), mandate), mandate)
        self.set_status(self._run.status, self._reason)

    async def record(self, facts: Sequence[Event]) -> None:
        """Journal facts, tell them, and send the orders among them."""
        orders = [fact.order for fact in facts if isinstance(fact, OrderSubmitted)]
        for fact in facts:
            self._record.add(fact)
            if isinstance(fact, StandingChanged):
                self._hold_back()
        self._journal.add(facts)
        if orders or self._journal.due():
            await self._journal.flush()
        for order in orders:
            self.trader.venue.submit(order)
        if self._drill is not None:
            await self._watch_drill(self._drill)

    def begin_drill(self, wants_flat: bool) -> None:
        """Measure from here on what the kill switch that was just pressed brings about."""
        self._drill = KillDrill(self.clock.now_ms(), self._since_press_ms(), wants_flat)

    async def publish_status(self) -> None:
        """Tell what the run is doing, durably."""
        await self.record([RunChanged(at_ms=self.clock.now_ms(), status=self._run.status, reason=self._reason)])
        await self._journal.flush()

    async def _trade(self) -> None:
        self.set_status(self._run.status, self._reason)
        await self.publish_status()
        if notice := self._parts.notice:
            await self.record([AlertRaised(at_ms=self.clock.now_ms(), severity=Severity.WARNING, text=notice)])
        async for step in self._parts.feed.steps():
            while not await self._advance(step):
                await self._moving.wait()
        async with self._stepping:
            await self.record(self.trader.close_all(ExitReason.END))
        self.set_status(RunStatus.ENDED, "the replay came to its last candle")
        await self.publish_status()

    async def _advance(self, step: MarketStep) -> bool:
        """Play ``step``, unless trading is stopped; whether it was played."""
        async with self._stepping:
            if not self._moving.is_set():
                return False
            facts = self.trader.step(step)
            self._checkpoint = self._parts.feed.checkpoint()
            await self.record(facts)
            await asyncio.sleep(0)  # orders begin to leave before anything else is computed
            await self._keep_score()
            return True

    async def _keep_score(self) -> None:
        """Behind the orders of a step; one market at a time, so that the window paints in between."""
        for fact in self.trader.measure():
            await self.record([fact])
            await asyncio.sleep(0)

    async def _cycle(self) -> None:
        """Between candles: readings on the forming candle, for the eye only."""
        while True:
            await asyncio.sleep(max(FASTEST_CYCLE_S, CYCLE_S / (self.clock.speed or CYCLE_S)))
            for symbol in self.trader.forming() if self._moving.is_set() else ():
                async with self._stepping:
                    self._journal.add(self.trader.preview(symbol, self.clock.now_ms()))
                await asyncio.sleep(0)  # one market at a time: the window paints in between

    async def _flush_leftovers(self) -> None:
        """Commit what a quiet market left waiting."""
        while True:
            await asyncio.sleep(GROUP_S)
            if self._journal.due():
                async with self._stepping:
                    await self._journal.flush()

    async def _hear(self, correspondent: Correspondent) -> None:
        """Put what a venue somewhere else says into the ledger, between two steps of the market."""
        while True:
            await correspondent.heard()
            async with self._stepping:
                facts = self.trader.hear(self.clock.now_ms())
                await self.record(facts)
                if facts:
                    await self._journal.flush()

    def _hold_back(self) -> None:
        """Let the trader enter only where both the run and the account allow it."""
        status, standing = self._run.status, self.standings.standing
        halted = None if standing.may_enter else f"the account is {standing.state}: {standing.reason}"
        self.trader.halted = halted if status is RunStatus.RUNNING else f"entries are {status}"
        self.trader.venue.block_entries(self.trader.halted)

    def _remote_kill(self) -> RemoteKill | None:
        if self.kill_requests is None:
            return None
        account, venue = self._run.account, self._parts.venue
        return RemoteKill(
            self.kill_requests,
            self.bus,
            self.execute,
            lambda: self.portfolio().positions,
            self._parts.store.halt_all,
            account=account,
            venue=venue,
        )

    def _stop_entries_now(self) -> None:
        """Before anything else, and before waiting for any turn: nothing that had its turn earlier lets entries go."""
        self._pressed_s = time.monotonic()
        self.standings.latch(AccountState.HALTED, "the kill switch was pressed", self.clock.now_ms())
        self.trader.halted = "the kill switch was pressed"
        self.trader.venue.block_entries(self.trader.halted)

    def _since_press_ms(self) -> int:
        return round((time.monotonic() - self._pressed_s) * 1000)

    async def _watch_drill(self, drill: KillDrill) -> None:
        waiting = any(self.trader.venue.pending(symbol, Leg.ENTRY) for symbol in self._parts.feed.instruments)
        figures = drill.progress(self._since_press_ms(), waiting=waiting, flat=not self.portfolio().positions)
        if figures is not None:
            self._drill, self._last_drill = None, figures
            await self.record([KillSwitchPressed(at_ms=self.clock.now_ms(), drill=figures)])
            await self._journal.flush()

    def _account(self) -> tuple[RunState, tuple[Position, ...]]:
        portfolio = self.portfolio()
        run = replace(
            self._run,
            market_ms=portfolio.at_ms,
            wallet=portfolio.wallet,
            day_open_equity=portfolio.day_open_equity,
            peak_equity=portfolio.peak_equity,
            trades_today=portfolio.trades_today,
            fees_paid=portfolio.fees_paid,
            feed_checkpoint=self._checkpoint,
        )
        return run, portfolio.positions

    def _end_in_order(self) -> None:
        """What ran has ended, and its record says so: one that still says it runs was cut off."""
        if self._run.status is RunStatus.RUNNING:
            self.set_status(RunStatus.ENDED, "SIGMA was closed")
            self._journal.add([RunChanged(at_ms=self.clock.now_ms(), status=self._run.status, reason=self._reason)])

    def _tell_failure(self, reason: str) -> None:
        """Nothing may be trusted or stored any more: stop, and tell whoever listens."""
        self.set_status(RunStatus.FAILED, reason)
        self.bus.publish(RunChanged(at_ms=self.clock.now_ms(), status=RunStatus.FAILED, reason=reason))
