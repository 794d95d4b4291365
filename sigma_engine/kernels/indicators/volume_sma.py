"""The simple moving average of the volume."""

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window


class VolumeSma(Indicator):
    """The mean of the last ``period`` volumes."""

    def __init__(self, period: int = 20) -> None:
        self.volumes = Window(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        self.volumes.push(volume)

    def part(self, k: int) -> float:
        """The mean, in the coin."""
        return self.volumes.mean()
