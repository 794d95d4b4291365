"""The candle's own numbers, so that a price can stand wherever an indicator can."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from sigma_engine.kernels.indicator import CLOSE, READING


class CandleFields(Indicator):
    """Open, high, low, close and volume of the candle, and the close again as the price."""

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        for k in range(5):
            for i in range(n):
                rows[READING + k, i] = rows[k, i]
        for i in range(n):
            rows[READING + 5, i] = rows[CLOSE, i]
