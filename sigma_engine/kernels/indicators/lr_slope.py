"""The slope of the least-squares line through the closes."""

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window


class LinearRegressionSlope(Indicator):
    """TA-Lib's LINEARREG_SLOPE over the last ``period`` closes."""

    def __init__(self, period: int = 10) -> None:
        self.closes = Window(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.closes.push(close)

    def part(self, k: int) -> float:
        """The slope, in price per candle."""
        return self.closes.slope()
