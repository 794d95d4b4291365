"""Wilder's directional movement: its two sides and the strength of the trend."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.averages import wilder
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import fabs, isnan, nan

    from sigma_engine.kernels.indicator import CLOSE, HIGH, LOW, READING, WORK


class Adx(Indicator):
    """ADX, +DI and -DI with TA-Lib's seeds: sums over the first ``period - 1`` movements, then ``S - S/period + x``.

    All are 0 to 100. The sides are NaN while the true ranges add up to 0, ADX also while neither side moved; such a
    candle leaves the average as it was.
    """

    def __init__(self, period: int = 14) -> None:
        self.period = period
        self.seen = 0
        self.previous_high = self.previous_low = self.previous_close = nan
        self.ranges = self.rises = self.falls = 0.0
        self.average = wilder(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.move(n, rows)
        for i in range(n):
            ranges = rows[WORK, i]
            rises = rows[READING + 1, i]
            falls = rows[READING + 2, i]
            moved = rises + falls
            directed = ranges > 0.0 and moved > 0.0
            rows[WORK + 1, i] = 100.0 * (fabs(rises - falls) / moved) if directed else nan
            rows[READING + 1, i] = min(100.0 * (rises / ranges), 100.0) if ranges > 0.0 else nan
            rows[READING + 2, i] = min(100.0 * (falls / ranges), 100.0) if ranges > 0.0 else nan
        self.average.run(n, rows, WORK + 1, READING)
        for i in range(n):
            if isnan(rows[WORK + 1, i]):
                rows[READING, i] = nan

    def move(self, n: int, rows: NDArray[np.float64]) -> None:
        """Smooth the true ranges and the movements of both sides; the ranges are NaN until the sums are seeded."""
        high = self.previous_high
        low = self.previous_low
        close = self.previous_close
        ranges = self.ranges
        rises = self.rises
        falls = self.falls
        seen = self.seen
        kept = 1.0
        for i in range(n):
            rise = rows[HIGH, i] - high
            fall = low - rows[LOW, i]
            reach = max(rows[HIGH, i], close) - min(rows[LOW, i], close)
            high = rows[HIGH, i]
            low = rows[LOW, i]
            close = rows[CLOSE, i]
            if seen == self.period:
                kept = 1.0 - 1.0 / self.period
            else:
                if seen == 0:
                    reach = 0.0
                seen += 1
            # Only what is above 0 counts, told without a branch.
            rise = 0.5 * (fabs(rise) + rise)
            fall = 0.5 * (fabs(fall) + fall)
            ranges = ranges * kept + reach
            rises = rises * kept + (rise if rise > fall else 0.0)
            falls = falls * kept + (fall if fall > rise else 0.0)
            rows[WORK, i] = ranges if kept < 1.0 else nan
            rows[READING + 1, i] = rises
            rows[READING + 2, i] = falls
        self.previous_high = high
        self.previous_low = low
        self.previous_close = close
        self.seen = seen
        self.ranges = ranges
        self.rises = rises
        self.falls = falls
