"""The simple moving average of the volume."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.rolling import Moments

if not cython.compiled:
    from sigma_engine.kernels.indicator import READING, VOLUME, WORK


class VolumeSma(Indicator):
    """The mean of the last ``period`` volumes; in the coin."""

    def __init__(self, period: int = 20) -> None:
        self.volumes = Moments(period)

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles."""
        self.volumes.run(n, rows, VOLUME, READING, WORK)
