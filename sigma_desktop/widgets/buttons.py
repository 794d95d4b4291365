"""Buttons with a name for every reader, and icons that follow the palette."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token, font

ICON = QSize(16, 16)


class Kind(StrEnum):
    """How loudly a push button speaks."""

    GHOST = "ghost"
    PRIMARY = "primary"
    DANGER = "danger"
    ALARM = "alarm"
    """Filled with the colour of danger: there is one such button."""


_INK = {Kind.GHOST: Token.T0, Kind.PRIMARY: Token.ON_ACCENT, Kind.DANGER: Token.DOWN, Kind.ALARM: Token.ON_UP}


class ToolButton(QToolButton):
    """A flat button; ``tip`` is its tooltip and its accessible name."""

    def __init__(self, icon_name: str, tip: str, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._token = icon_name, Token.T1
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setFont(font(12, 500))
        self.setIconSize(ICON)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        style = Qt.ToolButtonStyle
        both = bool(icon_name and text)
        self.setToolButtonStyle(style.ToolButtonTextBesideIcon if both else self.toolButtonStyle())
        self._paint_icon()

    def set_icon(self, icon_name: str, token: Token = Token.T1) -> None:
        """Show another icon."""
        if (icon_name, token) != (self._icon_name, self._token):
            self._icon_name, self._token = icon_name, token
            self._paint_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Recolour the icon with the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._paint_icon()

    def _paint_icon(self) -> None:
        if self._icon_name:
            self.setIcon(icon(self._icon_name, self._token))


class PushButton(QPushButton):
    """A button with a word on it."""

    def __init__(
        self, text: str, kind: Kind = Kind.GHOST, icon_name: str = "", *, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._icon_name, self._kind = icon_name, kind
        self._words, self._is_terse = text, False
        self.setProperty("kind", kind.value)
        self.setFont(font(13, 550))
        self.setIconSize(ICON)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._paint_icon()

    def show_as(self, text: str, kind: Kind, icon_name: str) -> None:
        """Become another button: its word, its weight, its icon."""
        if (text, kind, icon_name) == (self._words, self._kind, self._icon_name):
            return
        self._icon_name, self._kind, self._words = icon_name, kind, text
        self._show_words()
        self.setProperty("kind", kind.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._paint_icon()

    def set_terse(self, on: bool) -> None:
        """Show the icon alone; the word stays its name."""
        if on != self._is_terse:
            self._is_terse = on
            self._show_words()

    def changeEvent(self, event: QEvent) -> None:
        """Recolour the icon with the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._paint_icon()

    def _show_words(self) -> None:
        self.setText("" if self._is_terse else self._words)
        self.setAccessibleName(self._words)

    def _paint_icon(self) -> None:
        if self._icon_name:
            self.setIcon(icon(self._icon_name, _INK[self._kind]))


def tighten(button: QToolButton) -> None:
    """Make ``button`` small, for a row of many."""
    button.setFont(font(11, 500))
    button.setStyleSheet("padding: 3px 4px")
