"""A label of one line that ends in an ellipsis where there is no room for all of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.theme.tokens import Token, color, font


class ElidedLabel(QWidget):
    """Paints one line of ``size_px`` and ``weight`` in the colour of ``token``; the whole text is its name."""

    def __init__(
        self, size_px: int = 12, weight: int = 450, token: Token = Token.T0, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.text = ""
        self._font, self._token = font(size_px, weight), token
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str, token: Token | None = None) -> None:
        """Show ``text``, from now on in the colour of ``token`` if one is given."""
        if (text, token or self._token) != (self.text, self._token):
            self.text, self._token = text, token or self._token
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """All of the text."""
        metrics = QFontMetrics(self._font)
        return QSize(metrics.horizontalAdvance(self.text) + 2, metrics.height() + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much as there is room for."""
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(color(self._token))
        text = painter.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
