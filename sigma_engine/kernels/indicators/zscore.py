"""The z-score of the close."""

import cython

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import nan, sqrt


class ZScore(Indicator):
    """Distance of the close from its mean over ``period`` candles in population standard deviations; NaN where flat."""

    def __init__(self, period: int = 20) -> None:
        self.closes = Window(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.closes.push(close)
        self.closes.measure()

    def part(self, k: int) -> float:
        """The score; at most sqrt(period - 1) either way."""
        deviation = sqrt(self.closes.scatter / self.closes.size)
        return (self.closes.newest - self.closes.centre) / deviation if deviation > 0.0 else nan
