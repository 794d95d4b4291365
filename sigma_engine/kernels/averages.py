"""The two recursive averages, seeded as TA-Lib seeds them: with the plain mean of the first n values."""

import cython

if not cython.compiled:
    from math import nan


class ExponentialAverage:
    """``value += 2/(period+1) * (x - value)`` from the mean of the first ``period`` values on; NaN before."""

    def __init__(self, period: int) -> None:
        self.period = period
        self.seen = 0
        self.value = nan
        self.weight = 2.0 / (period + 1)
        self.seed = 0.0

    def push(self, x: float) -> None:
        """Take in one value."""
        if self.seen == self.period:
            self.value += self.weight * (x - self.value)
            return
        # A running mean, unlike sum and quotient, keeps a constant series exactly constant.
        self.seen += 1
        self.seed += (x - self.seed) / self.seen
        if self.seen == self.period:
            self.value = self.seed


class WilderAverage:
    """``value = ((period-1) * value + x) / period`` from the mean of the first ``period`` values on; NaN before."""

    def __init__(self, period: int) -> None:
        self.period = period
        self.seen = 0
        self.value = nan
        self.seed = 0.0

    def push(self, x: float) -> None:
        """Take in one value."""
        if self.seen == self.period:
            self.value = (self.value * (self.period - 1) + x) / self.period
            return
        self.seen += 1
        self.seed += (x - self.seed) / self.seen
        if self.seen == self.period:
            self.value = self.seed
