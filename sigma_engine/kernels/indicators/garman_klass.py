"""The Garman-Klass volatility."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Moments

if not cython.compiled:
    from math import log, nan, sqrt

    from sigma_engine.kernels.indicator import CLOSE, HIGH, LOW, OPEN, READING, WORK


class GarmanKlass(Indicator):
    """Root of the mean of ``0.5 ln(H/L)^2 - (2 ln 2 - 1) ln(C/O)^2`` over ``period`` candles (Garman & Klass 1980).

    Annualised, and of one candle; fractions.
    """

    def __init__(self, period: int = 20, bars_per_year: float = 105_120.0) -> None:
        self.annual = sqrt(bars_per_year)
        self.variances = Moments(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        for i in range(n):
            reach = log(rows[HIGH, i] / rows[LOW, i])
            body = log(rows[CLOSE, i] / rows[OPEN, i])
            # 2 ln 2 - 1
            rows[WORK, i] = 0.5 * reach * reach - 0.3862943611198906 * body * body
        self.variances.run(n, rows, WORK, WORK, WORK + 1)
        for i in range(n):
            # Negative only by rounding: no sound candle closes outside its own range.
            sigma = nan if rows[WORK, i] < 0.0 else sqrt(rows[WORK, i])
            rows[READING, i] = sigma * self.annual
            rows[READING + 1, i] = sigma
