"""The money flow index."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Total

if not cython.compiled:
    from math import isnan, nan

    from sigma_engine.kernels.indicator import READING, TYPICAL, VOLUME, WORK


class Mfi(Indicator):
    """Share of the money that flowed on rising typical prices in the last ``period`` candles, 0 to 100.

    NaN where none flowed.
    """

    def __init__(self, period: int = 14) -> None:
        self.previous = nan
        self.inflows = Total(period)
        self.outflows = Total(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        previous = self.previous
        for i in range(n):
            typical = rows[TYPICAL, i]
            flow = typical * rows[VOLUME, i]
            rows[WORK, i] = flow if typical > previous else 0.0
            rows[WORK + 1, i] = flow if typical < previous else 0.0
            previous = typical
        if isnan(self.previous):
            rows[WORK, 0] = nan
        self.previous = previous
        self.inflows.run(n, rows, WORK, WORK)
        self.outflows.run(n, rows, WORK + 1, WORK + 1)
        for i in range(n):
            flow = rows[WORK, i] + rows[WORK + 1, i]
            rows[READING, i] = 100.0 * (rows[WORK, i] / flow) if flow > 0.0 else nan
