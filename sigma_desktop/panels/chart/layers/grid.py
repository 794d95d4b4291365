"""The grid, in one call to the painter."""

import numpy as np
from PySide6.QtGui import QPainter

from sigma_desktop.panels.chart.frame import Frame
from sigma_desktop.panels.chart.primitives import Rectangles
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.panels.chart.ticks import Tick
from sigma_desktop.theme.tokens import Token, color


class GridLayer:
    """A line at every one of ``times`` and ``prices``, the ticks of the two axes."""

    def __init__(self) -> None:
        self._rectangles = Rectangles()
        self.times: tuple[Tick, ...] = ()
        self.prices: tuple[Tick, ...] = ()

    def paint(self, painter: QPainter, frame: Frame, series: ChartSeries) -> None:
        """Paint the whole grid."""
        columns = np.array([tick.at for tick in self.times])
        lines = np.array([tick.at for tick in self.prices])
        rows = self._rectangles.rows(len(columns) + len(lines))
        upright, level = rows[: len(columns)], rows[len(columns) :]
        upright[:, 0], upright[:, 1] = np.floor(columns * frame.sx + frame.dx), frame.top
        upright[:, 2], upright[:, 3] = frame.hair, frame.height
        level[:, 0], level[:, 1] = frame.left, np.floor(lines * frame.sy + frame.dy)
        level[:, 2], level[:, 3] = frame.width, frame.hair
        painter.setBrush(color(Token.GRID))
        self._rectangles.draw(painter)
