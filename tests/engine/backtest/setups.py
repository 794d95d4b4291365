"""Backtests made ready for tests: wild markets and odd strategies from a seed, and real candles where they exist."""

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigma_engine.assembly.workshop import PaperWorkshop
from sigma_engine.backtest.setup import Setup
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError
from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.market.joining import in_order, joined_series
from sigma_engine.session.mandate import Mandate
from sigma_engine.settings import Settings
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.spec import StrategySpec, read_spec

DATA = Path(os.environ.get("SIGMA_TEST_DATA", "../shared/data"))
START_MS = 1_699_920_000_000
"""A midnight, UTC."""
M5 = Timeframe.M5
HISTORY_BARS = 300
PRICES = {"BTC/USDT": 30_000.0, "ETH/USDT": 2_000.0, "SOL/USDT": 100.0}


def candles(rng: np.random.Generator, bars: int, price: float, sigma: float, start_ms: int = START_MS) -> Candles:
    """A market with storms, gaps at the open and, now and then, jumps of many deviations."""
    storms = np.repeat(np.exp(0.4 * rng.standard_normal(bars)), 5)
    moves = rng.standard_normal(5 * bars) * sigma / np.sqrt(5) * storms
    if rng.random() < 0.4:
        moves[rng.integers(0, 5 * bars, 8)] += 25 * sigma * rng.standard_normal(8)
    path = price * np.exp(np.cumsum(moves)).reshape(bars, 5)
    gaps = 1 + sigma * rng.standard_normal(bars) * (rng.random(bars) < 0.2)
    opened = np.r_[price, path[:-1, -1]] * gaps
    stamps = start_ms + M5.interval_ms * np.arange(bars, dtype=np.int64)
    highs, lows = np.maximum(path.max(1), opened), np.minimum(path.min(1), opened)
    return Candles(stamps, opened, highs, lows, path[:, -1].copy(), 100 * rng.random(bars))


def minutes_within(rng: np.random.Generator, outer: Candles) -> Candles:
    """1m candles that reach each candle's high and low somewhere, a few of them missing."""
    bars, middle = len(outer), (outer.high + outer.low) / 2
    highs = middle[:, None] + rng.random((bars, 5)) * (outer.high - middle)[:, None]
    lows = middle[:, None] - rng.random((bars, 5)) * (middle - outer.low)[:, None]
    highs[np.arange(bars), rng.integers(0, 5, bars)] = outer.high
    lows[np.arange(bars), rng.integers(0, 5, bars)] = outer.low
    there = rng.random(5 * bars) < 0.97
    stamps = (outer.open_ms[:, None] + 60_000 * np.arange(5)).ravel()[there]
    high, low = highs.ravel()[there], lows.ravel()[there]
    return Candles(stamps, low, high, low, high, high)


def random_setup(seed: int) -> Setup:
    """A strategy, its markets and its costs; every seed another."""
    rng = np.random.default_rng(seed)
    spec, bars = _random_spec(rng), int(rng.integers(600, 1_400))
    sigma = float(rng.choice([0.0015, 0.006, 0.02]))
    starts = START_MS + 50 * M5.interval_ms * rng.integers(0, 3, len(spec.symbols))
    series = {
        symbol: candles(rng, bars, price, sigma, int(start))
        for symbol, price, start in zip(spec.symbols, PRICES.values(), starts, strict=False)
    }
    mandate = _with_costs(rng, mandate_of(spec, _random_settings(rng)))
    return Setup(
        run_id="run",
        name=spec.name,
        mandate=mandate,
        timeframe=M5,
        series=series,
        instruments={symbol: practice_instrument(symbol, float(block.close[0])) for symbol, block in series.items()},
        first_ms=START_MS + HISTORY_BARS * M5.interval_ms,
        capital=Decimal(int(rng.choice([100, 10_000, 1_000_000]))),
        latency_bars=int(rng.choice([0, 0, 1, 3])),
        funding=_random_funding(rng, series, bars) if rng.random() < 0.5 else {},
        minutes={symbol: minutes_within(rng, block) for symbol, block in series.items()} if rng.random() < 0.4 else {},
    )


def real_setup(strategy: str, names: list[str], days: int, **changes: Any) -> Setup:
    """The first ``days`` of candle files side by side, 3,000 candles of them history; skips where they are absent."""
    missing = [name for name in names if not (DATA / name).exists()]
    if missing:
        pytest.skip(f"there is no market data {missing[0]} in {DATA}")
    spec = load_strategy(strategy)
    series = joined_series([read_candle_file(DATA / name) for name in names])
    start_ms = max(int(block.open_ms[0]) for block in series.values())
    first_ms, end_ms = start_ms + 3_000 * M5.interval_ms, start_ms + days * 86_400_000
    cut = {symbol: _between(series[symbol], start_ms, end_ms) for symbol in in_order(series, spec.symbols)}
    setup = Setup(
        run_id="run",
        name=strategy,
        mandate=mandate_of(spec, Settings()),
        timeframe=M5,
        series=cut,
        instruments={symbol: practice_instrument(symbol, float(block.close[0])) for symbol, block in cut.items()},
        first_ms=first_ms,
        capital=Decimal(10_000),
    )
    return replace(setup, **changes)


