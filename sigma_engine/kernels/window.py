"""The last n values before every candle of a stretch, in their order, for what needs the order."""

from array import array

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    from math import nan

    from sigma_engine.kernels.indicator import STRETCH


class Window:
    """The newest ``size`` values: after candle i of a stretch they are ``values[i]`` up to ``values[i + size - 1]``.

    The oldest come first; those that have not been seen yet are NaN.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"a window holds at least one value, not {size}")
        self.size = size
        self.count = 0
        self.values = array("d", [nan] * (size - 1 + STRETCH))

    def load(self, n: int, rows: NDArray[np.float64], source: int) -> None:
        """Let the first ``n`` values of row ``source`` in."""
        kept = self.size - 1
        for k in range(kept):
            self.values[k] = self.values[k + self.count]
        for i in range(n):
            self.values[kept + i] = rows[source, i]
        self.count = n

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self.size, self.count, bytes(self.values))


def _restored(size: int, count: int, values: bytes) -> Window:
    twin = Window(size)
    twin.count = count
    twin.values = array("d", values)
    return twin
