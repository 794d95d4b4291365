"""Bollinger bands."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Moments

if not cython.compiled:
    from math import nan, sqrt

    from sigma_engine.kernels.indicator import CLOSE, READING, WORK


class Bollinger(Indicator):
    """The mean of the last ``period`` closes and ``width`` population standard deviations to each side.

    Upper, middle and lower are prices; %b is 0 at the lower band, 1 at the upper, and NaN where they meet.
    """

    def __init__(self, period: int = 20, width: float = 2.0) -> None:
        self.share = 1.0 / period
        self.width = width
        self.closes = Moments(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.closes.run(n, rows, CLOSE, READING + 1, WORK)
        for i in range(n):
            centre = rows[READING + 1, i]
            reach = self.width * sqrt(rows[WORK, i] * self.share)
            lower = centre - reach
            rows[READING, i] = centre + reach
            rows[READING + 2, i] = lower
            rows[READING + 3, i] = (rows[CLOSE, i] - lower) / (reach + reach) if reach > 0.0 else nan
