"""The shape of every indicator: one closed candle in, its readings out."""

import cython
import numpy as np
from numpy.typing import NDArray


class Indicator:
    """Advances by one closed candle at a time; a reading is NaN while warming up and wherever it is undefined.

    A kind of indicator overrides ``step`` and ``part``. Compiled they are C functions, so Python calls ``update``
    and ``value`` instead. Prices are in quote currency, volume in the coin, ``open_ms`` in UTC milliseconds.
    """

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""

    def part(self, k: int) -> float:
        """The reading ``k``, in the order of the indicator's parts."""
        return 0.0

    def update(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle, from Python."""
        self.step(open_ms, open, high, low, close, volume)

    def value(self, k: int = 0) -> float:
        """The reading ``k``, from Python."""
        return self.part(k)

    def run(
        self,
        open_ms: NDArray[np.int64],
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        out: NDArray[np.float64],
    ) -> None:
        """Take in a block of candles with the GIL released; row i of ``out`` (n, parts) gets the readings after it."""
        with cython.nogil:
            count = out.shape[1]
            for i in range(out.shape[0]):
                self.step(open_ms[i], open[i], high[i], low[i], close[i], volume[i])
                for k in range(count):
                    out[i, k] = self.part(k)
