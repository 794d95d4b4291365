"""How far equity stood below its peak, under the equity curve and on its time."""

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.models.curve import Curve
from sigma_desktop.theme.format import percent
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.equity_view import EMPTY, LABEL_WIDTH

HEIGHT = 44


class FallView(QWidget):
    """Draws the falls of a `Curve` downwards from a line that is its peak so far."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._falls = EMPTY
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("<p>How far equity stood below its highest point so far: the drawdown.</p>")

    def show_curve(self, curve: Curve) -> None:
        """Draw the falls of ``curve``."""
        peaks = np.maximum.accumulate(curve.equity) if len(curve) else curve.equity
        self._falls = Curve(curve.at_ms, curve.equity / peaks - 1)
        self.setAccessibleName(f"Drawdown, at its deepest {percent(-curve.deepest_fall)}")
        self.update()

    def sizeHint(self) -> QSize:
        """Low: it stands under a curve."""
        return QSize(200, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The peak's line, the field below it, and the deepest fall as a figure."""
        if len(self._falls) < 2:
            return
        painter = QPainter(self)
        area = QRectF(0, 2, max(1, self.width() - LABEL_WIDTH), self.height() - 6)
        deepest = float(self._falls.equity.min())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(Token.DOWN), 1))
        painter.setBrush(color(Token.DOWN, 50))
        painter.drawPolygon(self._field(area, min(deepest, -1e-9)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(font(11, 450))
        painter.setPen(color(Token.T2))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = int(area.right()) + 2
        for row, text in ((0, "peak"), (self.height() - 16, percent(deepest))):
            painter.drawText(QRect(left, row, LABEL_WIDTH - 6, 14), right, text)
        painter.end()

    def _field(self, area: QRectF, deepest: float) -> QPolygonF:
        falls = self._falls.thinned(int(area.width()))
        first, last = int(falls.at_ms[0]), int(falls.at_ms[-1])
        x = area.left() + (falls.at_ms - first) / max(1, last - first) * area.width()
        y = area.top() + falls.equity / deepest * area.height()
        points = [QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]
        return QPolygonF([area.topLeft(), *points, area.topRight()])
