"""A field for something secret: masked, without a history, and forgiving about what a copy brings along."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from sigma_desktop.laboratory.editors import HEIGHT
from sigma_desktop.theme.tokens import font

_HINTS = (
    Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhHiddenText
    | Qt.InputMethodHint.ImhNoPredictiveText
    | Qt.InputMethodHint.ImhNoAutoUppercase
)


class SecretLine(QLineEdit):
    """Shows dots; what is pasted loses the blanks around it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(_HINTS)
        self.setAccessibleName(name)
        self.setFont(font(12))
        self.setFixedHeight(HEIGHT)
        self.textChanged.connect(self._trim)

    def _trim(self, text: str) -> None:
        if text != text.strip():
            self.setText(text.strip())
