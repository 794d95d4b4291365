"""On-balance volume."""

import cython

from sigma_engine.kernels.averages import ExponentialAverage
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import isnan, nan


class Obv(Indicator):
    """The running sum of volume signed by the change of the close, from the first candle's volume, and its EMA."""

    def __init__(self) -> None:
        self.previous = self.balance = nan
        self.average = ExponentialAverage(20)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        if isnan(self.previous):
            self.balance = volume
        elif close > self.previous:
            self.balance += volume
        elif close < self.previous:
            self.balance -= volume
        self.previous = close
        self.average.push(self.balance)

    def part(self, k: int) -> float:
        """Balance, its EMA 20; in the coin, relative to where the series began."""
        return self.balance if k == 0 else self.average.value
