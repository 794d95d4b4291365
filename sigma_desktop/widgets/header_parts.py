"""The pieces the header is made of, each painted in one go."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.models.stake import DEMO, Stake
from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.buttons import ToolButton

_SIGN_PX = 12
_BETWEEN = 18
"""Room after a figure, so that a hidden one leaves none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the header."""

    value: str
    token: Token = Token.T0


class Stat(QWidget):
    """A label over a figure."""

    def __init__(self, title: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._cell = title, Cell("\u2013")
        self.setToolTip(hint)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def show_cell(self, cell: Cell) -> None:
        """Show another figure; asks for more room only when it needs it."""
        if cell == self._cell:
            return
        wider = len(cell.value) != len(self._cell.value)
        self._cell = cell
        self.setAccessibleName(f"{self._title} {cell.value}")
        if wider:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the wider of label and figure."""
        title = QFontMetrics(font(11, 500)).horizontalAdvance(self._title)
        value = QFontMetrics(font(18, 650)).horizontalAdvance(self._cell.value)
        return QSize(max(title, value) + _BETWEEN, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Label above, figure below."""
        painter = QPainter(self)
        middle = self.height() // 2
        painter.setFont(font(11, 500))
        painter.setPen(color(Token.T2))
        painter.drawText(0, middle - 20, self.width(), 16, Qt.AlignmentFlag.AlignVCenter, self._title)
        painter.setFont(font(18, 650))
        painter.setPen(color(self._cell.token))
        painter.drawText(0, middle - 4, self.width(), 24, Qt.AlignmentFlag.AlignVCenter, self._cell.value)


class Pill(QWidget):
    """A rounded field with a dot and a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._token = "", Token.T1
        self.setFixedHeight(26)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_word(self, text: str, token: Token) -> None:
        """Show ``text`` in the colour of ``token``."""
        if (text, token) != (self._text, self._token):
            self._text, self._token = text, token
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """The word, the dot and the rounding."""
        return QSize(QFontMetrics(font(12, 600)).horizontalAdvance(self._text) + 39, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Field, dot, word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self._token, 30))
        painter.drawRoundedRect(QRectF(self.rect()), 13, 13)
        painter.setBrush(color(self._token))
        painter.drawEllipse(QRectF(11, 9, 8, 8))
        painter.setPen(color(self._token))
        painter.setFont(font(12, 600))
        painter.drawText(self.rect().adjusted(26, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text)


class Badge(QWidget):
    """Says whose money it is: a word, a shape and a colour for each kind; it is never hidden, only shortened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stake, self._is_short = DEMO, False
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tell()

    @property
    def text(self) -> str:
        """What is shown."""
        return self._stake.short if self._is_short else self._stake.badge

    def show_stake(self, stake: Stake) -> None:
        """Say whose money it is now."""
        if stake != self._stake:
            self._stake = stake
            self._tell()

    def set_short(self, on: bool) -> None:
        """Leave the exchange's name out, for want of room."""
        if on != self._is_short:
            self._is_short = on
            self._tell()

    def sizeHint(self) -> QSize:
        """The word and its frame."""
        return QSize(QFontMetrics(font(10, 700, 6)).horizontalAdvance(self.text) + 16 + _SIGN_PX + 4, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A frame, the sign and the word; real money fills the frame."""
        token, is_real = self._stake.token, self._stake.solid
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(token), 1))
        painter.setBrush(color(token, 255 if is_real else 24))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        ink = Token.ON_UP if is_real else token
        icon(self._stake.icon, ink).paint(painter, QRect(8, (self.height() - _SIGN_PX) // 2, _SIGN_PX, _SIGN_PX))
        painter.setPen(color(ink))
        painter.setFont(font(10, 700, 6))
        painter.drawText(self.rect().adjusted(12 + _SIGN_PX, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text)

    def _tell(self) -> None:
        self.setAccessibleName(self._stake.spoken)
        self.setToolTip(self._stake.hint)
        self.updateGeometry()
        self.update()


class Logo(QWidget):
    """The sign and, where there is room, the name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with_name = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("SIGMA")

    def set_with_name(self, with_name: bool) -> None:
        """Show the name beside the sign."""
        if with_name != self._with_name:
            self._with_name = with_name
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The sign, then the name."""
        return QSize(82 if self._with_name else 18, 30)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sign in the accent, name in white."""
        painter = QPainter(self)
        painter.setPen(color(Token.ACCENT))
        painter.setFont(font(19, 700))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, "Σ")
        if self._with_name:
            painter.setPen(color(Token.T0))
            painter.setFont(font(15, 700, 6))
            painter.drawText(self.rect().adjusted(20, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "SIGMA")


class Note(QWidget):
    """One quiet line that gives way: cut off with an ellipsis where there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show ``text``; all of it is in the tooltip."""
        if text != self._text:
            self._text = text
            self.setToolTip(text)
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """The whole line, up to a limit."""
        return QSize(min(260, QFontMetrics(font(12, 450)).horizontalAdvance(self._text) + 4), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line, elided."""
        painter = QPainter(self)
        painter.setFont(font(12, 450))
        painter.setPen(color(Token.T1))
        shown = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)


class Rule(QWidget):
    """A thin upright line with room on both sides."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(21, 34)

    def sizeHint(self) -> QSize:
        """The line and its room."""
        return self.size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line."""
        QPainter(self).fillRect(10, 0, 1, self.height(), color(Token.LINE2))


class Bell(ToolButton):
    """The way to the alerts, with a mark while some are unread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bell-outline", "Alerts", parent=parent)
        self._unread = 0

    def show_unread(self, count: int) -> None:
        """Mark ``count`` unread alerts."""
        if count != self._unread:
            self._unread = count
            self.setAccessibleName(f"Alerts, {count} unread" if count else "Alerts")
            self.setToolTip(self.accessibleName())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bell, then the mark."""
        super().paintEvent(event)
        if not self._unread:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(Token.WARN))
        painter.drawEllipse(QRectF(self.width() - 13, 5, 7, 7))
