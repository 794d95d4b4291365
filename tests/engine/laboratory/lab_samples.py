"""Candle files, and a small honest engine to run on them: it buys after a rise and holds for five candles."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from sigma_engine.backtest.setup import Cancelled, Outcome, Setup
from sigma_engine.domain.backtest import BacktestResult, Luck, Verdict
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.metrics import Metrics
from sigma_engine.domain.order import ExitReason, PositionSide
from sigma_engine.domain.position import Trade
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.laboratory.laboratory import Laboratory
from sigma_engine.laboratory.workbench import Workbench
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.store import SqliteStore

START_MS = 1_748_736_000_000
"""2025-06-01 00:00 UTC."""
BAR_MS = Timeframe.M5.interval_ms
BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
HELD_BARS = 5

Rises = Callable[[np.ndarray, int], bool]
"""Whether a candle, by its number among all closes, asks for an entry."""


def walk(count: int, seed: int = 7, price: float = 100_000.0, bar_ms: int = BAR_MS, first: int = 0) -> Candles:
    """A random walk of ``count`` candles, the first of them the ``first``-th since `START_MS`."""
    draw = np.random.default_rng(seed)
    close = np.round(price * np.exp(np.cumsum(draw.normal(0, 0.002, count))), 1)
    open_ = np.concatenate([[price], close[:-1]])
    high, low = np.maximum(open_, close) + 1.0, np.minimum(open_, close) - 1.0
    stamps = START_MS + bar_ms * np.arange(first, first + count, dtype=np.int64)
    return Candles(stamps, open_, high, low, close, np.full(count, 5.0))


def without(candles: Candles, first: int, behind: int) -> Candles:
    """The candles without those numbered ``first`` up to ``behind``."""
    return candles.slice(0, first).joined(candles.slice(behind))


def write(path: Path, candles: Candles) -> Path:
    """``candles`` as a file."""
    rows = zip(*(column.tolist() for column in candles.columns()), strict=True)
    text = "\n".join(",".join(map(str, row)) for row in rows)
    path.write_text(f"timestamp_ms,open,high,low,close,volume\n{text}\n", "utf-8")
    return path


def rose(closes: np.ndarray, at: int) -> bool:
    """Three closes in a row rose."""
    return at >= 3 and bool((np.diff(closes[at - 3 : at + 1]) > 0).all())


def engine_of(rises: Rises = rose) -> Callable[..., Outcome]:
    """An engine that enters at the open after each candle that ``rises``."""

    def run(setup: Setup, watch=None) -> Outcome:
        trades, points = [], {}
        for number, (symbol, candles) in enumerate(setup.series.items(), 1):
            trades += _traded(setup, symbol, candles, rises)
            points |= dict.fromkeys((candles.open_ms + setup.timeframe.interval_ms).tolist())
            if watch is not None and not watch(number / len(setup.series)):
                raise Cancelled
        trades.sort(key=lambda trade: (trade.exit_ms, trade.symbol))
        times = np.array(sorted(at for at in points if at > setup.first_ms), np.int64)
        gains = np.array([float(trade.pnl) for trade in trades] or [0.0])
        exits = np.array([trade.exit_ms for trade in trades] or [times[-1]])
        equity = np.array([float(setup.capital) + gains[exits < at].sum() for at in times])
        return Outcome(
            trades=tuple(trades),
            regimes=(None,) * len(trades),
            times=times,
            equity=equity,
            orders=len(trades),
            fills=len(trades),
            signals=len(trades),
            refusals={},
            candles=sum(int((c.open_ms >= setup.first_ms).sum()) for c in setup.series.values()),
            from_ms=setup.first_ms,
            to_ms=int(times[-1]),
        )

    return run


def _traded(setup: Setup, symbol: str, candles: Candles, rises: Rises) -> list[Trade]:
    trades, free_at, last = [], 0, len(candles) - 1
    for at in range(len(candles) - 1):
        if at < free_at or candles.open_ms[at] < setup.first_ms or not rises(candles.close, at):
            continue
        out = min(at + 1 + HELD_BARS, last)
        free_at = out
        trades.append(_trade(setup, symbol, candles, at + 1, out))
    return trades


def _trade(setup: Setup, symbol: str, candles: Candles, entry: int, out: int) -> Trade:
    at_end = entry + HELD_BARS > out
    price = Decimal(str(candles.open[entry]))
    end = Decimal(str(candles.close[out] if at_end else candles.open[out]))
    return Trade(
        trade_id=f"{symbol}-{candles.open_ms[entry]}",
        symbol=symbol,
        side=PositionSide.LONG,
        entry_ms=int(candles.open_ms[entry]),
        exit_ms=int(candles.open_ms[out]) + (setup.timeframe.interval_ms if at_end else 0),
        entry_price=price,
        exit_price=end,
        quantity=Decimal("0.01"),
        leverage=setup.mandate.terms.policy.leverage,
        fees=Decimal(0),
        funding=Decimal(0),
        slippage=Decimal(0),
        pnl=(end - price) * Decimal("0.01"),
        return_pct=0.0,
        r=None,
        bars=out - entry,
        reason=ExitReason.END if at_end else ExitReason.TIME,
        entry_reason="three closes rose",
    )


def built(setup, outcome, timing, engine, trials, trial_sharpes, notes) -> BacktestResult:
    """A result with the figures the laboratory looks at; the verdict's text tells what it was given of the family."""
    figures = dict.fromkeys((each.name for each in fields(Metrics)), 0.0)
    figures |= {
        "trades": len(outcome.trades),
        "longest_losing_streak": 0,
        "total_return_pct": 100 * (float(outcome.equity[-1]) / float(setup.capital) - 1),
        "sharpe": 1.91,
        "profit_factor": None,
        "initial_balance": float(setup.capital),
    }
    verdict = Verdict(
        luck=Luck.LUCK,
        text=f"{trials} earlier, {[round(sharpe, 3) for sharpe in trial_sharpes]}",
        probabilistic_sharpe=None,
        deflated_sharpe=None,
        trials=trials,
        return_band_pct=None,
        drawdown_band_pct=None,
        loss_probability=None,
        ruin_probability=None,
    )
    return BacktestResult(
        run_id=setup.run_id,
        strategy=setup.name,
        symbols=tuple(setup.series),
        timeframe=setup.timeframe,
        engine=engine,
        from_ms=outcome.from_ms,
        to_ms=outcome.to_ms,
        trades=outcome.trades,
        regimes=outcome.regimes,
        metrics=Metrics(**figures),
        verdict=verdict,
        equity=(),
        curve=(),
        parts={},
        months=(),
        signals=outcome.signals,
        refusals={},
        notes=tuple(notes),
        timing=timing,
    )


