"""Candles for the oracles: random walks at two prices, and a month of real ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sigma_engine.domain.candle import Candles

REAL = "binance-perp/BTCUSDT-5m-20250525-20250624.csv.gz"
MARKETS = ["a walk at 60000", "a walk at 0.00001", "BTC, June 2025"]


def _walk(price: float) -> Candles:
    rng = np.random.default_rng(1978)
    close = price * np.exp(np.cumsum(rng.normal(0, 0.0015, 1500)))
    open_ = np.concatenate([[price], close[:-1]])
    high = np.maximum(open_, close) * (1 + rng.exponential(0.0005, 1500))
    low = np.minimum(open_, close) * (1 - rng.exponential(0.0005, 1500))
    stamps = 1_700_000_100_000 + np.arange(1500, dtype=np.int64) * 300_000
    return Candles(stamps, open_, high, low, close, rng.lognormal(3, 1, 1500))


def _real(file: Path) -> Candles:
    rows = pd.read_csv(file)
    prices = (np.ascontiguousarray(rows[name], np.float64) for name in ("open", "high", "low", "close", "volume"))
    return Candles(np.ascontiguousarray(rows["timestamp_ms"], np.int64), *prices)


@pytest.fixture(params=MARKETS)
def candles(request: pytest.FixtureRequest) -> Candles:
    """One market after the other."""
    if request.param == MARKETS[2]:
        return _real(request.getfixturevalue("market_data") / REAL)
    return _walk(60_000.0 if request.param == MARKETS[0] else 1e-5)
