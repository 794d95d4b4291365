"""All that a person does in the laboratory, one method each; nothing here touches a running session."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sigma_engine.domain.backtest import BacktestRequest, Check, Progress, Trial, TrialSummary
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.history import Coverage, DownloadRequest, Series

Tell = Callable[[Progress], None]
"""Hears on the loop's thread how far something has come."""


class Laboratory:
    """Every method leaves the loop free; one that is cancelled stops soon and keeps nothing.

    Raises `SigmaError` with one sentence and the next step.
    """

    async def strategies(self) -> tuple[str, ...]:
        """The presets and the strategies a person kept."""
        raise NotImplementedError

    async def strategy_document(self, name: str) -> Mapping[str, Any]:
        """The complete spec of a strategy, ready for a form."""
        raise NotImplementedError

    async def check_document(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The spec of a form's content, completed; raises `SpecError` on the first thing wrong with it."""
        raise NotImplementedError

    async def history(self) -> tuple[Coverage, ...]:
        """What is kept, series by series, with its holes."""
        raise NotImplementedError

    async def candles(self, series: Series, from_ms: int | None = None, to_ms: int | None = None) -> Candles:
        """Kept candles that open in [``from_ms``, ``to_ms``)."""
        raise NotImplementedError

    async def import_files(self, files: Sequence[Path], tell: Tell | None = None) -> tuple[Mapping[str, Any], ...]:
        """Check candle files and keep them; a report each, as `sigma-engine import` prints it."""
        raise NotImplementedError

    async def download(self, wanted: DownloadRequest, tell: Tell | None = None) -> Coverage:
        """Fetch public candles through ccxt and keep them; what was kept before stays."""
        raise NotImplementedError

    async def delete_history(self, series: Series) -> int:
        """Forget a series; how many candles that were."""
        raise NotImplementedError

    async def run(self, request: BacktestRequest, tell: Tell | None = None) -> Trial:
        """Run a backtest and keep it as a trial."""
        raise NotImplementedError

    async def trials(self, search: str = "") -> tuple[TrialSummary, ...]:
        """All runs, newest first; ``search`` looks in strategy, symbols, note and source."""
        raise NotImplementedError

    async def trial(self, trial_id: str) -> Trial:
        """A stored run in full."""
        raise NotImplementedError

    async def trial_candles(self, trial_id: str, symbol: str) -> Candles:
        """The candles a trial ran on, to draw its trades on; raises `DataError` where they are gone or have changed."""
        raise NotImplementedError

    async def annotate(self, trial_id: str, note: str) -> None:
        """Write a note beside a run."""
        raise NotImplementedError

    async def delete_trial(self, trial_id: str) -> None:
        """Forget a run's result; it stays counted as a trial of its family."""
        raise NotImplementedError

    async def check_look_ahead(self, trial_id: str, tell: Tell | None = None) -> Check:
        """Whether cutting the future off changes anything that came before the cut."""
        raise NotImplementedError

    async def check_warm_up(self, trial_id: str, tell: Tell | None = None) -> Check:
        """Whether more or less history before the start changes decisions after it."""
        raise NotImplementedError

    async def save_report(self, trial_id: str, path: Path) -> Path:
        """Write a run as ``.html``, ``.json`` or ``.csv`` (its trades), by the path's ending."""
        raise NotImplementedError

    async def close(self) -> None:
        """Free everything; calling it again does nothing."""
        raise NotImplementedError
