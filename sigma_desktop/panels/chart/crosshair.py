"""The cross under the pointer with its price and its time, repainting nothing but itself."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sigma_desktop.panels.chart.axes import TAG_HEIGHT_PX, TAG_WIDTH_PX, paint_tag
from sigma_desktop.theme.tokens import Token, color

_TIME_TAG_PX = 104


class _Overlay(QWidget):
    """A small widget over the chart that the pointer does not feel."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()


class _Hair(_Overlay):
    """A dashed line one pixel thick."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dashes."""
        painter = QPainter(self)
        pen = QPen(color(Token.T2), 1)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        end = QPoint(0, self.height()) if self.width() == 1 else QPoint(self.width(), 0)
        painter.drawLine(QPoint(0, 0), end)


class _Tag(_Overlay):
    """A plate with a text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = ""

    def show_text(self, text: str, box: QRect) -> None:
        """Stand at ``box`` with ``text``."""
        if text != self._text:
            self._text = text
            self.update()
        self.setGeometry(box)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint plate and text."""
        paint_tag(QPainter(self), QRectF(self.rect()), self._text, Token.LINE2, Token.T0)


class Crosshair:
    """Two hairs and two tags over ``parent``."""

    def __init__(self, parent: QWidget) -> None:
        self._upright, self._level = _Hair(parent), _Hair(parent)
        self._price, self._time = _Tag(parent), _Tag(parent)

    def show(self, at: QPoint, plot: QRect, price: str, time: str) -> None:
        """Cross at ``at`` inside ``plot``, the tags on the axes to the right and below."""
        self._upright.setGeometry(at.x(), plot.top(), 1, plot.height())
        self._level.setGeometry(plot.left(), at.y(), plot.width(), 1)
        row = at.y() - TAG_HEIGHT_PX // 2
        self._price.show_text(price, QRect(plot.right() + 2, row, TAG_WIDTH_PX, TAG_HEIGHT_PX))
        left = min(max(at.x() - _TIME_TAG_PX // 2, plot.left()), plot.right() - _TIME_TAG_PX)
        self._time.show_text(time, QRect(left, plot.bottom() + 3, _TIME_TAG_PX, TAG_HEIGHT_PX))
        self._upright.show()
        self._level.show()

    def hide(self) -> None:
        """Show nothing."""
        for part in (self._upright, self._level, self._price, self._time):
            part.hide()
