"""The shape of every indicator: a stretch of closed candles in, its readings out, all on one table of rows.

Row by row the table holds open, high, low, close, volume and typical price of the stretch's candles, then the six
readings an indicator may give, then rows to work with. One candle is a stretch of length one.
"""

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    OPEN, HIGH, LOW, CLOSE, VOLUME, TYPICAL = range(6)
    READING = 6
    WORK = 12
    ROWS = 16
    STRETCH = 64


class Indicator:
    """Advances over closed candles; a reading is NaN while warming up and wherever it is undefined.

    A kind of indicator overrides ``advance``, and its loops give each candle the same operations in the same order
    however candles are cut into stretches. Prices are in quote currency, volume in the coin, times in UTC
    milliseconds. Only sound candles (`bank.is_sound`) come here, from a `bank.Bank`.
    """

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` candles; reading k after candle i goes to ``rows[READING + k, i]``."""

    def want(self, parts: int) -> None:
        """Say which readings somebody asked for, as bits; a costly one that nobody wants may be left out."""
