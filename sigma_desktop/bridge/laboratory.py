"""What the window needs of the engine's backtest laboratory."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from sigma_engine import (
    BacktestRequest,
    Candles,
    Check,
    Coverage,
    Defaults,
    Downloaded,
    DownloadRequest,
    Progress,
    Series,
    Trial,
    TrialSummary,
)

Tell = Callable[[Progress], None]
"""Hears on the loop's thread how far something has come."""


class Laboratory(Protocol):
    """History, runs and trials; what each method does and refuses is written beside the engine's own."""

    async def strategies(self) -> tuple[str, ...]:
        """The presets and the strategies a person kept."""
        ...

    async def strategy_document(self, name: str) -> Mapping[str, Any]:
        """The complete spec of a strategy."""
        ...

    async def check_document(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The spec of a form's content, completed."""
        ...

    async def defaults(self) -> Defaults:
        """The settings' own capital and costs."""
        ...

    async def history(self) -> tuple[Coverage, ...]:
        """What is kept, series by series."""
        ...

    async def candles(self, series: Series, from_ms: int | None = None, to_ms: int | None = None) -> Candles:
        """Kept candles."""
        ...

    async def import_files(self, files: Sequence[Path], tell: Tell | None = None) -> tuple[Mapping[str, Any], ...]:
        """Check candle files and keep them; a report each."""
        ...

    async def download(self, wanted: DownloadRequest, tell: Tell | None = None) -> Downloaded:
        """Fetch public candles and keep them."""
        ...

    async def delete_history(self, series: Series) -> int:
        """Forget a series; how many candles that were."""
        ...

    async def run(self, request: BacktestRequest, tell: Tell | None = None) -> Trial:
        """Run a backtest and keep it as a trial."""
        ...

    async def trials(self, search: str = "") -> tuple[TrialSummary, ...]:
        """All runs, newest first."""
        ...

    async def trial(self, trial_id: str) -> Trial:
        """A stored run in full."""
        ...

    async def trial_candles(self, trial_id: str, symbol: str) -> Candles:
        """The candles a trial ran on."""
        ...

    async def annotate(self, trial_id: str, note: str) -> None:
        """Write a note beside a run."""
        ...

    async def delete_trial(self, trial_id: str) -> None:
        """Forget a run's result."""
        ...

    async def check_look_ahead(self, trial_id: str, tell: Tell | None = None) -> Check:
        """Whether the future leaks into decisions."""
        ...

    async def check_warm_up(self, trial_id: str, tell: Tell | None = None) -> Check:
        """Whether the history before the start changes decisions after it."""
        ...

    async def save_report(self, trial_id: str, path: Path) -> Path:
        """Write a run as a report."""
        ...

    async def close(self) -> None:
        """Free everything."""
        ...


Opener = Callable[[Path | None], Coroutine[Any, Any, Laboratory]]
"""Where laboratories come from: `sigma_engine.open_laboratory`."""
