"""Volume along the foot of the plot area, behind the candles."""

import numpy as np
from PySide6.QtGui import QPainter

from sigma_desktop.panels.chart.frame import Frame
from sigma_desktop.panels.chart.layers.buckets import buckets_of
from sigma_desktop.panels.chart.mixing import over_panel
from sigma_desktop.panels.chart.primitives import Rectangles
from sigma_desktop.panels.chart.pyramid import Row
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.theme.tokens import Token

SHARE = 0.2
_OPACITY = 0.28


class VolumeLayer:
    """Bars in the candle's colour; the ``largest`` volume in view fills the lowest fifth of the area."""

    def __init__(self) -> None:
        self._rectangles = Rectangles()
        self.largest = 0.0

    def paint(self, painter: QPainter, frame: Frame, series: ChartSeries) -> None:
        """Paint the bars of ``frame``."""
        if not self.largest > 0:
            return
        buckets = buckets_of(series.pyramid, frame)
        height = np.rint(buckets.columns[Row.VOLUME] * (SHARE * frame.height / self.largest))
        left = buckets.x - (buckets.body - frame.hair) // 2
        for side, token in zip(buckets.sides(), (Token.UP, Token.DOWN), strict=True):
            rows = self._rectangles.rows(len(side))
            rows[:, 0], rows[:, 1] = left[side], frame.bottom - height[side]
            rows[:, 2], rows[:, 3] = buckets.body, height[side]
            painter.setBrush(over_panel(token, _OPACITY))
            self._rectangles.draw(painter)
