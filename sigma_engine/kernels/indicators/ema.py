"""The exponential moving average of the close."""

from sigma_engine.kernels.averages import ExponentialAverage
from sigma_engine.kernels.indicator import Indicator


class Ema(Indicator):
    """TA-Lib's EMA: weight ``2 / (period + 1)``, seeded with the mean of the first ``period`` closes."""

    def __init__(self, period: int = 20) -> None:
        self.average = ExponentialAverage(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.average.push(close)

    def part(self, k: int) -> float:
        """The average, a price."""
        return self.average.value
