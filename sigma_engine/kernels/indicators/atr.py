"""Wilder's average true range."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.averages import wilder
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import isnan, nan

    from sigma_engine.kernels.indicator import CLOSE, HIGH, LOW, READING, WORK


class Atr(Indicator):
    """Wilder's average of the true range, which needs a previous close; in price."""

    def __init__(self, period: int = 14) -> None:
        self.previous = nan
        self.ranges = wilder(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        previous = self.previous
        for i in range(n):
            rows[WORK, i] = max(rows[HIGH, i], previous) - min(rows[LOW, i], previous)
            previous = rows[CLOSE, i]
        if isnan(self.previous):
            rows[WORK, 0] = nan
        self.previous = previous
        self.ranges.run(n, rows, WORK, READING)
