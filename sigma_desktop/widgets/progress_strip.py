"""One thing that takes a while, in a line: what it is, how far it has come, how long it will take, and the way out."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from sigma_desktop.theme.format import duration, percent
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.buttons import ToolButton
from sigma_engine import Progress

_HEIGHT = 22
_BAR, _NARROWEST = 110, 220


class ProgressLine(QWidget):
    """Words, a bar and the time left, painted; nothing else repaints for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._told, self._share = "", "", 0.0
        self.setMinimumWidth(_NARROWEST)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def begin(self, title: str) -> None:
        """Show that ``title`` has begun."""
        self._title = title
        self.updateGeometry()
        self.show_progress(Progress(0.0, None))

    def show_progress(self, progress: Progress) -> None:
        """Show how far it has come."""
        left = "" if progress.left_s is None else f", {duration(round(progress.left_s * 1000))} left"
        told = f"{percent(min(1.0, max(0.0, progress.share)), 0)}{left}"
        if (told, progress.share) != (self._told, self._share):
            self._told, self._share = told, min(1.0, max(0.0, progress.share))
            self.setAccessibleName(f"{self._title}: {told}")
            self.setToolTip(f"{self._title} {progress.text}".strip())
            self.update()

    @property
    def told(self) -> str:
        """Share and time left, in words."""
        return self._told

    def say(self, words: str) -> None:
        """Show ``words`` in the place of share and time."""
        self._told = words
        self.setAccessibleName(f"{self._title}: {words}")
        self.update()

    def sizeHint(self) -> QSize:
        """Title, bar and the longest time."""
        metrics = QFontMetrics(font(11, 500))
        return QSize(metrics.horizontalAdvance(self._title) + _BAR + 140, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Title, bar, share and time; the title gives way first."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(11, 500))
        metrics = painter.fontMetrics()
        told = metrics.horizontalAdvance(self._told)
        title_room = max(0, self.width() - told - _BAR - 24)
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, title_room)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(color(Token.T0))
        painter.drawText(self.rect(), middle, title)
        left = min(title_room, metrics.horizontalAdvance(title)) + 10
        track = QRectF(left, self.height() / 2 - 2, _BAR, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        for token, share in ((Token.LINE2, 1.0), (Token.ACCENT, self._share)):
            painter.setBrush(color(token))
            painter.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * share, track.height()), 2, 2)
        painter.setPen(color(Token.T1))
        painter.drawText(self.rect().adjusted(int(track.right()) + 10, 0, 0, 0), middle, self._told)


class ProgressStrip(QWidget):
    """The line with a button that cancels; hidden while nothing runs."""

    cancelWished = Signal()  # noqa: N815 a Qt signal

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = ProgressLine()
        self.cancel = ToolButton("close-circle-outline", f"Cancel {what}", "Cancel")
        self.cancel.setFixedHeight(_HEIGHT)
        self.cancel.setStyleSheet("padding: 0 6px")
        self.cancel.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.cancel)
        self.hide()

    def begin(self, title: str) -> None:
        """Appear: ``title`` runs now."""
        self.line.begin(title)
        self.cancel.setEnabled(True)
        self.show()

    def show_progress(self, progress: Progress) -> None:
        """Show how far it has come, unless it is being cancelled."""
        if self.cancel.isEnabled():
            self.line.show_progress(progress)

    def end(self) -> None:
        """It is over."""
        self.hide()

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.line.say("stopping")
        self.cancelWished.emit()
