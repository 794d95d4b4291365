"""Candles as pixel-sharp rectangles: a wick and a body each, two calls to the painter in all."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from sigma_desktop.panels.chart.columns import Block
from sigma_desktop.panels.chart.frame import Frame
from sigma_desktop.panels.chart.layers.buckets import Buckets, buckets_of
from sigma_desktop.panels.chart.primitives import Rectangles
from sigma_desktop.panels.chart.pyramid import Row
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.theme.tokens import Token, color


class CandleLayer:
    """Rising candles in the colour of UP, falling ones in DOWN."""

    def __init__(self) -> None:
        self._rectangles = Rectangles()

    def paint(self, painter: QPainter, frame: Frame, series: ChartSeries) -> None:
        """Paint the candles of ``frame``."""
        buckets = buckets_of(series.pyramid, frame)
        y = np.rint(buckets.columns[: Row.VOLUME] * frame.sy + frame.dy)
        for side, token in zip(buckets.sides(), (Token.UP, Token.DOWN), strict=True):
            self._fill(buckets, y[:, side], buckets.x[side], frame.hair)
            painter.setBrush(color(token))
            self._rectangles.draw(painter)

    def _fill(self, buckets: Buckets, y: Block, x: Block, hair: int) -> None:
        count, has_bodies = len(x), buckets.body > hair
        rows = self._rectangles.rows(2 * count if has_bodies else count)
        _stand(rows[:count], x, y[Row.HIGH], y[Row.LOW], hair, hair)
        if has_bodies:
            top, bottom = np.minimum(y[Row.OPEN], y[Row.CLOSE]), np.maximum(y[Row.OPEN], y[Row.CLOSE])
            _stand(rows[count:], x - (buckets.body - hair) // 2, top, bottom, buckets.body, hair)


def _stand(rows: NDArray[np.float64], left: Block, top: Block, bottom: Block, width: int, least: int) -> None:
    rows[:, 0], rows[:, 1], rows[:, 2] = left, top, width
    np.maximum(bottom - top, least, out=rows[:, 3])
