"""The volume-weighted average price of the UTC day."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from sigma_engine.kernels.indicator import READING, TYPICAL, VOLUME


class Vwap(Indicator):
    """Typical price weighted by volume since 00:00 UTC of the candle's open; the typical price while nothing traded."""

    def __init__(self) -> None:
        self.day = -1
        self.money = self.volume = 0.0

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        money = self.money
        volume = self.volume
        for i in range(n):
            day = stamps[i] // 86_400_000
            if day != self.day:
                self.day = day
                money = volume = 0.0
            money += rows[TYPICAL, i] * rows[VOLUME, i]
            volume += rows[VOLUME, i]
            rows[READING, i] = money / volume if volume > 0.0 else rows[TYPICAL, i]
        self.money = money
        self.volume = volume
