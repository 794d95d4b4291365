"""The plain random-walk model: odds of a rise if the last returns' drift went on."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Moments

if not cython.compiled:
    from math import erfc, log, nan, sqrt

    from sigma_engine.kernels.indicator import CLOSE, READING, WORK


class MonteCarlo(Indicator):
    """P(up) over ``horizon`` candles, from mean m and sample deviation s of the last ``period`` log returns.

    Closed form ``Phi(m sqrt(horizon) / s)``, the limit of simulating paths. m is a mean of log returns, so -s^2/2 is
    in it already. NaN where nothing moved. m and s, both of one candle, are the second and third reading.
    """

    def __init__(self, period: int = 50, horizon: int = 12) -> None:
        self.previous = nan
        self.period = period
        self.scale = sqrt(horizon / 2.0)
        self.returns = Moments(period)
        self.says_odds = True

    def want(self, parts: int) -> None:
        """Mean and deviation are always told, the odds where they are wanted."""
        self.says_odds = parts & 1 == 1

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        previous = self.previous
        for i in range(n):
            rows[WORK, i] = log(rows[CLOSE, i] / previous)
            previous = rows[CLOSE, i]
        self.previous = previous
        self.returns.run(n, rows, WORK, READING + 1, WORK)
        for i in range(n):
            rows[READING + 2, i] = sqrt(rows[WORK, i] / (self.period - 1))
        if self.says_odds:
            for i in range(n):
                sigma = rows[READING + 2, i]
                # 0.5 erfc(-x / sqrt 2) is the normal distribution function.
                rows[READING, i] = 0.5 * erfc(-rows[READING + 1, i] * self.scale / sigma) if sigma > 0.0 else nan
