"""All that a person does in the laboratory, one method each; nothing here touches a running session."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sigma_engine.catalog import PRESETS
from sigma_engine.domain.backtest import BacktestRequest, Check, Defaults, Progress, Trial, TrialSummary
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.history import IMPORTED, Coverage, Downloaded, DownloadRequest, Series
from sigma_engine.domain.symbol import require_one_of, unified
from sigma_engine.errors import DataError, InputError
from sigma_engine.laboratory.attempt import attempt, restored
from sigma_engine.laboratory.costs import usual_costs
from sigma_engine.laboratory.look_ahead import check_look_ahead
from sigma_engine.laboratory.preparation import Prepared, prepare
from sigma_engine.laboratory.reports import write_report
from sigma_engine.laboratory.strategies import named_strategy
from sigma_engine.laboratory.warm_up import SHARES, check_warm_up
from sigma_engine.laboratory.work import Attendance, Tell, Worker
from sigma_engine.laboratory.workbench import Fetched, Workbench
from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.market.history import import_report
from sigma_engine.market.replay import HISTORY_BARS
from sigma_engine.settings import Settings, load_settings
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.store import SqliteStore
from sigma_engine.strategy.spec import read_spec


class Laboratory:
    """Every method leaves the loop free; one that is cancelled stops soon and keeps nothing.

    Raises `SigmaError` with one sentence and the next step. It owns ``store``; the settings are read anew for every
    run, so that a change of them counts.
    """

    def __init__(self, store: SqliteStore, folder: DataFolder, bench: Workbench | None = None) -> None:
        self._store, self._folder, self._bench = store, folder, bench or Workbench()
        self._worker = Worker()
        self._trying = asyncio.Lock()
        self._shown: tuple[str, Prepared] | None = None

    async def strategies(self) -> tuple[str, ...]:
        """The presets and the strategies a person kept."""
        return tuple(dict.fromkeys((*PRESETS, *(await self._kept_strategies()))))

    async def strategy_document(self, name: str) -> Mapping[str, Any]:
        """The complete spec of a strategy, ready for a form."""
        _, spec = named_strategy(name, await self._kept_strategies())
        return spec.document()

    async def check_document(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The spec of a form's content, completed; raises `SpecError` on the first thing wrong with it."""
        return await asyncio.to_thread(lambda: read_spec(document).document())

    async def defaults(self) -> Defaults:
        """What the settings say now about what a request may leave open."""
        settings = await self._settings()
        return Defaults(capital=settings.paper_balance, costs=usual_costs(settings))

    async def history(self) -> tuple[Coverage, ...]:
        """What is kept, series by series, with its holes."""
        return await self._store.coverage()

    async def candles(self, series: Series, from_ms: int | None = None, to_ms: int | None = None) -> Candles:
        """Kept candles that open in [``from_ms``, ``to_ms``)."""
        return await self._store.candles_between(series, from_ms, to_ms)

    async def import_files(self, files: Sequence[Path], tell: Tell | None = None) -> tuple[Mapping[str, Any], ...]:
        """Check candle files and keep them; a report each, as `sigma-engine import` prints it.

        All are checked before one is kept. A file whose keeping has begun is kept whole, even for one who is cancelled.
        """
        read = [await asyncio.to_thread(read_candle_file, path) for path in files]
        for number, file in enumerate(read):
            if tell is not None:
                tell(Progress(number / len(read), None, file.path.name))
            series = Series(IMPORTED, file.symbol, file.timeframe)
            await asyncio.shield(self._store.add_candles(series, file.candles))
        if tell is not None:
            tell(Progress(1.0, 0.0))
        return tuple(import_report(file) for file in read)

    async def download(self, wanted: DownloadRequest, tell: Tell | None = None) -> Downloaded:
        """Fetch public candles through ccxt and keep them; what was kept before stays."""

        def fetch(attendance: Attendance) -> Fetched:
            return self._bench.download(wanted, attendance.hear, attendance.stopped)

        found = await self._worker.do(fetch, tell, f"{wanted.symbol} {wanted.timeframe}")
        series = Series(found.source, found.symbol, wanted.timeframe)
        await asyncio.shield(self._store.add_candles(series, found.candles))
        kept = next(kept for kept in await self._store.coverage() if kept.series == series)
        return Downloaded(coverage=kept, notes=found.report.notes)

    async def delete_history(self, series: Series) -> int:
        """Forget a series; how many candles that were."""
        return await self._store.delete_series(series)

    async def run(self, request: BacktestRequest, tell: Tell | None = None) -> Trial:
        """Run a backtest and keep it as a trial; once its keeping has begun it is kept, even for one who is cancelled.

        One at a time, so that each is weighed among all that came before it.
        """
        began_s = time.perf_counter()
        prepared = await prepare(request, await self._settings(), self._store)
        load_s = time.perf_counter() - began_s
        async with self._trying:
            return await self._tried(prepared, load_s, tell)

    async def _tried(self, prepared: Prepared, load_s: float, tell: Tell | None) -> Trial:
        tries = await self._store.tries(prepared.family)
        done = await self._worker.do(
            lambda attendance: attempt(prepared, tries, load_s, self._bench, attendance.watch),
            tell,
            prepared.setup.name,
        )
        self._shown = done.trial.summary.trial_id, prepared
        return done.numbered(await self._store.add_trial(await asyncio.to_thread(done.stored)))

    async def trials(self, search: str = "") -> tuple[TrialSummary, ...]:
        """All runs, newest first; ``search`` looks in strategy, symbols, note and source."""
        return await self._store.trials(search)

    async def trial(self, trial_id: str) -> Trial:
        """A stored run in full."""
        stored = await self._store.trial(trial_id)
        if stored is None:
            raise _no_trial()
        return await asyncio.to_thread(restored, stored, self._bench.from_json)

    async def trial_candles(self, trial_id: str, symbol: str) -> Candles:
        """The candles a trial ran on, to draw its trades on; raises `DataError` where they are gone or have changed."""
        prepared = self._at_hand(trial_id) or await self._as_it_ran(await self.trial(trial_id))
        series = prepared.setup.series
        return series[require_one_of(unified(symbol), tuple(series))]

    async def annotate(self, trial_id: str, note: str) -> None:
        """Write a note beside a run."""
        if not await self._store.annotate_trial(trial_id, note):
            raise _no_trial()

    async def delete_trial(self, trial_id: str) -> None:
        """Forget a run's result; it stays counted as a trial of its family."""
        if not await self._store.delete_trial(trial_id):
            raise _no_trial()
        if self._at_hand(trial_id) is not None:
            self._shown = None

    async def check_look_ahead(self, trial_id: str, tell: Tell | None = None) -> Check:
        """Whether cutting the future off changes anything that came before the cut."""
        trial = await self.trial(trial_id)
        setup, run = (await self._as_it_ran(trial)).setup, self._bench.engine(trial.request.engine)
        return await self._worker.do(
            lambda attendance: check_look_ahead(setup, run, attendance.watch), tell, "look-ahead"
        )

    async def check_warm_up(self, trial_id: str, tell: Tell | None = None) -> Check:
        """Whether more or less history before the start changes decisions after it."""
        trial = await self.trial(trial_id)
        setup, run = (await self._as_it_ran(trial)).setup, self._bench.engine(trial.request.engine)
        further = round(max(SHARES) * HISTORY_BARS)
        longer = (await prepare(_again(trial), await self._settings(), self._store, further)).setup.series
        return await self._worker.do(
            lambda attendance: check_warm_up(setup, longer, run, attendance.watch), tell, "warm-up"
        )

    async def save_report(self, trial_id: str, path: Path) -> Path:
        """Write a run as ``.html``, ``.json`` or ``.csv`` (its trades), by the path's ending."""
        trial = await self.trial(trial_id)
        return await asyncio.to_thread(write_report, trial, path, self._bench)

    async def close(self) -> None:
        """Free everything; calling it again does nothing."""
        await self._worker.close()
        await self._store.close()

    async def _settings(self) -> Settings:
        return await asyncio.to_thread(load_settings, self._folder.config)

    async def _kept_strategies(self) -> Mapping[str, str]:
        """The newest version of each kept document."""
        return {kept.name: kept.document for kept in await self._store.strategies()}

    def _at_hand(self, trial_id: str) -> Prepared | None:
        """The trial that was run or looked at last, made ready."""
        return self._shown[1] if self._shown is not None and self._shown[0] == trial_id else None

    async def _as_it_ran(self, trial: Trial) -> Prepared:
        """A trial made ready anew; raises `DataError` where its candles are others now."""
        if (known := self._at_hand(trial.summary.trial_id)) is not None:
            return known
        prepared = await prepare(_again(trial), await self._settings(), self._store)
        if prepared.data_hash != trial.summary.data_hash:
            raise DataError("The candles of this backtest have changed since it ran: run it again.")
        self._shown = trial.summary.trial_id, prepared
        return prepared


def _again(trial: Trial) -> BacktestRequest:
    """The request with what was open when the trial ran filled in: its strategy and its span."""
    summary = trial.summary
    return replace(trial.request, strategy=trial.document, from_ms=summary.from_ms, to_ms=summary.to_ms)


def _no_trial() -> InputError:
    return InputError("There is no such backtest any more: choose one of the library.")
