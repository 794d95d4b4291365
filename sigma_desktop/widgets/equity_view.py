"""The equity curve: a line over a fading field, its own grid and labels, and the value under the mouse."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.models.curve import Curve, round_levels
from sigma_desktop.theme.format import day_time, money
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.quiet import paint_quiet_word

LABEL_WIDTH, LABEL_HEIGHT = 58, 18
LEVEL_GAP_PX, TIME_GAP_PX = 44, 110
MARGIN_SHARE = 0.08
COLUMN_PX = 2
"""How wide a step of the field is; under the line none is seen."""
STROKE, SPARSE_PX = 1.6, 3
"""A broad pen where points are at least so many pixels apart: Qt strokes a dense zigzag a hundred times slower."""
EMPTY = Curve(np.empty(0, np.int64), np.empty(0, np.float64))


class EquityView(QWidget):
    """Draws a `Curve`; the drawn line is made once for each curve and size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve = EMPTY
        self.empty_title, self.empty_hint = "", ""
        self._line = self._field = QPolygonF()
        self._low, self._high = 0.0, 1.0
        self._hover: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_curve(self, curve: Curve) -> None:
        """Draw ``curve``."""
        self.curve = curve
        self._hover = None
        self._prepare()
        self._describe()
        self.update()

    def say_when_empty(self, title: str, hint: str) -> None:
        """What stands in the place of a curve of fewer than two points."""
        self.empty_title, self.empty_hint = title, hint
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a readable curve."""
        return QSize(320, 150)

    def minimumSizeHint(self) -> QSize:
        """It may become small, never nothing."""
        return QSize(120, 60)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the line anew."""
        super().resizeEvent(event)
        self._prepare()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the point nearest in time."""
        self._look_at(self._nearest(event.position().x()) if len(self.curve) > 1 else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell nothing."""
        super().leaveEvent(event)
        self._look_at(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grid, field, line, labels, and the point under the mouse."""
        painter = QPainter(self)
        if len(self.curve) < 2:
            paint_quiet_word(painter, self.rect(), self.empty_title, self.empty_hint)
        else:
            self._paint_levels(painter)
            self._paint_times(painter)
            self._paint_line(painter)
            if self._hover is not None:
                self._paint_hover(painter, self._hover)
        painter.end()

    def _area(self) -> QRectF:
        below = LABEL_HEIGHT if self.height() > 90 else 0
        return QRectF(0, 4, max(1, self.width() - LABEL_WIDTH), max(1, self.height() - below - 6))

    def _prepare(self) -> None:
        if len(self.curve) < 2:
            return
        columns = int(self._area().width())
        thin = self.curve.thinned(columns)
        self._low, self._high = _reach(thin.equity)
        self._line, self._field = self._polygon(thin), self._polygon(self.curve.envelope(columns // COLUMN_PX))

    def _polygon(self, curve: Curve) -> QPolygonF:
        x, y = self._x(curve.at_ms).tolist(), self._y(curve.equity).tolist()
        return QPolygonF([QPointF(*point) for point in zip(x, y, strict=True)])

    def _describe(self) -> None:
        if len(self.curve) < 2:
            self.setAccessibleName("Equity curve, empty")
            return
        first, last = (money(float(self.curve.equity[at])) for at in (0, -1))
        self.setAccessibleName(f"Equity curve of {len(self.curve)} points, from {first} to {last} USDT")

    def _x(self, at_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        area, times = self._area(), self.curve.at_ms
        share: NDArray[np.float64] = (at_ms - times[0]) / max(1, int(times[-1] - times[0]))
        return area.left() + share * area.width()

    def _y(self, equity: NDArray[np.float64]) -> NDArray[np.float64]:
        area = self._area()
        return area.bottom() - (equity - self._low) / (self._high - self._low) * area.height()

    def _ink(self) -> Token:
        return Token.UP if self.curve.equity[-1] >= self.curve.equity[0] else Token.DOWN

    def _paint_levels(self, painter: QPainter) -> None:
        area = self._area()
        painter.setFont(font(11, 450))
        levels = round_levels(self._low, self._high, max(1, int(area.height() / LEVEL_GAP_PX)))
        decimals = 0 if len(levels) < 2 or levels[1] - levels[0] >= 1 else 2
        for level in levels:
            y = round(float(self._y(np.array([level]))[0]))
            painter.fillRect(QRect(0, y, int(area.width()), 1), color(Token.GRID))
            painter.setPen(color(Token.T2))
            place = QRect(int(area.right()) + 6, y - 8, LABEL_WIDTH - 10, 16)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, money(level, decimals=decimals)
            )

    def _paint_times(self, painter: QPainter) -> None:
        area = self._area()
        parts = max(1, int(area.width() / TIME_GAP_PX))
        first, last = int(self.curve.at_ms[0]), int(self.curve.at_ms[-1])
        painter.setFont(font(11, 450))
        for part in range(parts):
            share = (part + 0.5) / parts
            x = round(area.left() + area.width() * share)
            painter.fillRect(QRect(x, int(area.top()), 1, int(area.height())), color(Token.GRID))
            if self.height() > 90:
                painter.setPen(color(Token.T2))
                place = QRect(x - 50, self.height() - LABEL_HEIGHT, 100, LABEL_HEIGHT)
                painter.drawText(
                    place, Qt.AlignmentFlag.AlignCenter, _stamp(first + int((last - first) * share), last - first)
                )

    def _paint_line(self, painter: QPainter) -> None:
        area, ink = self._area(), self._ink()
        field = QPolygonF(self._field)
        field.append(QPointF(area.right(), area.bottom() + 1))
        field.append(QPointF(area.left(), area.bottom() + 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_fading(area, color(ink, 105), color(ink, 4)))
        painter.drawPolygon(field)
        painter.setPen(QPen(color(ink), STROKE if self._line.size() <= area.width() / SPARSE_PX else 1.0))
        painter.drawPolyline(self._line)

    def _paint_hover(self, painter: QPainter, at: int) -> None:
        point = QPointF(
            float(self._x(self.curve.at_ms[at : at + 1])[0]), float(self._y(self.curve.equity[at : at + 1])[0])
        )
        area = self._area()
        painter.fillRect(QRectF(round(point.x()), area.top(), 1, area.height()), color(Token.T2))
        painter.setPen(QPen(color(Token.BG1), 2))
        painter.setBrush(color(self._ink()))
        painter.drawEllipse(point, 4.5, 4.5)
        text = f"{day_time(int(self.curve.at_ms[at]))}   {money(float(self.curve.equity[at]))}"
        painter.setFont(font(11, 500))
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        left = min(max(0.0, point.x() - width / 2), area.right() - width)
        place = QRectF(left, area.top() if point.y() > 40 else area.bottom() - 24, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(Token.BG3))
        painter.drawRoundedRect(place, 4, 4)
        painter.setPen(color(Token.T0))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _nearest(self, x: float) -> int:
        times, area = self.curve.at_ms, self._area()
        wanted = times[0] + (x - area.left()) / area.width() * (times[-1] - times[0])
        after = int(np.clip(np.searchsorted(times, wanted), 1, len(times) - 1))
        return after if times[after] - wanted < wanted - times[after - 1] else after - 1

    def _look_at(self, at: int | None) -> None:
        if at != self._hover:
            self._hover = at
            self.update()


def _reach(equity: NDArray[np.float64]) -> tuple[float, float]:
    low, high = float(equity.min()), float(equity.max())
    margin = (high - low) * MARGIN_SHARE or max(1.0, abs(high) * 0.001)
    return low - margin, high + margin


def _fading(area: QRectF, above: QColor, below: QColor) -> QLinearGradient:
    field = QLinearGradient(area.topLeft(), area.bottomLeft())
    field.setColorAt(0, above)
    field.setColorAt(1, below)
    return field


def _stamp(at_ms: int, span_ms: int) -> str:
    day, clock = day_time(at_ms).rsplit(" ", 1)
    return clock if span_ms <= 86_400_000 else day
