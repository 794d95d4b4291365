"""One message of the conversation: text on a rounded field, as wide as it needs, selectable."""

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QTextDocument
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from sigma_desktop.models.markdown import html, plain
from sigma_desktop.theme.format import clock_time
from sigma_desktop.theme.tokens import Token, color, font, value
from sigma_engine import ChatMessage, Speaker

PADDING_X, PADDING_Y = 12, 8
RADIUS = 9
SHARE = 0.86
"""How much of the width a bubble may take."""
_SHEET = "p {{ margin: 0 0 3px 0; }} code {{ color: {ink}; }}"


class Bubble(QLabel):
    """A `ChatMessage`; `fit` sizes it to the room there is."""

    def __init__(self, message: ChatMessage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = message
        self.own = message.speaker is Speaker.PERSON
        self._markup = _markup(message, self.own)
        self._fitted = -1
        self.setFont(font(12, 450))
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setOpenExternalLinks(False)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setContentsMargins(PADDING_X, PADDING_Y, PADDING_X, PADDING_Y)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(self._markup)
        self.setToolTip(f"{clock_time(message.at_ms)} UTC" if message.at_ms else "")
        self.setAccessibleName(f"{'You' if self.own else 'Assistant'}: {message.text}")

    def fit(self, room: int) -> None:
        """Wrap within `SHARE` of ``room`` pixels, no wider than the text needs."""
        if room == self._fitted:
            return
        self._fitted = room
        document = _document(self._markup)
        most = max(80, int(room * SHARE) - 2 * PADDING_X)
        document.setTextWidth(most)
        width = min(most, math.ceil(document.idealWidth()) + 1)
        document.setTextWidth(width)
        self.setFixedSize(width + 2 * PADDING_X, math.ceil(document.size().height()) + 2 * PADDING_Y)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, then the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen if self.own else QPen(color(Token.LINE), 1))
        painter.setBrush(color(Token.ACCENT2 if self.own else Token.BG2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.end()
        super().paintEvent(event)


def _markup(message: ChatMessage, own: bool) -> str:
    ink = value(Token.ON_ACCENT if own else Token.T0)
    text = plain(message.text) if own else html(message.text)
    return f"<style>{_SHEET.format(ink=ink)}</style><div style='color:{ink}'>{text}</div>"


def _document(markup: str) -> QTextDocument:
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(font(12, 450))
    document.setHtml(markup)
    return document
