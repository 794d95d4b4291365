"""What the laboratory works with; each tool is fetched when it is first needed, so that opening the window is quick."""

import asyncio
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sigma_engine.backtest.setup import Outcome, Setup, Watch
from sigma_engine.domain.backtest import BacktestRequest, BacktestResult, Engine, Timing
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.history import DownloadRequest
from sigma_engine.market.file_report import FileReport

RunEngine = Callable[[Setup, Watch | None], Outcome]
"""Runs a backtest; raises `Cancelled` where the watch says no."""


class Build(Protocol):
    """Turns what an engine made into a result."""

    def __call__(
        self,
        setup: Setup,
        outcome: Outcome,
        timing: Timing,
        engine: Engine,
        trials: int,
        trial_sharpes: Sequence[float],
        notes: Sequence[str],
    ) -> BacktestResult:
        """``trials`` and ``trial_sharpes`` (daily, not annualised) are those of earlier runs of the family."""
        ...


class Fetched(Protocol):
    """Checked candles of a venue, ready to be kept under ``source``."""

    @property
    def source(self) -> str:
        """The venue's name."""
        ...

    @property
    def symbol(self) -> str:
        """The unified symbol."""
        ...

    @property
    def candles(self) -> Candles:
        """What the venue has of the span."""
        ...

    @property
    def report(self) -> FileReport:
        """What was found on the way."""
        ...


Download = Callable[[DownloadRequest, Callable[[float], None], Callable[[], bool]], Fetched]
Report = Callable[[BacktestResult, BacktestRequest, str, Sequence[tuple[str, str]]], str]


def _late(module: str, name: str) -> Any:
    return lambda *arguments: getattr(importlib.import_module(module), name)(*arguments)


def _engine(engine: Engine) -> RunEngine:
    compiled: RunEngine = _late("sigma_engine.backtest.compiled", "run")
    return _run_session if engine is Engine.SESSION else compiled


def _run_session(setup: Setup, watch: Watch | None) -> Outcome:
    """The live session on a loop of its own, in whatever thread this is."""
    run_session = _late("sigma_engine.laboratory.session_engine", "run_session")
    outcome: Outcome = asyncio.run(run_session(setup, watch))
    return outcome


_BUILD: Build = _late("sigma_engine.backtest.result", "build")
_TO_JSON, _FROM_JSON, _TRADES_CSV = (
    _late("sigma_engine.backtest.document", name) for name in ("to_json", "from_json", "trades_csv")
)
_HTML_REPORT: Report = _late("sigma_engine.backtest.report", "html_report")
_DOWNLOAD: Download = _late("sigma_engine.assembly.downloads", "download_candles")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """The engines by name, the result's maker, its text forms and back, and the way to a venue's candles."""

    engine: Callable[[Engine], RunEngine] = _engine
    build: Build = _BUILD
    to_json: Callable[[BacktestResult], str] = _TO_JSON
    from_json: Callable[[str], BacktestResult] = _FROM_JSON
    trades_csv: Callable[[BacktestResult], str] = _TRADES_CSV
    html_report: Report = _HTML_REPORT
    download: Download = _DOWNLOAD
