"""Room for numbers that kernels work on, with elements that are plain Python numbers where they run interpreted."""

from array import array
from typing import cast

import numpy as np
from numpy.typing import NDArray


def floats(rows: int, columns: int) -> NDArray[np.float64]:
    """A table of zeros."""
    return cast("NDArray[np.float64]", memoryview(bytearray(8 * rows * columns)).cast("d", (rows, columns)))


def integers(count: int) -> NDArray[np.int64]:
    """A row of zeros."""
    return cast("NDArray[np.int64]", array("q", [0] * count))
