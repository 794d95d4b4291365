"""The commodity channel index."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Moments
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import fabs, nan

    from sigma_engine.kernels.indicator import READING, TYPICAL, WORK


class Cci(Indicator):
    """Distance of the typical price from its mean in units of .015 mean absolute distances.

    Unbounded; NaN where flat.
    """

    def __init__(self, period: int = 20) -> None:
        self.period = period
        self.moments = Moments(period)
        self.typical = Window(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.moments.run(n, rows, TYPICAL, WORK, WORK + 1)
        self.typical.load(n, rows, TYPICAL)
        for i in range(n):
            rows[WORK + 1, i] = 0.0
        # Candle beside candle makes vector code; each adds up its own distances, four by four.
        fours = self.period - self.period % 4
        for k in range(0, fours, 4):
            for i in range(n):
                mean = rows[WORK, i]
                rows[WORK + 1, i] += (
                    fabs(self.typical.values[i + k] - mean) + fabs(self.typical.values[i + k + 1] - mean)
                ) + (fabs(self.typical.values[i + k + 2] - mean) + fabs(self.typical.values[i + k + 3] - mean))
        for k in range(fours, self.period):
            for i in range(n):
                rows[WORK + 1, i] += fabs(self.typical.values[i + k] - rows[WORK, i])
        for i in range(n):
            mean = rows[WORK, i]
            spread = rows[WORK + 1, i] / self.period
            # Equal typical prices may differ in their last bit, and their ratio would be an extreme made of nothing.
            rows[READING, i] = (rows[TYPICAL, i] - mean) / (0.015 * spread) if spread > 1e-12 * mean else nan
