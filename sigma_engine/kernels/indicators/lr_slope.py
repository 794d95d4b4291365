"""The slope of the least-squares line through the closes."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from sigma_engine.kernels.indicator import CLOSE, READING


class LinearRegressionSlope(Indicator):
    """TA-Lib's LINEARREG_SLOPE over the last ``period`` closes; in price per candle, exactly 0 where they are equal.

    Closes that lie alike about the middle share a weight but for its sign: their differences are weighed.
    """

    def __init__(self, period: int = 10) -> None:
        self.period = period
        self.closes = Window(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.closes.load(n, rows, CLOSE)
        for i in range(n):
            rows[READING, i] = 0.0
        for k in range(self.period // 2):
            weight = (self.period - 1) / 2.0 - k
            for i in range(n):
                rows[READING, i] += weight * (self.closes.values[i + self.period - 1 - k] - self.closes.values[i + k])
        count = self.period
        for i in range(n):
            rows[READING, i] *= 12.0 / (count * (count * count - 1.0))
