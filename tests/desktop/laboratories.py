"""Candles for the real laboratory, and a stand-in of it where waiting, failing or cancelling must be provoked."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import SignalInstance

from sigma_desktop.bridge.bench import Bench
from sigma_engine import (
    BacktestRequest,
    BacktestResult,
    Candles,
    CostChoice,
    Coverage,
    Defaults,
    Downloaded,
    DownloadRequest,
    Engine,
    Gap,
    InputError,
    Luck,
    Progress,
    Series,
    Timeframe,
    Timing,
    Trial,
    TrialSummary,
    Verdict,
)
from sigma_engine.backtest.metrics import measure
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.store import SqliteStore
from sigma_engine.strategy.library import load_strategy, preset_names
from sigma_engine.strategy.spec import load_spec, read_spec
from tests.desktop.market import BTC, ETH, SOL

DAY_MS = 86_400_000
BEGIN_MS = 1_735_689_600_000
"""1 January 2025."""
BINANCE = "binance"


def coverage(
    symbol: str, timeframe: Timeframe, days: int, *gaps: Gap, source: str = BINANCE, skip: int = 0
) -> Coverage:
    """``days`` of candles from ``skip`` days after the beginning, less those in the gaps."""
    first = BEGIN_MS + skip * DAY_MS
    last = first + days * DAY_MS - timeframe.interval_ms
    whole = days * DAY_MS // timeframe.interval_ms
    missing = sum(gap.missing for gap in gaps)
    return Coverage(
        series=Series(source, symbol, timeframe), candles=whole - missing, first_ms=first, last_ms=last, gaps=gaps
    )


ETH_GAP = Gap(BEGIN_MS + 40 * DAY_MS, 36)
KEPT = (
    coverage(BTC, Timeframe.M5, 102),
    coverage(ETH, Timeframe.M5, 102, ETH_GAP),
    coverage(SOL, Timeframe.M5, 60, skip=30),
    coverage(BTC, Timeframe.M1, 30, skip=60),
    coverage(BTC, Timeframe.H1, 400, source="import"),
)


async def keep(home: Path, kept: Sequence[Coverage] = KEPT) -> None:
    """Keep walking candles of these series, holes and all, in the data folder ``home``."""
    store = SqliteStore.open(DataFolder.beside(home).database, durable=False)
    for each in kept:
        await store.add_candles(each.series, _walk(each))
    await store.close()


def _walk(coverage: Coverage) -> Candles:
    interval_ms = coverage.series.timeframe.interval_ms
    times = np.arange(coverage.first_ms, coverage.last_ms + 1, interval_ms)
    for gap in coverage.gaps:
        begin_ms = gap.after_ms + interval_ms
        times = times[(times < begin_ms) | (times >= begin_ms + gap.missing * interval_ms)]
    close = 100 * np.exp(np.random.default_rng(7).normal(0, 0.002, len(times)).cumsum()).round(4)
    opens = np.concatenate([[100.0], close[:-1]])
    return Candles(
        times, opens, np.maximum(opens, close) + 0.05, np.minimum(opens, close) - 0.05, close, np.full(len(times), 5.0)
    )


class SmallLaboratory:
    """Keeps what it is given; with ``waits`` a run waits for ``go_on``, with a ``refusal`` it fails."""

    def __init__(self, kept: Sequence[Coverage] = KEPT) -> None:
        self.kept = {each.series: each for each in kept}
        self.requests: list[BacktestRequest] = []
        self.downloads: list[DownloadRequest] = []
        self.waits = False
        self.go_on, self.running = asyncio.Event(), asyncio.Event()
        self.refusal: InputError | None = None
        self.notes: tuple[str, ...] = ()
        """What a download finds on its way."""
        self.stopped = self.closed = 0

    async def strategies(self) -> tuple[str, ...]:
        return preset_names()

    async def strategy_document(self, name: str) -> Mapping[str, Any]:
        return load_strategy(name).document()

    async def check_document(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        return read_spec(document).document()

    async def defaults(self) -> Defaults:
        return Defaults(capital=Decimal(10_000), costs=CostChoice())

    async def history(self) -> tuple[Coverage, ...]:
        return tuple(self.kept.values())

    async def download(self, wanted: DownloadRequest, tell: Any = None) -> Downloaded:
        self.downloads.append(wanted)
        await self._work(tell)
        made = coverage(wanted.symbol, wanted.timeframe, 90, source=wanted.venue)
        self.kept[made.series] = made
        return Downloaded(coverage=made, notes=self.notes)

    async def run(self, request: BacktestRequest, tell: Any = None) -> Trial:
        self.requests.append(request)
        await self._work(tell)
        return trial(request, len(self.requests))

    async def close(self) -> None:
        self.closed += 1

    async def _work(self, tell: Any) -> None:
        self.running.set()
        if tell is not None:
            tell(Progress(0.25, 30.0, "BTC/USDT"))
        try:
            if self.waits:
                await self.go_on.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        if self.refusal is not None:
            raise self.refusal


class Opening:
    """Opens the one laboratory, and counts how often."""

    def __init__(self, laboratory: SmallLaboratory) -> None:
        self.laboratory, self.opened = laboratory, 0
        self.refusal: InputError | None = None

    async def __call__(self, home: Path | None) -> SmallLaboratory:
        self.opened += 1
        await asyncio.sleep(0)
        if self.refusal is not None:
            raise self.refusal
        return self.laboratory


def trial(request: BacktestRequest, number: int = 1) -> Trial:
    """A run without trades: an honest result of a strategy that never fired."""
    spec = load_spec(request.strategy) if request.strategy.startswith("{") else load_strategy(request.strategy)
    begin, end = request.from_ms or BEGIN_MS, request.to_ms or BEGIN_MS + 30 * DAY_MS
    equity = ((begin, 10_000.0), (end, 10_000.0))
    metrics = measure((), equity, 10_000.0)
    verdict = Verdict(
        luck=Luck.TOO_FEW,
        text="No trade was made.",
        probabilistic_sharpe=None,
        deflated_sharpe=None,
        trials=number,
        return_band_pct=None,
        drawdown_band_pct=None,
        loss_probability=None,
        ruin_probability=None,
    )
    symbols, timeframe = request.symbols or spec.symbols, request.timeframe or spec.timeframe
    result = BacktestResult(
        run_id=f"run-{number}",
        strategy=spec.name,
        symbols=symbols,
        timeframe=timeframe,
        engine=request.engine,
        from_ms=begin,
        to_ms=end,
        trades=(),
        regimes=(),
        metrics=metrics,
        verdict=verdict,
        equity=equity,
        curve=equity,
        parts={},
        months=(),
        signals=0,
        refusals={},
        notes=(),
        timing=Timing(load_s=0.1, run_s=0.01, candles=1_000),
    )
    summary = TrialSummary(
        trial_id=f"trial-{number}",
        number=number,
        created_ms=end,
        family=spec.name,
        strategy=spec.name,
        symbols=symbols,
        timeframe=timeframe,
        source=request.source or "",
        engine=Engine.COMPILED,
        from_ms=begin,
        to_ms=end,
        data_hash="0" * 16,
        trades=0,
        total_return_pct=0.0,
        max_drawdown_pct=0.0,
        sharpe=None,
        profit_factor=None,
        luck=Luck.TOO_FEW,
        note="",
    )
    return Trial(summary=summary, document="{}", request=replace(request), result=result)


def write_candles(path: Path, rows: int, *, broken: int = 0) -> Path:
    """A candle file of 5m candles that walk, ``broken`` of its last rows being none."""
    walk = 90_000 + np.random.default_rng(7).normal(0, 40, rows).cumsum()
    lines = ["timestamp_ms,open,high,low,close,volume"]
    for at, price in enumerate(walk):
        high = -1.0 if at >= rows - broken else price + 20
        lines.append(f"{BEGIN_MS + at * 300_000},{price:.1f},{high:.1f},{price - 20:.1f},{price:.1f},1.5")
    path.write_text("\n".join(lines), "utf-8")
    return path


async def until(condition: Callable[[], Any], *signals: SignalInstance) -> None:
    """Wait for ``condition``, looking again whenever one of the ``signals`` was emitted."""
    looked = asyncio.Event()
    joined = [(signal, signal.connect(lambda *_: looked.set())) for signal in signals]
    try:
        while not condition():
            await looked.wait()
            looked.clear()
            await asyncio.sleep(0)
    finally:
        for signal, connection in joined:
            signal.disconnect(connection)


async def settled(bench: Bench) -> None:
    """Wait until everything ``bench`` was asked has been answered."""
    while bench._errands:
        await asyncio.gather(*bench._errands, return_exceptions=True)
