"""Rectangles and lines by the thousand in one call to the painter, read from numpy's memory where it lies."""

from ctypes import c_double
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPolygonF
from shiboken6 import getCppPointer, wrapInstance

from sigma_desktop.panels.chart.columns import Block

_ROOM = 256


class _Quadruples:
    """Rows of four doubles, the memory layout of Qt's rectangle and line; the room is kept from paint to paint."""

    def __init__(self) -> None:
        self._store = np.empty((_ROOM, 4))
        self._count = 0

    def rows(self, count: int) -> Block:
        """Room for ``count`` of them, ``(count, 4)``, to be filled in."""
        if count > len(self._store):
            self._store = np.empty((2 * count, 4))
        self._count = count
        return self._store[:count]

    @property
    def _address(self) -> int:
        return self._store.ctypes.data


class Rectangles(_Quadruples):
    """Rectangles: left, top, width, height a row."""

    def draw(self, painter: QPainter) -> None:
        """Fill them with the painter's brush."""
        if self._count:
            painter.drawRects(cast(QRectF, wrapInstance(self._address, QRectF)), self._count)


class Lines(_Quadruples):
    """Lines: x and y of the one end, then of the other, a row."""

    def draw(self, painter: QPainter) -> None:
        """Draw them with the painter's pen."""
        if self._count:
            painter.drawLines(cast(QLineF, wrapInstance(self._address, QLineF)), self._count)

    def connect(self, x: Block, y: Block, joined: NDArray[np.bool_]) -> None:
        """Make them the polyline through ``x``, ``y``, broken where a point is not ``joined`` to the next."""
        rows = self.rows(int(joined.sum()))
        rows[:, 0], rows[:, 1] = x[:-1][joined], y[:-1][joined]
        rows[:, 2], rows[:, 3] = x[1:][joined], y[1:][joined]


def polygon(x: Block, y: Block) -> QPolygonF:
    """The polygon with corners ``x``, ``y``."""
    made = QPolygonF()
    made.resize(len(x))
    if len(x):
        (address,) = getCppPointer(made.data())
        corners = np.ctypeslib.as_array((c_double * (2 * len(x))).from_address(address)).reshape(-1, 2)
        corners[:, 0], corners[:, 1] = x, y
    return made
