"""Moving average convergence and divergence."""

import cython

from sigma_engine.kernels.averages import ExponentialAverage
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import nan


class Macd(Indicator):
    """EMA(fast) - EMA(slow), its EMA(signal) and their difference, all three defined from the same candle.

    As in TA-Lib the fast average is seeded where the slow one is: with the last ``fast`` of the first ``slow`` closes.
    """

    def __init__(self, fast: int = 12, slow: int = 26, signal: int = 9) -> None:
        if fast >= slow:
            raise ValueError(f"the fast period ({fast}) must be shorter than the slow one ({slow})")
        self.skipped = slow - fast
        self.fast = ExponentialAverage(fast)
        self.slow = ExponentialAverage(slow)
        self.signal = ExponentialAverage(signal)
        self.line = nan

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.slow.push(close)
        if self.skipped > 0:
            self.skipped -= 1
        else:
            self.fast.push(close)
        if self.slow.seen == self.slow.period:
            self.line = self.fast.value - self.slow.value
            self.signal.push(self.line)

    def part(self, k: int) -> float:
        """Line, signal, histogram; in price."""
        if k == 1:
            return self.signal.value
        if self.signal.seen < self.signal.period:
            return nan
        return self.line if k == 0 else self.line - self.signal.value