def mandate_of(spec: StrategySpec, settings: Settings) -> Mandate:
    """What decides for ``spec`` on five-minute candles."""
    return PaperWorkshop(settings, M5, {}).restored(spec.name, spec.model_dump_json()).mandate


def _between(block: Candles, from_ms: int, to_ms: int) -> Candles:
    first, behind = np.searchsorted(block.open_ms, [from_ms, to_ms])
    return block.slice(int(first), int(behind))


def _random_spec(rng: np.random.Generator) -> StrategySpec:
    """The first strategy drawn that is none of those the spec refuses."""
    while True:
        try:
            return read_spec(_random_document(rng))
        except SpecError:
            continue


def _random_document(rng: np.random.Generator) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": "odd",
        "symbols": list(PRICES)[: int(rng.integers(1, 4))],
        "leverage": int(rng.integers(1, 21)),
        "risk_per_trade_pct": float(rng.choice([0.2, 1, 2])),
        "reverse": bool(rng.random() < 0.3),
        "max_daily_loss_pct": float(rng.choice([1, 5])),
        "max_positions": int(rng.choice([1, 2, 4])),
        "cooldown_bars": int(rng.choice([0, 0, 3])),
        "horizon_bars": int(rng.choice([1, 6, 12])),
        "gates": {gate: bool(rng.random() < 0.12) for gate in ("edge", "probability", "kelly")},
    }
    return document | _random_entries(rng) | _random_exits(rng) | _random_limits(rng)


def _random_entries(rng: np.random.Generator) -> dict[str, Any]:
    if rng.random() < 0.3:
        return {
            "fusion": {"threshold": float(rng.choice([0.2, 0.35, 0.5])), "margin": float(rng.choice([0, 0.1, 0.3]))}
        }
    long = ("rsi(14) < 45", "ema(9) crosses_above ema(20)", "zscore(20) < -1", "close > open", "p_up >= 0.5")
    short = ("rsi(14) > 55", "ema(9) crosses_below ema(20)", "zscore(20) > 1", "close < open", "p_up < 0.5")
    entries: dict[str, Any] = {"entry_long": [str(rng.choice(long))], "entry_short": [str(rng.choice(short))]}
    if rng.random() < 0.4:
        entries |= {"exit_long": ["rsi(14) > 60"], "exit_short": ["rsi(14) < 40"]}
    return entries


def _random_exits(rng: np.random.Generator) -> dict[str, Any]:
    stops = ({"type": "atr", "value": 0.5}, {"type": "atr", "value": 1.5}, {"type": "percent", "value": 0.5})
    targets = (
        {"type": "rr", "value": 0.8},
        {"type": "rr", "value": 2.5},
        {"type": "none"},
        {"type": "atr", "value": 2.0},
    )
    exits: dict[str, Any] = {"stop_loss": stops[rng.integers(3)], "take_profit": targets[rng.integers(4)]}
    if rng.random() < 0.4:
        exits["trailing_stop"] = {"type": "atr", "value": float(rng.choice([0.7, 2]))}
    if rng.random() < 0.4:
        exits["breakeven_at_r"] = float(rng.choice([0.5, 1]))
    if rng.random() < 0.4:
        exits["time_stop_min"] = int(rng.choice([15, 60, 240]))
    return exits


def _random_limits(rng: np.random.Generator) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if rng.random() < 0.3:
        limits["max_trades_per_day"] = int(rng.choice([1, 4]))
    if rng.random() < 0.3:
        limits["session"] = "08:00-20:00"
    sizes = (
        {"type": "quote", "value": 3_000.0},
        {"type": "percent_equity", "value": 25.0},
        {"type": "base", "value": 0.1},
    )
    if rng.random() < 0.4:
        limits["position_size"] = sizes[rng.integers(3)]
    return limits


def _random_settings(rng: np.random.Generator) -> Settings:
    return Settings(
        fee_bps=float(rng.choice([0, 2, 8])),
        slippage_bps=float(rng.choice([0, 1, 5])),
        spread_bps=float(rng.choice([0, 2])),
        volatility_cap=float(rng.choice([1, 2])),
        volatility_target=float(rng.choice([0.3, 1.5])),
    )


def _with_costs(rng: np.random.Generator, mandate: Mandate) -> Mandate:
    costs = replace(
        mandate.terms.costs,
        maker_rate=0.0002 if rng.random() < 0.3 else None,
        slippage_range_share=0.05 if rng.random() < 0.3 else 0.0,
    )
    return replace(mandate, terms=replace(mandate.terms, costs=costs))


def _random_funding(rng: np.random.Generator, symbols: Any, bars: int) -> dict[str, dict[int, float]]:
    stamps = range(START_MS, START_MS + 2 * bars * M5.interval_ms, 28_800_000)
    return {
        symbol: {stamp: 0.0005 * float(rng.standard_normal()) for stamp in stamps if rng.random() < 0.9}
        for symbol in symbols
    }
