"""The volume-weighted average price of the UTC day."""

import cython

from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import nan


class Vwap(Indicator):
    """Typical price weighted by volume since 00:00 UTC of the candle's open; the typical price while nothing traded."""

    def __init__(self) -> None:
        self.day = -1
        self.money = self.volume = 0.0
        self.typical = nan

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        day = open_ms // 86_400_000
        if day != self.day:
            self.day = day
            self.money = self.volume = 0.0
        self.typical = (high + low + close) / 3.0
        self.money += self.typical * volume
        self.volume += volume

    def part(self, k: int) -> float:
        """The average, a price."""
        return self.money / self.volume if self.volume > 0.0 else self.typical
