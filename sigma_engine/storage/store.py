"""The store of a session: commits go to the writing thread, questions to the reading one, the loop never waits."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import URL, Connection

from sigma_engine.domain.account import Drill, Standing
from sigma_engine.domain.backtest import TrialSummary
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.history import Coverage, Series
from sigma_engine.domain.performance import PerformanceSummary
from sigma_engine.domain.portfolio import EquityPoint
from sigma_engine.domain.position import Trade
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.domain.venue import VenueBill
from sigma_engine.errors import StorageError
from sigma_engine.probability.record import ScoredForecasts
from sigma_engine.session.ports import Batch, StoredRun
from sigma_engine.storage import accounts, batches, forecasts, history, queries, trials
from sigma_engine.storage.engines import BUSY_TIMEOUT_MS, address, shown
from sigma_engine.storage.reader import StoreReader
from sigma_engine.storage.schema import prepare
from sigma_engine.storage.summaries import OwnFills, RunSummary, StoredStrategy
from sigma_engine.storage.trials import StoredTrial, Tries
from sigma_engine.storage.turns import Turns
from sigma_engine.storage.writer import Writer

Asked = ParamSpec("Asked")
T = TypeVar("T")


class SqliteStore:
    """Implements `sigma_engine.session.ports.Store` and the questions of chat and command line.

    Every method raises `StorageError` with one sentence where the database refuses; a commit that was refused left
    nothing behind.
    """

    def __init__(self, url: URL, busy_timeout_ms: int, *, durable: bool) -> None:
        self._place = shown(url)
        self._writer = Writer(url, busy_timeout_ms, durable=durable)
        self._reader = StoreReader(url)
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage-reader")
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def open(cls, place: str | Path, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS, durable: bool = True) -> Self:
        """The store in the file at a path, or at a SQLAlchemy address; made, or brought up to date, where needed.

        Blocks for some 100 ms, longer with a large file, which is checked whole: call it off the loop. Raises
        `StorageError` for a file that is damaged, not SIGMA's, or written by a newer SIGMA. ``busy_timeout_ms``
        is how long a commit waits for a foreign program to let go of the file; without ``durable`` no commit waits for
        the disk, which is for files that are thrown away.
        """
        url = address(place)
        with Turns(url, busy_timeout_ms).turn():  # of two that find no file, one makes it
            prepare(url)
        return cls(url, busy_timeout_ms, durable=durable)

    async def commit(self, batch: Batch) -> None:
        """Make ``batch`` durable, in one transaction; returns after the commit.

        Who is cancelled while waiting does not take the batch back.
        """
        await self._write(lambda connection: batches.write(connection, batch))

    async def say(self, run_id: str, message: ChatMessage) -> None:
        """Keep a message of a run that was committed before, outside of any batch."""
        await self._write(lambda connection: batches.write_chat(connection, run_id, message))

    async def save_candles(self, source: str, symbol: str, timeframe: Timeframe, candles: Candles) -> int:
        """Keep a block of candles, replacing those of the same open time, all or none; returns how many."""
        return await self._write(lambda c: batches.write_candles(c, source, symbol, timeframe, candles))

    async def save_strategy(self, name: str, document: str, created_ms: int) -> int:
        """Keep a strategy document; returns its version, the present one when nothing changed."""
        return await self._write(lambda c: batches.write_strategy(c, name, document, created_ms))

    async def latest_run(
        self, mode: str, history_bars: int, source: str | None = None, account_id: str = ""
    ) -> StoredRun | None:
        """The newest run of ``mode`` (on ``source``, of an account there) with its last candles, or None.

        There are up to ``history_bars`` of them a symbol.
        """
        return await self._ask(queries.latest_run, mode, history_bars, source, account_id)

    async def standing(self, account: str) -> Standing | None:
        """How far an account may trade, None where that was never said."""
        return await self._ask(accounts.standing, account)

    async def halt_all(self, reason: str) -> tuple[str, ...]:
        """Halt every account that ever traded here until a person lifts it; their names."""
        return await self._write(lambda connection: accounts.halt_all(connection, reason))

    async def drills(self, account: str) -> tuple[Drill, ...]:
        """The times an account's kill switch was pressed, oldest first."""
        return await self._ask(accounts.drills, account)

    async def bills(self, run_id: str) -> tuple[VenueBill, ...]:
        """The lines of the exchange's statement that a run booked, oldest first."""
        return await self._ask(accounts.bills, run_id)

    async def trades(self, run_id: str) -> tuple[Trade, ...]:
        """All closed trades of a run, oldest first."""
        return await self._ask(queries.trades, run_id)

    async def equity(self, run_id: str) -> tuple[EquityPoint, ...]:
        """The equity curve of a run, oldest first."""
        return await self._ask(queries.equity, run_id, None)

    async def candles(self, source: str, symbol: str, timeframe: Timeframe, limit: int | None = None) -> Candles:
        """The newest ``limit`` candles of a market (None: all), oldest first."""
        return await self._ask(queries.candles, source, symbol, timeframe, limit)

    async def runs(self) -> tuple[RunSummary, ...]:
        """All runs, newest first."""
        return await self._ask(queries.runs)

    async def performance(self, run_id: str, since_ms: int | None = None) -> PerformanceSummary:
        """What a run's trades closed at ``since_ms`` or later came to, in all and by symbol."""
        return await self._ask(queries.performance, run_id, since_ms)

    async def strategies(self) -> tuple[StoredStrategy, ...]:
        """All kept strategy documents, by name, then version."""
        return await self._ask(queries.strategies)

    async def scored_forecasts(self, run_id: str, symbol: str, horizon_bars: int, model: str) -> ScoredForecasts:
        """What a run said of a symbol and what came of it, oldest first, without overlap."""
        return await self._ask(forecasts.scored_forecasts, run_id, symbol, horizon_bars, model)

    async def scored_in_market(
        self, source: str, timeframe: Timeframe, symbol: str, horizon_bars: int, model: str
    ) -> ScoredForecasts:
        """The same of all runs in a market."""
        return await self._ask(forecasts.scored_in_market, source, timeframe, symbol, horizon_bars, model)

    async def own_fills(self) -> OwnFills:
        """What own fills cost so far against the price they could have had."""
        return await self._ask(queries.own_fills)

    async def coverage(self) -> tuple[Coverage, ...]:
        """Every kept series of candles with its holes."""
        return await self._ask(history.coverage)

    async def newest_candle_ms(self, source: str) -> int | None:
        """When the newest kept candle of a market opened, None where none is kept."""
        return await self._ask(history.newest_candle_ms, source)

    async def candles_between(self, series: Series, from_ms: int | None = None, to_ms: int | None = None) -> Candles:
        """The kept candles that open in [``from_ms``, ``to_ms``), oldest first."""
        return await self._ask(history.candles_between, series, from_ms, to_ms)

    async def add_candles(self, series: Series, candles: Candles) -> int:
        """Keep candles as `save_candles` does, in slices between which others may write; returns how many."""
        for start in range(0, len(candles), history.SLICE):
            part = candles.slice(start, start + history.SLICE)
            await self.save_candles(series.source, series.symbol, series.timeframe, part)
        return len(candles)

    async def delete_series(self, series: Series) -> int:
        """Forget a series, slice by slice; returns how many candles it had."""
        gone = 0
        while count := await self._write(lambda connection: history.delete_slice(connection, series)):
            gone += count
        return gone

    async def add_trial(self, trial: StoredTrial) -> int:
        """Keep a trial; returns its number."""
        return await self._write(lambda connection: trials.add_trial(connection, trial))

    async def trials(self, search: str = "") -> tuple[TrialSummary, ...]:
        """The trials that mention all words of ``search``, newest first."""
        return await self._ask(trials.trials, search)

    async def trial(self, trial_id: str) -> StoredTrial | None:
        """A trial in full, None where there is none."""
        return await self._ask(trials.trial, trial_id)

    async def tries(self, family: str) -> Tries:
        """How often a family was tried, and what Sharpe ratios that gave."""
        return await self._ask(trials.tries, family)

    async def annotate_trial(self, trial_id: str, note: str) -> bool:
        """Replace a trial's note; whether there is one."""
        return await self._write(lambda connection: trials.annotate_trial(connection, trial_id, note))

    async def delete_trial(self, trial_id: str) -> bool:
        """Forget a trial's result, not that it was one; whether there was one."""
        return await self._write(lambda connection: trials.delete_trial(connection, trial_id))

    async def close(self) -> None:
        """Commit what waits, stop both threads, close the file; closing twice is closing once."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(asyncio.to_thread(self._close))
        await asyncio.shield(self._closing)

    def _close(self) -> None:
        """The reader first: the last connection to go must be the one that may write."""
        self._reading.submit(self._reader.close)
        self._reading.shutdown()
        self._writer.close()

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.shield(asyncio.wrap_future(self._writer.submit(work)))

    async def _ask(
        self, query: Callable[Concatenate[Connection, Asked], T], *arguments: Asked.args, **named: Asked.kwargs
    ) -> T:
        try:
            answer = self._reading.submit(lambda: self._reader.ask(query, *arguments, **named))
        except RuntimeError:
            raise StorageError(f"{self._place} is closed already: start SIGMA again.") from None
        return await asyncio.wrap_future(answer)
