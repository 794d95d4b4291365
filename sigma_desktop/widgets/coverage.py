"""A series drawn as a bar, and the range picked from it with two handles."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.models.history import Moments, Spans, day
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.delegates import draw_spans

DAY_MS = 86_400_000
_HEIGHT, _TRACK_TOP, _TRACK_HEIGHT = 46, 7, 12
_HANDLE, _REACH = 8, 14
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_PageDown: -30,
    Qt.Key.Key_PageUp: 30,
}


class CoverageBar(QWidget):
    """What is there of one series."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spans: Spans = ()
        self._range = (0.0, 1.0)
        self.setMinimumSize(60, 10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_spans(self, spans: Spans) -> None:
        """Fill these parts."""
        self._spans = spans
        self.update()

    def show_range(self, first: float, last: float) -> None:
        """Dim what is outside these shares."""
        self._range = (first, last)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar, bright within the range."""
        painter = QPainter(self)
        track = QRectF(0, (self.height() - 8) / 2, self.width(), 8)
        draw_spans(painter, track, self._spans, Token.ACCENT)
        dim_outside(painter, track, self._range)


class RangePicker(QWidget):
    """Two handles over a bar: whole days by mouse and arrow keys, Space takes the other handle, Home and End go far."""

    picked = Signal(object)
    """The `Moments` the person picked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole: Moments = (0, DAY_MS)
        self._range: Moments = (0, DAY_MS)
        self._spans: Spans = ()
        self._held = 0
        self._dragging = False
        self.setFixedHeight(_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setToolTip("Drag the handles, or: arrows move the bright one by a day, Space takes the other")
        self.setAccessibleName("Range of time")

    def show_history(self, whole: Moments, spans: Spans) -> None:
        """The time that can be picked from, and what there is in it."""
        self._whole, self._spans = whole, spans
        self.update()

    def show_range(self, chosen: Moments) -> None:
        """Put the handles there, without telling anybody."""
        self._range = chosen
        self.setAccessibleDescription(f"{day(chosen[0])} to {day(chosen[1])}")
        self.update()

    @property
    def shares(self) -> tuple[float, float]:
        """Where the handles stand, as shares of the whole."""
        first, last = (self._share(at) for at in self._range)
        return first, last

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, _HEIGHT)

    # Qt

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar, what is outside dimmed, two handles, the dates of the ends."""
        painter = QPainter(self)
        track = self._track()
        draw_spans(painter, track, self._spans, Token.ACCENT)
        dim_outside(painter, track, self.shares)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in (1 - self._held, self._held):
            self._paint_handle(painter, track, number)
        self._paint_dates(painter, track)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearer handle there."""
        at = event.position().x()
        distances = [abs(self._x(share) - at) for share in self.shares]
        self._held = distances.index(min(distances))
        if distances[0] == distances[1]:
            self._held = int(at > self._x(self.shares[1]))
        self._dragging = True
        self._move_to(self._moment(at))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The handle follows; a hand shows where one can be taken."""
        at = event.position().x()
        if self._dragging:
            self._move_to(self._moment(at))
            return
        near = min(abs(self._x(share) - at) for share in self.shares) < _REACH
        self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Days by arrows, months by pages, ends by Home and End."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._move_to(self._range[self._held] + _STEPS[key] * DAY_MS)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._move_to(self._whole[key == Qt.Key.Key_End])
        elif key == Qt.Key.Key_Space:
            self._held = 1 - self._held
            self.update()
        else:
            super().keyPressEvent(event)

    def _move_to(self, at_ms: int) -> None:
        snapped = min(max(_to_day(at_ms, self._whole), self._whole[0]), self._whole[1])
        first, last = self._range
        moved = (min(snapped, last - 1), last) if self._held == 0 else (first, max(snapped, first + 1))
        if moved != self._range and moved[1] - moved[0] >= min(DAY_MS, self._whole[1] - self._whole[0]):
            self.show_range(moved)
            self.picked.emit(moved)
        self.update()

    def _track(self) -> QRectF:
        return QRectF(_HANDLE, _TRACK_TOP, max(1, self.width() - 2 * _HANDLE), _TRACK_HEIGHT)

    def _share(self, at_ms: int) -> float:
        share = (at_ms - self._whole[0]) / max(1, self._whole[1] - self._whole[0])
        return min(1.0, max(0.0, share))

    def _x(self, share: float) -> float:
        track = self._track()
        return track.left() + track.width() * share

    def _moment(self, x: float) -> int:
        track = self._track()
        return int(self._whole[0] + (self._whole[1] - self._whole[0]) * (x - track.left()) / track.width())

    def _paint_handle(self, painter: QPainter, track: QRectF, number: int) -> None:
        is_held = number == self._held and self.hasFocus()
        at = self._x(self.shares[number])
        painter.setPen(QPen(color(Token.ACCENT if is_held else Token.BG0), 1.5))
        painter.setBrush(color(Token.T0))
        painter.drawRoundedRect(QRectF(at - 4, track.top() - 4, 8, track.height() + 8), 3, 3)

    def _paint_dates(self, painter: QPainter, track: QRectF) -> None:
        painter.setFont(font(11))
        painter.setPen(color(Token.T2))
        below = QRect(QPoint(0, int(track.bottom()) + 6), QPoint(self.width(), self.height()))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, day(self._whole[0]))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, day(self._whole[1]))


def dim_outside(painter: QPainter, track: QRectF, shares: tuple[float, float]) -> None:
    """Darken the parts of ``track`` outside ``shares``."""
    first, last = (track.left() + track.width() * share for share in shares)
    for left, right in ((track.left(), first), (last, track.right())):
        painter.fillRect(QRectF(left, track.top(), max(0.0, right - left), track.height()), color(Token.BG0, 170))


def _to_day(at_ms: int, whole: Moments) -> int:
    """The nearest midnight, or the end of the whole where that is nearer."""
    midnight = round(at_ms / DAY_MS) * DAY_MS
    return min((midnight, *whole), key=lambda moment: abs(moment - at_ms))
