"""Columns of numbers that grow at the end without being copied each time."""

import numpy as np
from numpy.typing import NDArray

_SPARE = 256
Block = NDArray[np.float64]


class Columns:
    """A ``(rows, n)`` block of float64 whose room doubles when it is full."""

    def __init__(self, block: Block) -> None:
        rows, count = block.shape
        self.count: int = count
        self._store = np.empty((rows, self.count + _SPARE))
        self._store[:, : self.count] = block

    @property
    def values(self) -> Block:
        """All columns, ``(rows, n)``, a view that the next growth leaves behind."""
        return self._store[:, : self.count]

    def append(self, column: Block) -> None:
        """Add ``column`` (one number a row) at the end."""
        if self.count == self._store.shape[1]:
            self._grow()
        self._store[:, self.count] = column
        self.count += 1

    def replace_last(self, column: Block) -> None:
        """Put ``column`` in the place of the last one."""
        self._store[:, self.count - 1] = column

    def _grow(self) -> None:
        rows, room = self._store.shape
        larger = np.empty((rows, 2 * room))
        larger[:, : self.count] = self.values
        self._store = larger
