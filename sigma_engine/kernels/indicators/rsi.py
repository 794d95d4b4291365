"""Wilder's relative strength index."""

import cython

from sigma_engine.kernels.averages import WilderAverage
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import isnan, nan


class Rsi(Indicator):
    """``100 * G / (G + L)``, G and L Wilder's averages of the rises and falls of the close; NaN where nothing moved."""

    def __init__(self, period: int = 14) -> None:
        self.previous = nan
        self.rises = WilderAverage(period)
        self.falls = WilderAverage(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        if not isnan(self.previous):
            change = close - self.previous
            self.rises.push(change if change > 0.0 else 0.0)
            self.falls.push(-change if change < 0.0 else 0.0)
        self.previous = close

    def part(self, k: int) -> float:
        """The index, 0 to 100."""
        moved = self.rises.value + self.falls.value
        return 100.0 * (self.rises.value / moved) if moved > 0.0 else nan
