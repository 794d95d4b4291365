"""Kaufman's efficiency ratio."""

import cython

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import fabs, nan


class EfficiencyRatio(Indicator):
    """Distance covered over the way walked by the last ``period`` closes; NaN where nothing moved."""

    def __init__(self, period: int = 20) -> None:
        self.closes = Window(period + 1)
        self.moves = Window(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        if self.closes.seen > 0:
            self.moves.push(fabs(close - self.closes.newest))
        self.closes.push(close)

    def part(self, k: int) -> float:
        """The ratio, 0 to 1."""
        walked = self.moves.total()
        return min(fabs(self.closes.newest - self.closes.oldest()) / walked, 1.0) if walked > 0.0 else nan
