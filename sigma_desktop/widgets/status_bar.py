"""The line at the foot: is the market alive, is the program quick, what time is it there."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.progress_strip import ProgressStrip

HEIGHT = 26
_MESSAGE_MS = 6_000
_DOT = 16


class Item(QWidget):
    """A short text, with a dot in front where it tells of a state."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._ink, self._dot = "", Token.T1, None
        self.setToolTip(hint)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    _dot: Token | None

    def show_text(self, text: str, ink: Token = Token.T1, dot: Token | None = None) -> None:
        """Show ``text``; asks for more room only when it needs it."""
        if (text, ink, dot) == (self._text, self._ink, self._dot):
            return
        wider = len(text) != len(self._text) or (dot is None) != (self._dot is None)
        self._text, self._ink, self._dot = text, ink, dot
        self.setAccessibleName(text)
        if wider:
            self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    def sizeHint(self) -> QSize:
        """Text and dot."""
        if not self._text:
            return QSize(0, HEIGHT)
        width = QFontMetrics(font(11, 450)).horizontalAdvance(self._text)
        return QSize(width + 16 + (_DOT if self._dot else 0), HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dot and text."""
        painter = QPainter(self)
        left = 8
        if self._dot is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(self._dot))
            painter.drawEllipse(QRectF(left, self.height() / 2 - 3.5, 7, 7))
            left += _DOT
        painter.setFont(font(11, 450))
        painter.setPen(color(self._ink))
        room = self.rect().adjusted(left, 0, 0, 0)
        shown = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


class StatusBar(QWidget):
    """Feed, account, run and the last message on the left; what is running, lag, disk and the clock on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.feed = Item("The market's prices: live, quiet or standing still")
        self.account = Item("How far the account may trade at present")
        self.run = Item("Where market and fills come from, and the run")
        self.lag = Item("How late the program answered in the worst 1 % of the last minute")
        self.storage = Item("Room on the disk of the data folder")
        self.clock = Item("The market's time, UTC")
        self.strip = ProgressStrip("the backtest")
        self._message = Item("What was done last")
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._forget = QTimer(self, singleShot=True, interval=_MESSAGE_MS)
        self._forget.timeout.connect(lambda: self._message.show_text(""))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.feed)
        row.addWidget(self.account)
        row.addWidget(self.run)
        row.addWidget(self._message, 1)
        row.addWidget(self.strip)
        for item in (self.lag, self.storage, self.clock):
            row.addWidget(item)

    def show_message(self, text: str) -> None:
        """Say ``text`` for a few seconds."""
        self._message.show_text(text, Token.T0)
        self._forget.start()

    def minimumSizeHint(self) -> QSize:
        """It gives way to anything."""
        return QSize(200, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With little room the details go first."""
        super().resizeEvent(event)
        self.storage.setVisible(self.width() >= 900)
        self.run.setVisible(self.width() >= 760)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground and a line above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(Token.BG1))
        painter.setPen(QPen(color(Token.LINE)))
        painter.drawLine(0, 0, self.width(), 0)
