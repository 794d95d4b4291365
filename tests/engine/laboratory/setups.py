"""Small markets made ready for a backtest."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from sigma_engine.assembly.workshop import PaperWorkshop
from sigma_engine.backtest.setup import Setup
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.risk.costs import FUNDING_MS, Costs
from sigma_engine.settings import Settings
from sigma_engine.strategy.spec import read_spec

BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
START_MS = 1_750_032_000_000
"""2025-06-16 00:00 UTC, on the grid of every timeframe."""

SWINGS = {
    "version": 1,
    "name": "Swings",
    "entry_long": ["rsi(14) < 40"],
    "entry_short": ["rsi(14) > 60"],
    "exit_long": ["rsi(14) > 60"],
    "exit_short": ["rsi(14) < 40"],
    "stop_loss": {"type": "atr", "value": 2.0},
    "take_profit": {"type": "rr", "value": 1.5},
    "position_size": {"type": "percent_equity", "value": 20.0},
    "trailing_stop": {"type": "atr", "value": 2.5},
    "breakeven_at_r": 1.0,
    "time_stop_min": 100,
    "leverage": 5,
    "max_positions": 2,
    "max_trades_per_day": 100,
    "max_daily_loss_pct": 5.0,
    "cooldown_bars": 0,
}
"""Enters often on both sides and leaves in every way there is."""


def walk(seed: int, price: float, bars: int, timeframe: Timeframe = Timeframe.M5, parts: int = 5) -> Candles:
    """A random walk; each candle is drawn from ``parts`` minutes, which `minutes_of` gives for the same arguments."""
    minutes = minutes_of(seed, price, bars, timeframe, parts)

    def whole(column: Any) -> Any:
        return column.reshape(bars, parts)

    return Candles(
        np.ascontiguousarray(minutes.open_ms[::parts]),
        np.ascontiguousarray(minutes.open[::parts]),
        whole(minutes.high).max(axis=1),
        whole(minutes.low).min(axis=1),
        np.ascontiguousarray(minutes.close[parts - 1 :: parts]),
        whole(minutes.volume).sum(axis=1),
    )


def minutes_of(seed: int, price: float, bars: int, timeframe: Timeframe = Timeframe.M5, parts: int = 5) -> Candles:
    """The minutes the candles of `walk` are made of."""
    random, count = np.random.default_rng(seed), bars * parts
    close = np.round(price * np.exp(np.cumsum(random.normal(0.0, 0.0015, count))), 1)
    opening = np.concatenate([[price], close[:-1]])
    spread = np.round(np.abs(random.normal(0.0, 0.001, (2, count))) * price, 1)
    stamps = START_MS + np.arange(count, dtype=np.int64) * (timeframe.interval_ms // parts)
    high, low = np.maximum(opening, close) + spread[0], np.minimum(opening, close) - spread[1]
    return Candles(stamps, opening, high, low, close, random.uniform(1.0, 9.0, count))


def flat(*prices: float, open_ms: int = START_MS, timeframe: Timeframe = Timeframe.M5) -> Candles:
    """Candles that stand at these prices, each with a range of a thousandth either way."""
    return Candles.from_rows(
        [
            Candle(open_ms + at * timeframe.interval_ms, price, price * 1.001, price * 0.999, price, 1.0)
            for at, price in enumerate(prices)
        ]
    )


def funding_of(candles: Candles, rate: float = 0.0005) -> dict[int, float]:
    """A rate at every stamp within ``candles``, turning its sign each time."""
    first = -(-int(candles.open_ms[0]) // FUNDING_MS) * FUNDING_MS
    stamps = range(first, int(candles.open_ms[-1]), FUNDING_MS)
    return {stamp: rate if number % 2 else -rate for number, stamp in enumerate(stamps)}


def made_ready(
    series: Mapping[str, Candles],
    first: int,
    spec: Mapping[str, Any] | None = None,
    costs: Costs | None = None,
    capital: str = "10000",
    **terms: Any,
) -> Setup:
    """A backtest of ``spec`` on ``series`` whose trading begins with candle number ``first``."""
    instruments = {symbol: practice_instrument(symbol, float(c.close[0])) for symbol, c in series.items()}
    workshop = PaperWorkshop(Settings(), Timeframe.M5, instruments)
    mandate = workshop._choice("tried", read_spec(SWINGS | dict(spec or {}))).mandate
    if costs is not None:
        mandate = replace(mandate, terms=replace(mandate.terms, costs=costs))
    return Setup(
        run_id="tried",
        name="Tried",
        mandate=mandate,
        timeframe=Timeframe.M5,
        series=series,
        instruments=instruments,
        first_ms=START_MS + first * Timeframe.M5.interval_ms,
        capital=Decimal(capital),
        **terms,
    )
