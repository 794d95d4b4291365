"""A question at the foot of a panel that blocks nothing: yes, no, or ignore it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from sigma_desktop.theme.tokens import Token, font, value
from sigma_desktop.widgets.buttons import Kind, PushButton


class ConfirmStrip(QFrame):
    """Hidden until `ask`; Escape or the second button says no, asking anew replaces the question."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._then: Callable[[], None] = _nothing
        self.question = QLabel()
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.question.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.question.setWordWrap(True)
        self.question.setFont(font(12, 500))
        self.yes = PushButton("", Kind.DANGER)
        self.no = PushButton("Keep")
        self.yes.clicked.connect(self._agree)
        self.no.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.question, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.hide()

    def ask(self, question: str, yes: str, then: Callable[[], None]) -> None:
        """Show ``question``; ``then`` is called if the button ``yes`` is pressed."""
        self._then = then
        self.question.setText(question)
        self.yes.setText(yes)
        self.yes.setAccessibleName(f"{yes}: {question}")
        self.setStyleSheet(
            f"ConfirmStrip {{ background: {value(Token.BG2)}; border-top: 1px solid {value(Token.LINE2)}; }}"
        )
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape says no."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _agree(self) -> None:
        self.hide()
        self._then()


def _nothing() -> None:
    return
