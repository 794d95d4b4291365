"""The exponential moving average of the close."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.averages import exponential
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from sigma_engine.kernels.indicator import CLOSE, READING


class Ema(Indicator):
    """TA-Lib's EMA: weight ``2 / (period + 1)``, seeded with the mean of the first ``period`` closes; a price."""

    def __init__(self, period: int = 20) -> None:
        self.average = exponential(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.average.run(n, rows, CLOSE, READING)
