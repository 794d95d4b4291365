"""The slow stochastic oscillator."""

import cython

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import nan


class Stochastic(Indicator):
    """Where the close lies in the range of the last ``period`` candles, smoothed to %K and again to %D.

    Both are NaN until %D is warm, and while a range they average over was 0.
    """

    def __init__(self, period: int = 14, smooth: int = 3, signal: int = 3) -> None:
        self.highs = Window(period)
        self.lows = Window(period)
        self.fast = Window(smooth)
        self.slow = Window(signal)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.highs.push(high)
        self.lows.push(low)
        if not self.highs.full():
            return
        bottom = self.lows.lowest()
        span = self.highs.highest() - bottom
        self.fast.push(100.0 * ((close - bottom) / span) if span > 0.0 else nan)
        if self.fast.full():
            self.slow.push(self.fast.mean())

    def part(self, k: int) -> float:
        """%K, %D; 0 to 100."""
        if not self.slow.full():
            return nan
        return self.slow.newest if k == 0 else self.slow.mean()
