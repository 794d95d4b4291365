"""The market that benchmarks read: a seeded random walk, the same on every machine."""

import numpy as np

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe

TIMEFRAME = Timeframe.M5
START_MS = 1_750_032_000_000  # 2025-06-16 00:00 UTC
YEAR = 105_120
"""Five-minute candles of a year."""


def random_walk(count: int, seed: int = 7) -> Candles:
    """``count`` five-minute candles at a price like Bitcoin's."""
    rng = np.random.default_rng(seed)
    close = 6e4 * np.exp(np.cumsum(rng.normal(0, 0.0015, count)))
    open_ = np.concatenate([[6e4], close[:-1]])
    high = np.maximum(open_, close) * (1 + rng.exponential(0.0005, count))
    low = np.minimum(open_, close) * (1 - rng.exponential(0.0005, count))
    stamps = START_MS + TIMEFRAME.interval_ms * np.arange(count, dtype=np.int64)
    return Candles(stamps, open_, high, low, close, rng.lognormal(3, 1, count))
