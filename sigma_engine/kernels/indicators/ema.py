"""The exponential moving average of the close."""

from collections.abc import Sequence

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


class FourEmas(Indicator):
    """Up to four of them, one reading each, advancing together: a step of one does not wait for the others'."""

    def __init__(self, periods: Sequence[int]) -> None:
        averages = [exponential(period) for period in (*periods, *[periods[0]] * (4 - len(periods)))]
        self.first, self.second = averages[0], averages[1]
        self.third, self.fourth = averages[2], averages[3]

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        if not self.all_seeded():
            self.first.run(n, rows, CLOSE, READING)
            self.second.run(n, rows, CLOSE, READING + 1)
            self.third.run(n, rows, CLOSE, READING + 2)
            self.fourth.run(n, rows, CLOSE, READING + 3)
            return
        first, second, third, fourth = self.first.value, self.second.value, self.third.value, self.fourth.value
        for k in range(n):
            x = rows[CLOSE, k]
            first += self.first.weight * (x - first)
            second += self.second.weight * (x - second)
            third += self.third.weight * (x - third)
            fourth += self.fourth.weight * (x - fourth)
            rows[READING, k] = first
            rows[READING + 1, k] = second
            rows[READING + 2, k] = third
            rows[READING + 3, k] = fourth
        self.first.value = first
        self.second.value = second
        self.third.value = third
        self.fourth.value = fourth

    def all_seeded(self) -> bool:
        """Whether all four have the mean they begin from."""
        return (
            self.first.seen == self.first.period
            and self.second.seen == self.second.period
            and self.third.seen == self.third.period
            and self.fourth.seen == self.fourth.period
        )
