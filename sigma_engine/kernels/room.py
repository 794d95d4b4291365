"""Room for numbers that kernels work on, with elements that are plain Python numbers where they run interpreted."""

from array import array
from typing import cast

import numpy as np
from numpy.typing import NDArray


def floats(rows: int, columns: int) -> NDArray[np.float64]:
    """A table of zeros."""
    return cast("NDArray[np.float64]", memoryview(bytearray(8 * rows * columns)).cast("d", (rows, columns)))


def numbers(count: int) -> NDArray[np.float64]:
    """A row of zeros."""
    return cast("NDArray[np.float64]", array("d", bytes(8 * count)))


def integers(count: int) -> NDArray[np.int64]:
    """A row of zeros."""
    return cast("NDArray[np.int64]", array("q", [0] * count))


def undefined(rows: int, columns: int) -> NDArray[np.float64]:
    """A table of NaN."""
    content = array("d", [float("nan")]) * (rows * columns)
    return cast("NDArray[np.float64]", memoryview(bytearray(content.tobytes())).cast("B").cast("d", (rows, columns)))
