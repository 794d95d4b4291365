"""The slow stochastic oscillator."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Extremes, Total

if not cython.compiled:
    from math import isnan, nan

    from sigma_engine.kernels.indicator import CLOSE, READING, WORK


class Stochastic(Indicator):
    """Where the close lies in the range of the last ``period`` candles, smoothed to %K and again to %D.

    Both are 0 to 100; NaN until %D is warm, and while a range they average over was 0.
    """

    def __init__(self, period: int = 14, smooth: int = 3, signal: int = 3) -> None:
        self.smooth = smooth
        self.signal = signal
        self.extremes = Extremes(period)
        self.fast = Total(smooth)
        self.slow = Total(signal)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.extremes.run(n, rows, WORK, WORK + 1)
        for i in range(n):
            span = rows[WORK, i] - rows[WORK + 1, i]
            rows[WORK, i] = 100.0 * ((rows[CLOSE, i] - rows[WORK + 1, i]) / span) if span > 0.0 else nan
        self.fast.run(n, rows, WORK, WORK)
        for i in range(n):
            rows[WORK, i] /= self.smooth
        self.slow.run(n, rows, WORK, WORK + 1)
        for i in range(n):
            d = rows[WORK + 1, i] / self.signal
            rows[READING, i] = nan if isnan(d) else rows[WORK, i]
            rows[READING + 1, i] = d
