"""The recursive averages, seeded as TA-Lib seeds them: with the plain mean of the first n values."""

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    from math import isnan, nan


class RecursiveAverage:
    """``value += weight * (x - value)`` from the mean of the first ``period`` values on; NaN before.

    A NaN is passed over, a constant series keeps the average exactly constant. Build it with `exponential` or
    `wilder`.
    """

    def __init__(self, period: int, weight: float) -> None:
        self.period = period
        self.weight = weight
        self.seen = 0
        self.value = nan
        self.seed = 0.0

    def run(self, n: int, rows: NDArray[np.float64], source: int, target: int) -> None:
        """Take in the first ``n`` values of row ``source``; row ``target`` gets the average after each."""
        i = 0
        while i < n and self.seen < self.period:
            if not isnan(rows[source, i]):
                self.grow(rows[source, i])
            rows[target, i] = self.value
            i += 1
        value = self.value
        weight = self.weight
        for k in range(i, n):
            x = rows[source, k]
            if not isnan(x):
                value += weight * (x - value)
            rows[target, k] = value
        self.value = value

    def run_beside(
        self,
        other: "RecursiveAverage",
        n: int,
        rows: NDArray[np.float64],
        source: int,
        target: int,
        other_source: int,
        other_target: int,
    ) -> None:
        """`run` of this average and of another together: each step waits for the last one, but not for the other's."""
        if self.seen < self.period or other.seen < other.period:
            self.run(n, rows, source, target)
            other.run(n, rows, other_source, other_target)
            return
        value = self.value
        second = other.value
        for k in range(n):
            x = rows[source, k]
            y = rows[other_source, k]
            if not isnan(x):
                value += self.weight * (x - value)
            if not isnan(y):
                second += other.weight * (y - second)
            rows[target, k] = value
            rows[other_target, k] = second
        self.value = value
        other.value = second

    def grow(self, x: float) -> None:
        """Take in one of the first ``period`` values."""
        # A running mean, unlike sum and quotient, keeps a constant series exactly constant.
        self.seen += 1
        self.seed += (x - self.seed) / self.seen
        if self.seen == self.period:
            self.value = self.seed


def exponential(period: int) -> RecursiveAverage:
    """The average whose newest value weighs ``2 / (period + 1)``."""
    return RecursiveAverage(period, 2.0 / (period + 1))


def wilder(period: int) -> RecursiveAverage:
    """The average whose newest value weighs ``1 / period``."""
    return RecursiveAverage(period, 1.0 / period)
