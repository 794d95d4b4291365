"""Wilder's directional movement: its two sides and the strength of the trend."""

import cython

from sigma_engine.kernels.averages import WilderAverage
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import fabs, nan


class Adx(Indicator):
    """ADX, +DI and -DI with TA-Lib's seeds: sums over the first ``period - 1`` movements, then ``S - S/period + x``.

    The sides are NaN while the true ranges add up to 0, ADX also while neither side moved; such a candle leaves the
    average as it was.
    """

    def __init__(self, period: int = 14) -> None:
        self.period = period
        self.seen = 0
        self.warm = self.directed = False
        self.previous_high = self.previous_low = self.previous_close = nan
        self.ranges = self.rises = self.falls = 0.0
        self.average = WilderAverage(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        if self.seen > 0:
            self.move(high, low)
        if self.seen == self.period:
            self.warm = True
            self.judge()
        else:
            self.seen += 1
        self.previous_high = high
        self.previous_low = low
        self.previous_close = close

    def move(self, high: float, low: float) -> None:
        """Add this candle's movements and range to the three sums."""
        rise = high - self.previous_high
        fall = self.previous_low - low
        reach = max(high, self.previous_close) - min(low, self.previous_close)
        kept = 1.0 - 1.0 / self.period if self.seen == self.period else 1.0
        self.ranges = self.ranges * kept + reach
        self.rises = self.rises * kept + (rise if rise > fall and rise > 0.0 else 0.0)
        self.falls = self.falls * kept + (fall if fall > rise and fall > 0.0 else 0.0)

    def judge(self) -> None:
        """Average DX, where it is defined."""
        self.directed = self.ranges > 0.0 and self.rises + self.falls > 0.0
        if self.directed:
            self.average.push(100.0 * (fabs(self.rises - self.falls) / (self.rises + self.falls)))

    def part(self, k: int) -> float:
        """ADX, +DI, -DI; 0 to 100."""
        if k == 0:
            return self.average.value if self.directed else nan
        return self.share(self.rises if k == 1 else self.falls)

    def share(self, moved: float) -> float:
        """One side's movement in per cent of the true range."""
        if not self.warm or self.ranges <= 0.0:
            return nan
        return min(100.0 * (moved / self.ranges), 100.0)
