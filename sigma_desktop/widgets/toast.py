"""Short messages over the corner of the window; they never take the keyboard and never block."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.buttons import ToolButton

WIDTH, MOST = 360, 3
STAYS_MS = 8_000
_MARGIN, _ABOVE_STATUS = 16, 34
_ICONS = {Token.ACCENT: "information-outline", Token.WARN: "alert-outline", Token.DOWN: "alert-octagon-outline"}


class Toast(QWidget):
    """One message; goes by itself unless it must be closed by hand."""

    gone = Signal()

    def __init__(self, text: str, token: Token, stays: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._token = token
        self.text = text
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(text)
        word = QLabel(text)
        word.setTextFormat(Qt.TextFormat.PlainText)
        word.setWordWrap(True)
        word.setFont(font(12, 450))
        close = ToolButton("close", "Close this message")
        close.setFixedSize(24, 24)
        close.clicked.connect(self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(40, 10, 8, 10)
        row.addWidget(word, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self, singleShot=True, interval=STAYS_MS)
        self._timer.timeout.connect(self.leave)
        if not stays:
            self._timer.start()

    def leave(self) -> None:
        """Go away for good."""
        self._timer.stop()
        self.hide()
        self.gone.emit()
        self.deleteLater()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised field with an icon in the colour of what it tells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(self._token, 130)))
        painter.setBrush(color(Token.BG2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.drawPixmap(14, 13, icon(_ICONS.get(self._token, "information-outline"), self._token).pixmap(18, 18))


class Toasts(QWidget):
    """The stack of them in the lower left corner of its parent; the newest is lowest, the same text shows once."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._shown: list[Toast] = []
        parent.installEventFilter(self)
        self.hide()

    def show_message(self, text: str, token: Token = Token.ACCENT, stays: bool = False) -> None:
        """Show ``text``; with ``stays`` until it is closed by hand."""
        if any(toast.text == text for toast in self._shown):
            return
        while len(self._shown) >= MOST:
            self._shown[0].leave()
        toast = Toast(text, token, stays, self)
        toast.gone.connect(lambda: self._forget(toast))
        self._shown.append(toast)
        self._column.addWidget(toast)
        toast.show()
        self.show()
        self.raise_()
        self._place()

    @property
    def texts(self) -> list[str]:
        """What is on show, the oldest first."""
        return [toast.text for toast in self._shown]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the window changes its size."""
        if event.type() == QEvent.Type.Resize and self._shown:
            self._place()
        return super().eventFilter(watched, event)

    def _forget(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            self._column.removeWidget(toast)
        if self._shown:
            self._place()
        else:
            self.hide()

    def _place(self) -> None:
        self._column.activate()
        self.resize(WIDTH, self._column.totalHeightForWidth(WIDTH))
        parent = self.parentWidget()
        assert parent is not None
        self.move(_MARGIN, parent.height() - self.height() - _ABOVE_STATUS)
