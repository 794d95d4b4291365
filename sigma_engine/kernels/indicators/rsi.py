"""Wilder's relative strength index."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.averages import wilder
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import fabs, nan

    from sigma_engine.kernels.indicator import CLOSE, READING, WORK


class Rsi(Indicator):
    """``100 * G / (G + L)``, G and L Wilder's averages of the rises and falls of the close; NaN where nothing moved."""

    def __init__(self, period: int = 14) -> None:
        self.previous = nan
        self.rises = wilder(period)
        self.falls = wilder(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        previous = self.previous
        for i in range(n):
            change = rows[CLOSE, i] - previous
            previous = rows[CLOSE, i]
            # What is above 0 and what is below, without a branch; the first change is NaN and passed over.
            rows[WORK, i] = 0.5 * (fabs(change) + change)
            rows[WORK + 1, i] = 0.5 * (fabs(change) - change)
        self.previous = previous
        self.rises.run_beside(self.falls, n, rows, WORK, WORK, WORK + 1, WORK + 1)
        for i in range(n):
            moved = rows[WORK, i] + rows[WORK + 1, i]
            share = 100.0 * (rows[WORK, i] / (moved if moved > 0.0 else 1.0))
            rows[READING, i] = share if moved > 0.0 else nan
