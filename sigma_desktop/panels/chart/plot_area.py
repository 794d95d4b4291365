"""The one item in the view box: it hands device pixels to the layers, bottom to top."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from sigma_desktop.panels.chart.frame import Frame, device_space
from sigma_desktop.panels.chart.layers.layer import Layer
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.theme.tokens import Token, color


class PlotArea(QGraphicsItem):
    """Paints ``series``: settled candles with the layers ``still``, the last bucket with the layers ``live``.

    What is still is painted once and kept as a picture until `look_at` or `invalidate`, so that ticks and the
    crosshair cost a copy of what they uncover.
    """

    def __init__(self, still: Sequence[Layer], live: Sequence[Layer]) -> None:
        super().__init__()
        self.series: ChartSeries | None = None
        self._still, self._live = tuple(still), tuple(live)
        self._view = QRectF(0, 0, 1, 1)
        self._picture = QPixmap()
        self._pictured: Frame | None = None

    def look_at(self, view: QRectF) -> None:
        """Cover ``view``, in bars and prices, from now on."""
        self.prepareGeometryChange()
        self._view = view
        self.invalidate()

    def invalidate(self) -> None:
        """Paint everything anew the next time."""
        self._pictured = None

    def boundingRect(self) -> QRectF:
        """All that is seen."""
        return self._view

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Copy what is still, paint what is live."""
        series = self.series
        if series is None or not series.count:
            return
        with device_space(painter, self._view) as frame:
            settled, last = frame.of(series.pyramid)
            if self._pictured != settled:
                self._paint_picture(settled, series)
            painter.drawPixmap(frame.left, frame.top, self._picture)
            _paint_layers(painter, self._live, last, series)

    def _paint_picture(self, frame: Frame, series: ChartSeries) -> None:
        if (self._picture.width(), self._picture.height()) != (frame.width, frame.height):
            self._picture = QPixmap(frame.width, frame.height)
        self._picture.fill(color(Token.BG1))
        painter = QPainter(self._picture)
        painter.translate(-frame.left, -frame.top)
        _paint_layers(painter, self._still, frame, series)
        painter.end()
        self._pictured = frame


def _paint_layers(painter: QPainter, layers: Sequence[Layer], frame: Frame, series: ChartSeries) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    for layer in layers:
        layer.paint(painter, frame, series)
