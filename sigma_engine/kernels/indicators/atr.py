"""Wilder's average true range."""

import cython

from sigma_engine.kernels.averages import WilderAverage
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import isnan, nan


class Atr(Indicator):
    """Wilder's average of the true range, which needs a previous close."""

    def __init__(self, period: int = 14) -> None:
        self.previous = nan
        self.ranges = WilderAverage(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        if not isnan(self.previous):
            self.ranges.push(max(high, self.previous) - min(low, self.previous))
        self.previous = close

    def part(self, k: int) -> float:
        """The range, in price."""
        return self.ranges.value
