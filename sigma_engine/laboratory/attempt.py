"""One try: an engine runs what was made ready, its result is weighed among its family's, a trial is kept of it."""

import math
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sigma_engine.backtest.ratios import DAYS_A_YEAR
from sigma_engine.backtest.setup import Watch
from sigma_engine.clock import system_ms
from sigma_engine.domain.backtest import BacktestResult, Timing, Trial, TrialSummary
from sigma_engine.errors import StorageError
from sigma_engine.laboratory.preparation import Prepared
from sigma_engine.laboratory.requests import request_from_json, request_to_json
from sigma_engine.laboratory.workbench import Workbench
from sigma_engine.storage.trials import StoredTrial, Tries

_FAST = 1
"""zlib's quickest level: a fifth more bytes than its best, in a third of the time."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A finished run that is not kept yet: the trial as people get it, and its result as JSON text."""

    trial: Trial
    text: str

    def stored(self) -> StoredTrial:
        """As the store takes it."""
        trial = self.trial
        return StoredTrial(
            summary=trial.summary,
            document=trial.document,
            request=request_to_json(trial.request),
            result=zlib.compress(self.text.encode(), _FAST),
        )

    def numbered(self, number: int) -> Trial:
        """The trial under the number it was kept under."""
        return replace(self.trial, summary=replace(self.trial.summary, number=number))


def attempt(prepared: Prepared, tries: Tries, load_s: float, bench: Workbench, watch: Watch) -> Attempt:
    """Run ``prepared``; ``tries`` are the earlier ones of its family. Blocks. Raises `Cancelled` as the engine does."""
    request, began_s = prepared.request, time.perf_counter()
    outcome = bench.engine(request.engine)(prepared.setup, watch)
    run_s = outcome.run_s or time.perf_counter() - began_s
    result = bench.build(
        prepared.setup,
        outcome,
        Timing(load_s=load_s, run_s=run_s, candles=outcome.candles),
        request.engine,
        tries.count,
        daily(tries.sharpes),
        prepared.notes,
    )
    document = prepared.spec.model_dump_json()
    trial = Trial(summary=_summary(prepared, result), document=document, request=request, result=result)
    return Attempt(trial, bench.to_json(result))


def daily(sharpes: Sequence[float]) -> tuple[float, ...]:
    """Annualised Sharpe ratios as ratios of daily returns."""
    return tuple(sharpe / math.sqrt(DAYS_A_YEAR) for sharpe in sharpes)


def restored(stored: StoredTrial, from_json: Callable[[str], BacktestResult]) -> Trial:
    """The trial that was kept; raises `SigmaError` where it cannot be read."""
    try:
        text = zlib.decompress(stored.result).decode()
    except (zlib.error, UnicodeDecodeError):
        raise StorageError("A stored backtest's result is damaged: delete that run and run it again.") from None
    request = request_from_json(stored.request)
    return Trial(summary=stored.summary, document=stored.document, request=request, result=from_json(text))


def _summary(prepared: Prepared, result: BacktestResult) -> TrialSummary:
    metrics = result.metrics
    return TrialSummary(
        trial_id=result.run_id,
        number=0,
        created_ms=system_ms(),
        family=prepared.family,
        strategy=result.strategy,
        symbols=result.symbols,
        timeframe=result.timeframe,
        source=prepared.source,
        engine=prepared.request.engine,
        from_ms=result.from_ms,
        to_ms=result.to_ms,
        data_hash=prepared.data_hash,
        trades=metrics.trades,
        total_return_pct=metrics.total_return_pct,
        max_drawdown_pct=metrics.max_drawdown_pct,
        sharpe=metrics.sharpe,
        profit_factor=metrics.profit_factor,
        luck=result.verdict.luck,
        note="",
    )
