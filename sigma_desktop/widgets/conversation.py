"""The messages, oldest above, grown from the bottom, newest always in sight unless the person looks back."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from sigma_desktop.theme.tokens import Token, font, value
from sigma_desktop.widgets.bubble import Bubble
from sigma_engine import ChatMessage

SHOWN = 100
"""How many of the newest messages are laid out; older ones are in the history and can be asked for."""
MARGIN = 12


class Conversation(QScrollArea):
    """Shows `ChatMessage`s as bubbles and, below them, a quiet line such as what is being waited for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bubbles: list[Bubble] = []
        self._messages: list[ChatMessage] = []
        self.note = _note()
        self._column = QVBoxLayout()
        self._following = True
        self._lay_out()
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda _, end: bar.setValue(end) if self._following else None)
        bar.actionTriggered.connect(lambda _: QTimer.singleShot(0, self, self._notice))

    def show_messages(self, messages: Sequence[ChatMessage]) -> None:
        """Show the newest of ``messages``; those already shown stay as they are."""
        newest = list(messages[-SHOWN:])
        kept = _overlap(self._messages, newest)
        for bubble in self.bubbles[: len(self.bubbles) - kept]:
            self._column.removeWidget(bubble)
            bubble.deleteLater()
        self.bubbles = self.bubbles[len(self.bubbles) - kept :]
        for message in newest[kept:]:
            self._add(Bubble(message))
        if newest[kept:]:
            self._following = True
        self._messages = newest

    def say(self, text: str, token: Token = Token.T2) -> None:
        """Put a quiet line under the last message; empty takes it away."""
        self.note.setText(text)
        self.note.setStyleSheet(f"color: {value(token)}")
        self.note.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap every bubble anew when the width changed."""
        super().resizeEvent(event)
        for bubble in self.bubbles:
            bubble.fit(self._room())

    def _lay_out(self) -> None:
        self._column.setContentsMargins(MARGIN, 8, MARGIN, 8)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self._column.addWidget(self.note)
        body = QWidget()
        body.setLayout(self._column)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Conversation")

    def _add(self, bubble: Bubble) -> None:
        side = Qt.AlignmentFlag.AlignRight if bubble.own else Qt.AlignmentFlag.AlignLeft
        bubble.fit(self._room())
        self._column.insertWidget(self._column.count() - 1, bubble, 0, side)
        self.bubbles.append(bubble)

    def _room(self) -> int:
        return self.viewport().width() - 2 * MARGIN

    def _notice(self) -> None:
        bar = self.verticalScrollBar()
        self._following = bar.value() >= bar.maximum() - 4


def _note() -> QLabel:
    note = QLabel()
    note.setFont(font(11, 450))
    note.setWordWrap(True)
    note.setTextFormat(Qt.TextFormat.PlainText)
    note.hide()
    return note


def _overlap(shown: Sequence[ChatMessage], wanted: Sequence[ChatMessage]) -> int:
    """How many of the last ``shown`` messages are the first of ``wanted``."""
    for count in range(min(len(shown), len(wanted)), 0, -1):
        if list(shown[-count:]) == list(wanted[:count]):
            return count
    return 0
