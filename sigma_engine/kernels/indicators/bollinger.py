"""Bollinger bands."""

import cython

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import nan, sqrt


class Bollinger(Indicator):
    """The mean of the last ``period`` closes and ``width`` population standard deviations to each side."""

    def __init__(self, period: int = 20, width: float = 2.0) -> None:
        self.closes = Window(period)
        self.width = width
        self.reach = nan

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.closes.push(close)
        self.closes.measure()
        self.reach = self.width * sqrt(self.closes.scatter / self.closes.size)

    def part(self, k: int) -> float:
        """Upper, middle, lower (prices), %b (0 at the lower band, 1 at the upper; NaN where they meet)."""
        if k == 0:
            return self.closes.centre + self.reach
        if k == 1:
            return self.closes.centre
        lower = self.closes.centre - self.reach
        if k == 2:
            return lower
        return (self.closes.newest - lower) / (2.0 * self.reach) if self.reach > 0.0 else nan
