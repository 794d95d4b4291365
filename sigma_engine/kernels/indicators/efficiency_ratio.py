"""Kaufman's efficiency ratio."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Total
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import fabs, nan

    from sigma_engine.kernels.indicator import CLOSE, READING, WORK


class EfficiencyRatio(Indicator):
    """Distance covered over the way walked by the last ``period`` closes, 0 to 1; NaN where nothing moved."""

    def __init__(self, period: int = 20) -> None:
        self.period = period
        self.closes = Window(period + 1)
        self.moves = Total(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.closes.load(n, rows, CLOSE)
        for i in range(n):
            rows[WORK, i] = fabs(rows[CLOSE, i] - self.closes.values[i + self.period - 1])
        self.moves.run(n, rows, WORK, WORK)
        for i in range(n):
            walked = rows[WORK, i]
            covered = fabs(rows[CLOSE, i] - self.closes.values[i])
            rows[READING, i] = min(covered / walked, 1.0) if walked > 0.0 else nan
