"""The simple moving average of the close."""

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window


class Sma(Indicator):
    """The mean of the last ``period`` closes."""

    def __init__(self, period: int = 20) -> None:
        self.closes = Window(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.closes.push(close)

    def part(self, k: int) -> float:
        """The mean, a price."""
        return self.closes.mean()
