"""A line of a few dozen values, small enough to sit beside a figure."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF

from sigma_desktop.theme.tokens import Token, color


def paint_sparkline(painter: QPainter, area: QRectF, values: Sequence[float], token: Token) -> None:
    """Draw ``values`` left to right across ``area``, scaled to fill it; nothing where there are fewer than two."""
    if len(values) < 2:
        return
    line = QPainterPath()
    line.addPolygon(QPolygonF(_points(area, values)))
    ground = QPainterPath(line)
    ground.lineTo(area.right(), area.bottom())
    ground.lineTo(area.left(), area.bottom())
    fade = QLinearGradient(area.topLeft(), area.bottomLeft())
    fade.setColorAt(0, color(token, 70))
    fade.setColorAt(1, color(token, 0))
    painter.fillPath(ground, fade)
    painter.strokePath(line, QPen(color(token), 1.6))


def _points(area: QRectF, values: Sequence[float]) -> list[QPointF]:
    low, high = min(values), max(values)
    reach = (high - low) or 1.0
    step = area.width() / (len(values) - 1)
    height = area.height() - 4
    return [
        QPointF(area.left() + at * step, area.bottom() - 2 - (value - low) / reach * height)
        for at, value in enumerate(values)
    ]
