"""A band across the window that stays until somebody has dealt with it; it takes neither keyboard nor mouse away."""

from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token, color
from sigma_desktop.widgets.buttons import Kind, PushButton
from sigma_desktop.widgets.note import Note

_TINT, _BAR_PX, _ICON_PX, _LEFT = 34, 3, 20, 48
MOST_WAITING = 50


class Band(QWidget):
    """An icon, a line that names the matter, a line that explains it, and the buttons for it at the right."""

    def __init__(self, icon_name: str, token: Token, buttons: tuple[PushButton, ...]) -> None:
        super().__init__()
        self._icon_name, self._token = icon_name, token
        self.title, self.text = Note("", Token.T0, 13, 650), Note("", Token.T0, 12, 450)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        words, row = QVBoxLayout(), QHBoxLayout(self)
        words.setSpacing(1)
        words.addWidget(self.title)
        words.addWidget(self.text)
        row.setContentsMargins(_LEFT, 7, 12, 7)
        row.setSpacing(8)
        row.addLayout(words, 1)
        for button in buttons:
            button.setFixedHeight(30)
            row.addWidget(button)
        self.hide()

    def say(self, title: str, text: str) -> None:
        """Show the two lines."""
        self.title.say(title)
        self.text.say(text)
        self.setAccessibleName(f"{title}. {text}".strip())

    def dress(self, icon_name: str, token: Token) -> None:
        """Another icon and colour, for a matter of another weight."""
        self._icon_name, self._token = icon_name, token
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A tinted ground with a bar at the left and the icon."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(Token.BG1))
        painter.fillRect(self.rect(), color(self._token, _TINT))
        painter.fillRect(0, 0, _BAR_PX, self.height(), color(self._token))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color(self._token, 90))
        place = QRect(16, (self.height() - _ICON_PX) // 2, _ICON_PX, _ICON_PX)
        icon(self._icon_name, self._token).paint(painter, place)


class HaltBand(Band):
    """Says why the account may do less than it could; after a halt it asks what becomes of open positions."""

    def __init__(self) -> None:
        self.close_all = PushButton("Close all", Kind.DANGER)
        self.keep = PushButton("Keep them")
        self.safety = PushButton("Safety…")
        super().__init__("hand-back-right", Token.DANGER, (self.close_all, self.keep, self.safety))

    def show_question(self, close_all: str, keep: str) -> None:
        """Offer these two answers, or with nothing to answer the way to the safety page alone."""
        for button, word in ((self.close_all, close_all), (self.keep, keep)):
            button.setText(word)
            button.setAccessibleName(word)
            button.setVisible(bool(word))
        self.safety.setVisible(not close_all)


@dataclass(slots=True)
class _Waiting:
    text: str
    when: str
    times: int = 1


class AlertBand(Band):
    """Critical alerts, the newest on top; each stays until it is acknowledged, the same text counts itself."""

    acknowledged = Signal()
    """A person has read the one on show."""

    def __init__(self) -> None:
        self.acknowledge = PushButton("Acknowledge")
        super().__init__("alert-octagon-outline", Token.DOWN, (self.acknowledge,))
        self._waiting: deque[_Waiting] = deque(maxlen=MOST_WAITING)
        self.acknowledge.clicked.connect(self._forget)

    @property
    def texts(self) -> list[str]:
        """What was not acknowledged yet, the oldest first."""
        return [waiting.text for waiting in self._waiting]

    def add(self, text: str, when: str) -> None:
        """Show ``text``, raised at ``when`` in words."""
        known = next((waiting for waiting in self._waiting if waiting.text == text), None)
        times = 1 if known is None else known.times + 1
        if known is not None:
            self._waiting.remove(known)
        self._waiting.append(_Waiting(text, when, times))
        self._show()

    def _forget(self) -> None:
        self._waiting.pop()
        self._show()
        self.acknowledged.emit()

    def _show(self) -> None:
        self.setVisible(bool(self._waiting))
        if not self._waiting:
            return
        top = self._waiting[-1]
        more = len(self._waiting) - 1
        times = f", {top.times} times" if top.times > 1 else ""
        behind = f" · {more} more behind it" if more else ""
        self.say(f"Critical alert, {top.when}{times}{behind}", top.text)
