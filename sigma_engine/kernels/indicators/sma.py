"""The simple moving average of the close."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Moments

if not cython.compiled:
    from sigma_engine.kernels.indicator import CLOSE, READING, WORK


class Sma(Indicator):
    """The mean of the last ``period`` closes; a price."""

    def __init__(self, period: int = 20) -> None:
        self.closes = Moments(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.closes.run(n, rows, CLOSE, READING, WORK)
