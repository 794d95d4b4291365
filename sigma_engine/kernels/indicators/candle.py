"""The candle's own numbers, so that a price can stand wherever an indicator can."""

import cython

from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import nan


class CandleFields(Indicator):
    """Open, high, low, close and volume of the candle."""

    def __init__(self) -> None:
        self.open = self.high = self.low = self.close = self.volume = nan

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume

    def part(self, k: int) -> float:
        """Open, high, low, close, volume, and the close again as the price."""
        if k == 0:
            return self.open
        if k == 1:
            return self.high
        if k == 2:
            return self.low
        return self.volume if k == 4 else self.close
