"""On-balance volume."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.averages import exponential
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import inf

    from sigma_engine.kernels.indicator import CLOSE, READING, VOLUME


class Obv(Indicator):
    """The running sum of volume signed by the change of the close, from the first candle's volume, and its EMA.

    Both are in the coin, relative to where the series began.
    """

    def __init__(self, average: int = 20) -> None:
        self.previous = -inf
        self.balance = 0.0
        self.average = exponential(average)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        previous = self.previous
        balance = self.balance
        for i in range(n):
            close = rows[CLOSE, i]
            volume = rows[VOLUME, i]
            bought = volume if close > previous else 0.0
            sold = volume if close < previous else 0.0
            balance += bought - sold
            rows[READING, i] = balance
            previous = close
        self.previous = previous
        self.balance = balance
        self.average.run(n, rows, READING, READING + 1)
