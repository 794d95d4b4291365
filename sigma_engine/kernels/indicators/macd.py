"""Moving average convergence and divergence."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.averages import exponential
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import isnan, nan

    from sigma_engine.kernels.indicator import CLOSE, READING, WORK


class Macd(Indicator):
    """EMA(fast) - EMA(slow), its EMA(signal) and their difference, all in price and defined from the same candle.

    As in TA-Lib the fast average is seeded where the slow one is: with the last ``fast`` of the first ``slow`` closes.
    """

    def __init__(self, fast: int = 12, slow: int = 26, signal: int = 9) -> None:
        if fast >= slow:
            raise ValueError(f"the fast period ({fast}) must be shorter than the slow one ({slow})")
        self.skipped = slow - fast
        self.fast = exponential(fast)
        self.slow = exponential(slow)
        self.signal = exponential(signal)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        for i in range(n):
            rows[WORK, i] = rows[CLOSE, i]
            if self.skipped > 0:
                self.skipped -= 1
                rows[WORK, i] = nan
        self.fast.run_beside(self.slow, n, rows, WORK, WORK, CLOSE, WORK + 1)
        for i in range(n):
            rows[WORK, i] -= rows[WORK + 1, i]
        self.signal.run(n, rows, WORK, READING + 1)
        for i in range(n):
            hist = rows[WORK, i] - rows[READING + 1, i]
            rows[READING, i] = nan if isnan(hist) else rows[WORK, i]
            rows[READING + 2, i] = hist
