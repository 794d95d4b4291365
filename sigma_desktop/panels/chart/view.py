"""Moving through the chart with wheel, pointer and keys."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from sigma_desktop.panels.chart.axes import TAG_WIDTH_PX, TIME_AXIS_PX
from sigma_desktop.panels.chart.canvas import Canvas
from sigma_desktop.panels.chart.window import TimeWindow
from sigma_desktop.widgets.buttons import ToolButton

_NOTCH = 120
_ZOOM_A_NOTCH = 1.18
_KEY_SHARE = 0.1
_STRETCH_PX = 200.0
_LEAST_STRETCH, _MOST_STRETCH = 0.3, 12.0


class ChartView(Canvas):
    """Wheel: zoom about the pointer, about the newest candle while following. Drag: pan; on the price axis: scale.

    Double click: the newest candle, or on the price axis prices as fitted. Keys: arrows, plus, minus, Home, End.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grip: QPoint | None = None
        self._scales_prices = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._latest = ToolButton("chevron-double-right", self.tr("Go to the newest candle (End)"), parent=self)
        self._latest.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._latest.hide()
        self._latest.clicked.connect(self.follow)

    def look(self, seen: TimeWindow, stretch: float | None = None) -> None:
        """Show ``seen``, and the way back where it has left the newest candle."""
        super().look(seen, stretch)
        self._latest.setGeometry(QRect(self.plot.bottomRight() + QPoint(2, 1), QSize(TAG_WIDTH_PX, TIME_AXIS_PX)))
        self._latest.setVisible(not seen.following and seen.count > 0)

    def zoom(self, factor: float, at_px: float | None = None) -> None:
        """Make bars ``factor`` times as wide about the pixel ``at_px``, by default about the newest or the middle."""
        middle = self.seen.width_px / 2
        self.look(self.seen.zoomed(factor, middle if at_px is None else at_px))

    def pan(self, bars: float) -> None:
        """Move by ``bars``, to later ones if positive."""
        self.look(self.seen.panned(bars))

    def follow(self) -> None:
        """Go to the newest candle and stay with it."""
        self.look(self.seen.latest())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom by the turn, pan by the tilt."""
        turned, tilted = event.angleDelta().y() / _NOTCH, event.angleDelta().x() / _NOTCH
        if abs(tilted) > abs(turned):
            self.pan(-tilted * _KEY_SHARE * self.seen.bars)
        else:
            self.zoom(_ZOOM_A_NOTCH**turned, event.position().x())
        self.point_at(event.position().toPoint())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.position().toPoint()
            self._scales_prices = self._grip.x() > self.plot.right()
            shape = Qt.CursorShape.SizeVerCursor if self._scales_prices else Qt.CursorShape.ClosedHandCursor
            self.viewport().setCursor(shape)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held, else point."""
        at = event.position().toPoint()
        if self._grip is not None:
            self._drag(at - self._grip)
            self._grip = at
        elif event.buttons() == Qt.MouseButton.NoButton:
            over_axis = at.x() > self.plot.right()
            self.viewport().setCursor(Qt.CursorShape.SizeVerCursor if over_axis else Qt.CursorShape.CrossCursor)
        self.point_at(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the newest candle, or to prices as fitted."""
        if event.position().x() > self.plot.right():
            self.look(self.seen, 1.0)
        else:
            self.follow()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by keys; others are left to the window."""
        step = _KEY_SHARE * self.seen.bars
        match event.key():
            case Qt.Key.Key_Left:
                self.pan(-step)
            case Qt.Key.Key_Right:
                self.pan(step)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal | Qt.Key.Key_Up:
                self.zoom(_ZOOM_A_NOTCH)
            case Qt.Key.Key_Minus | Qt.Key.Key_Down:
                self.zoom(1 / _ZOOM_A_NOTCH)
            case Qt.Key.Key_Home:
                self.look(self.seen.earliest())
            case Qt.Key.Key_End:
                self.follow()
            case _:
                event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a ring to those who came by keyboard."""
        super().focusInEvent(event)
        self.show_ring(event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.show_ring(False)

    def leaveEvent(self, event: QEvent) -> None:
        """Take the crosshair away."""
        self.point_at(None)

    def _drag(self, by: QPoint) -> None:
        if self._scales_prices:
            stretch = self.stretch * 2 ** (by.y() / _STRETCH_PX)
            self.look(self.seen, min(max(stretch, _LEAST_STRETCH), _MOST_STRETCH))
        else:
            self.pan(-by.x() / self.seen.bar_px)
