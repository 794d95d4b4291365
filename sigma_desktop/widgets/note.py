"""Words in a colour of the palette that wrap where there is little room and take no room while they say nothing."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from sigma_desktop.theme.tokens import Token, font


class Note(QLabel):
    """Plain text in the colour of ``ink``; hidden while it is empty."""

    def __init__(
        self, text: str = "", ink: Token = Token.T2, size_px: int = 11, weight: int = 400, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(size_px, weight))
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._ink = ink
        self.setProperty("ink", ink.value)
        self.setText(text)
        if not text:
            self.hide()

    def say(self, text: str, ink: Token | None = None) -> None:
        """Show ``text``, in another colour if one is given."""
        if ink is not None and ink is not self._ink:
            self._ink = ink
            self.setProperty("ink", ink.value)
            self.style().unpolish(self)
            self.style().polish(self)
        if text != self.text():
            self.setText(text)
        if not text:
            self.hide()
        elif self.parentWidget() is not None:  # alone it would become a window
            self.show()

    def minimumSizeHint(self) -> QSize:
        """It gives way sideways."""
        return QSize(20, super().minimumSizeHint().height())
