"""The z-score of the close."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Moments

if not cython.compiled:
    from math import nan, sqrt

    from sigma_engine.kernels.indicator import CLOSE, READING, WORK


class ZScore(Indicator):
    """Distance of the close from its mean over ``period`` candles in population standard deviations; NaN where flat.

    At most sqrt(period - 1) either way.
    """

    def __init__(self, period: int = 20) -> None:
        self.share = 1.0 / period
        self.closes = Moments(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.closes.run(n, rows, CLOSE, WORK, WORK + 1)
        for i in range(n):
            deviation = sqrt(rows[WORK + 1, i] * self.share)
            rows[READING, i] = (rows[CLOSE, i] - rows[WORK, i]) / deviation if deviation > 0.0 else nan