RESULT = TypeAdapter(BacktestResult)


def bench(rises: Rises = rose, **tools: object) -> Workbench:
    """A workbench with the small engine; ``tools`` replace others of it."""
    given = {
        "engine": lambda _: engine_of(rises),
        "build": built,
        "to_json": lambda result: RESULT.dump_json(result).decode(),
        "from_json": lambda text: replace(RESULT.validate_json(text), equity=(), curve=()),
        "trades_csv": lambda result: "\n".join(trade.trade_id for trade in result.trades),
        "html_report": lambda result, request, spec, beside: f"<html>{result.strategy} {dict(beside)}</html>",
    }
    return Workbench(**given | tools)


@asynccontextmanager
async def laboratory(home: Path, tools: Workbench | None = None):
    """A laboratory in ``home`` that is closed in the end."""
    folder = await asyncio.to_thread(DataFolder.beside, home)
    store = await asyncio.to_thread(SqliteStore.open, folder.database)
    lab = Laboratory(store, folder, tools or bench())
    try:
        yield lab
    finally:
        await lab.close()


def in_laboratory(home: Path, scenario, tools: Workbench | None = None):
    """What ``scenario`` of a laboratory returns."""

    async def run():
        async with laboratory(home, tools) as lab:
            return await scenario(lab)

    return asyncio.run(run())
