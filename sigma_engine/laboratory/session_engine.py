"""A backtest by the live session: its trader and paper venue, its journal and store, on candles of the past."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from sigma_engine.assembly.parts import put_together
from sigma_engine.assembly.workshop import first_run, paper_trader
from sigma_engine.backtest.record import RunRecord
from sigma_engine.backtest.setup import Cancelled, Outcome, Setup, Watch
from sigma_engine.bus import EventBus
from sigma_engine.clock import ScaledClock
from sigma_engine.domain.market import Bars
from sigma_engine.domain.order import ExitReason, Order
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import Mode, RunState, RunStatus
from sigma_engine.errors import SigmaError
from sigma_engine.events import Event, OrderSubmitted
from sigma_engine.market.replay import ReplayFeed
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.session.mandate import Mandate
from sigma_engine.session.session import Session
from sigma_engine.session.trader import Trader, warmed_readers
from sigma_engine.session.workshop import StrategyChoice
from sigma_engine.storage.store import SqliteStore


async def run_session(setup: Setup, watch: Watch | None = None) -> Outcome:
    """Run ``setup`` through a session of its own, whose store is thrown away afterwards.

    ``watch`` is asked before each candle. Raises `Cancelled` once it says no, and `SigmaError` where the session
    failed.
    """
    market = _Market(setup, watch)
    with tempfile.TemporaryDirectory(prefix="sigma-backtest-", ignore_cleanup_errors=True) as place:
        session = await _session(setup, market, Path(place))
        try:
            record = RunRecord(session.bus)
            await session.run()
            last = session.snapshot()
        finally:
            await session.close()
    if last.status is RunStatus.FAILED:
        raise SigmaError(last.reason)
    return _outcome(market, record)


def run_trader(setup: Setup, watch: Watch | None = None) -> Outcome:
    """The same without journal and store: trader and venue alone, step by step; the same `Outcome`, sooner."""
    market = _Market(setup, watch)
    trader = _trader(setup, market)
    bus = EventBus()
    record = RunRecord(bus)
    for step in market.bars():
        _carry_out(trader.step(step), trader, bus)
    _carry_out(trader.close_all(ExitReason.END), trader, bus)
    return _outcome(market, record)


class _Market(ReplayFeed):
    """The candles of a setup, as long as whoever watches lets them go on; ``stopped`` says that he did not."""

    def __init__(self, setup: Setup, watch: Watch | None) -> None:
        super().__init__(
            setup.series,
            setup.timeframe,
            setup.first_ms,
            ScaledClock(setup.first_ms, speed=0),
            instruments={symbol: setup.instruments[symbol] for symbol in setup.series},
            minutes=setup.minutes,
        )
        self.stopped = False
        self._watch, self._first_ms = watch, setup.first_ms
        last_ms = max((int(candles.open_ms[-1]) for candles in setup.series.values() if len(candles)), default=0)
        self._span_ms = max(1, last_ms + setup.timeframe.interval_ms - setup.first_ms)

    def bars(self) -> Iterator[Bars]:
        """The steps; told how far they are before each, and at the end."""
        at_ms = self._first_ms
        for step in super().bars():
            if self._is_stopped(at_ms):
                return
            yield step
            at_ms = step.at_ms
        self._is_stopped(at_ms)

    def _is_stopped(self, at_ms: int) -> bool:
        self.stopped = self._watch is not None and not self._watch((at_ms - self._first_ms) / self._span_ms)
        return self.stopped


@dataclass(frozen=True, slots=True)
class _Workshop:
    """Implements `session.workshop.Workshop` with the one strategy that is tried and the one run that tries it."""

    setup: Setup
    run: RunState
    choice: StrategyChoice

    def strategies(self) -> tuple[str, ...]:
        """The one that is tried."""
        return (self.choice.name,)

    def strategy(self, name: str) -> StrategyChoice:
        """The one that is tried, whatever it is called."""
        return self.choice

    def fresh_run(self, previous: RunState) -> RunState:
        """The run as it began."""
        return self.run

    def trader(self, run: RunState, positions: Sequence[Position], orders: Sequence[Order], mandate: Mandate) -> Trader:
        """A trader on a paper venue by the terms of the setup; a backtest goes on from nothing, so nothing waits."""
        setup = self.setup
        arithmetic = {symbol: Arithmetic(instrument) for symbol, instrument in setup.instruments.items()}
        return paper_trader(
            run, mandate, arithmetic, positions=positions, funding=setup.funding, latency_bars=setup.latency_bars
        )


def _workshop(setup: Setup, market: _Market) -> _Workshop:
    choice = StrategyChoice(name=setup.name, document="{}", mandate=setup.mandate)
    run = first_run(Mode.REPLAY, choice, market, setup.capital)
    return _Workshop(setup, replace(run, run_id=setup.run_id, market_ms=setup.first_ms), choice)


async def _session(setup: Setup, market: _Market, place: Path) -> Session:
    workshop = _workshop(setup, market)
    async with AsyncExitStack() as undo:
        store = await asyncio.to_thread(SqliteStore.open, place / "backtest.db", durable=False)
        undo.push_async_callback(store.close)
        session = await put_together(workshop.run, workshop.choice, market, store, workshop)
        undo.pop_all()
        return session


def _trader(setup: Setup, market: _Market) -> Trader:
    """The trader a session of ``setup`` would begin with."""
    workshop, history = _workshop(setup, market), market.history()
    trader = workshop.trader(workshop.run, (), (), setup.mandate)
    trader.follow(history)
    trader.use(setup.mandate, warmed_readers(setup.mandate, setup.timeframe, history))
    return trader


def _carry_out(facts: Sequence[Event], trader: Trader, bus: EventBus) -> None:
    """Tell the facts of a step, and send the orders among them."""
    for fact in facts:
        bus.publish(fact)
        if isinstance(fact, OrderSubmitted):
            trader.venue.submit(fact.order)


def _outcome(market: _Market, record: RunRecord) -> Outcome:
    if market.stopped:
        raise Cancelled
    return record.outcome()
