"""Overlay curves: thin, smooth, only what is seen of them, and no more points than the eye can tell apart."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from sigma_desktop.panels.chart.columns import Block
from sigma_desktop.panels.chart.frame import Frame
from sigma_desktop.panels.chart.mixing import over_panel
from sigma_desktop.panels.chart.overlays import Overlay, Shape
from sigma_desktop.panels.chart.primitives import Lines, polygon
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.theme.tokens import color

_DAY_MS = 86_400_000
_WIDTH_PX = 1.3
_POINT_GAP_PX = 2.0
_DENSE_PX = 1.5
"""Bars narrower than this: bands are mere lines, and lines of one pixel take the painter's fast way."""
_BAND_LINE_SHARE, _BAND_FILL_ALPHA = 0.6, 14


class CurveLayer:
    """The overlays of the series."""

    def __init__(self) -> None:
        self._lines = Lines()

    def paint(self, painter: QPainter, frame: Frame, series: ChartSeries) -> None:
        """Paint every overlay along the candles of ``frame``."""
        if not series.curves.overlays:
            return
        points = _points(frame, series.count)
        for overlay, curves in series.curves.parts():
            self._paint(painter, frame, overlay, points, curves[:, points], series.open_ms[points])
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint(
        self,
        painter: QPainter,
        frame: Frame,
        overlay: Overlay,
        bars: NDArray[np.int64],
        curves: Block,
        open_ms: NDArray[np.int64],
    ) -> None:
        known = np.isfinite(curves).all(axis=0)
        x = np.multiply(bars[known], frame.sx, dtype=np.float64) + (frame.dx + frame.hair / 2)
        rows = curves[:, known] * frame.sy + frame.dy
        is_band, is_dense = overlay.shape is Shape.BAND, frame.sx < _DENSE_PX * frame.ratio
        if is_band and not is_dense:
            _fill(painter, overlay, x, rows)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        width = (1.0 if is_dense else _WIDTH_PX) * frame.ratio
        painter.setPen(QPen(over_panel(overlay.token, _BAND_LINE_SHARE if is_band else 1.0), width))
        joined = _joined(overlay, open_ms[known])
        for y in rows:
            self._lines.connect(x, y, joined)
            self._lines.draw(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _points(frame: Frame, count: int) -> NDArray[np.int64]:
    """Bars whose values are drawn, a pixel or two apart: counted from the first bar, so that curves do not waver.

    The point before the first is among them, so that the curve of the last bucket joins that of the settled ones.
    """
    step = max(1, math.ceil(_POINT_GAP_PX * frame.ratio / frame.sx))
    first = max(0, (frame.start - 1) // step * step)
    bars = np.arange(first, frame.stop, step, dtype=np.int64)
    return np.append(bars, count - 1) if frame.stop == count and bars[-1] != count - 1 else bars


def _joined(overlay: Overlay, open_ms: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which points are joined to the next: all, but where an overlay begins anew with the day."""
    if not overlay.daily or len(open_ms) == 0:
        return np.ones(max(0, len(open_ms) - 1), bool)
    days = open_ms // _DAY_MS
    return np.asarray(days[1:] == days[:-1])


def _fill(painter: QPainter, overlay: Overlay, x: Block, rows: Block) -> None:
    """Fill between the outer curves, which smooth its edges at a seventh of the cost of smoothing them here."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(overlay.token, _BAND_FILL_ALPHA))
    painter.drawPolygon(polygon(np.concatenate((x, x[::-1])), np.concatenate((rows[0], rows[-1][::-1]))))
