"""A card with one figure: what it is, its value, one line of context, and its course where there is room."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.sparkline import paint_sparkline

HEIGHT, COMPACT_HEIGHT = 80, 54
_SPARK_WIDTH = 74


@dataclass(frozen=True, slots=True)
class Figure:
    """What a card shows; ``course`` holds a few dozen values or none."""

    value: str
    detail: str
    token: Token = Token.T0
    course: tuple[float, ...] = ()
    course_token: Token = Token.UP


class MetricCard(QWidget):
    """Painted in one go, so that a change costs one small repaint."""

    def __init__(self, title: str, icon_name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._icon_name = title, icon_name
        self._figure = Figure("\u2013", "")
        self._compact = False
        self.setToolTip(hint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_figure(self._figure)

    def show_figure(self, figure: Figure) -> None:
        """Show ``figure``; repaints only when it differs."""
        self.setAccessibleName(f"{self._title} {figure.value} {figure.detail}".strip())
        if figure != self._figure:
            self._figure = figure
            self.update()

    def set_compact(self, compact: bool) -> None:
        """Two lines instead of three, for small screens."""
        if compact != self._compact:
            self._compact = compact
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """The height is given by the mode; the width by the row."""
        return QSize(190, COMPACT_HEIGHT if self._compact else HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Cards share the row, however narrow."""
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Frame, title, value, context, course."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(Token.LINE)))
        painter.setBrush(color(Token.BG1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        if self._compact:
            self._paint_compact(painter)
        else:
            self._paint_full(painter)

    def _paint_full(self, painter: QPainter) -> None:
        inner = self.rect().adjusted(13, 0, -10, 0)
        value_width = QFontMetrics(font(21, 650)).horizontalAdvance(self._figure.value)
        if self._figure.course and inner.width() > value_width + _SPARK_WIDTH + 24:
            area = QRectF(inner.right() - _SPARK_WIDTH, 23, _SPARK_WIDTH, 36)
            paint_sparkline(painter, area, self._figure.course, self._figure.course_token)
            inner.setRight(inner.right() - _SPARK_WIDTH - 8)
        painter.drawPixmap(inner.left(), 11, icon(self._icon_name, Token.T2).pixmap(14, 14))
        self._line(painter, inner.adjusted(20, 10, 0, 0), 16, 11, 500, Token.T1, self._title)
        self._line(painter, inner.adjusted(0, 28, 0, 0), 27, 21, 650, self._figure.token, self._figure.value)
        self._line(painter, inner.adjusted(0, 56, 0, 0), 15, 11, 500, Token.T1, self._figure.detail)

    def _paint_compact(self, painter: QPainter) -> None:
        inner = self.rect().adjusted(10, 0, -8, 0)
        self._line(painter, inner.adjusted(0, 7, 0, 0), 15, 11, 500, Token.T1, self._title)
        value_width = QFontMetrics(font(16, 650)).horizontalAdvance(self._figure.value) + 8
        self._line(painter, inner.adjusted(0, 24, 0, 0), 22, 16, 650, self._figure.token, self._figure.value)
        room = inner.adjusted(value_width, 27, 0, 0)
        if QFontMetrics(font(10, 500)).horizontalAdvance(self._figure.detail) <= room.width():
            self._line(painter, room, 18, 10, 500, Token.T2, self._figure.detail, Qt.AlignmentFlag.AlignRight)

    @staticmethod
    def _line(
        painter: QPainter,
        where: QRect,
        height: int,
        size_px: int,
        weight: int,
        token: Token,
        text: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        where.setHeight(height)
        painter.setFont(font(size_px, weight))
        painter.setPen(color(token))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, where.width()))
        painter.drawText(where, side | Qt.AlignmentFlag.AlignVCenter, shown)
