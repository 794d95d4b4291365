"""A framed field of a dialog, as the docks are framed, with a title if it has one."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from sigma_desktop.theme.tokens import Token, color
from sigma_desktop.widgets.note import Note


class Pane(QFrame):
    """Holds ``content``."""

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(14 if title else 8, 10 if title else 6, 6, 8)
        column.setSpacing(8)
        if title:
            column.addWidget(Note(title, Token.T0, 12, 600))
        column.addWidget(content, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One rounded frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(Token.LINE)))
        painter.setBrush(color(Token.BG1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
