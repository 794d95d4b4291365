"""The commodity channel index."""

import cython

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import nan


class Cci(Indicator):
    """Distance of the typical price from its mean in units of .015 mean absolute distances; NaN where flat."""

    def __init__(self, period: int = 20) -> None:
        self.typical = Window(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.typical.push((high + low + close) / 3.0)

    def part(self, k: int) -> float:
        """The index, unbounded."""
        mean = self.typical.mean()
        spread = self.typical.distance(mean) / self.typical.size
        # Equal typical prices may differ in their last bit, and their ratio would be an extreme made of nothing.
        return (self.typical.newest - mean) / (0.015 * spread) if spread > 1e-12 * mean else nan
