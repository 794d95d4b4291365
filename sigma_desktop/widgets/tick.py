"""A check box that is seen on dark ground, ticked or not."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from sigma_desktop.theme.icons import icon
from sigma_desktop.theme.tokens import Token, color, font

_BOX, _GAP = 16, 8


class Tick(QCheckBox):
    """A box with a tick or without, and its words."""

    def __init__(self, text: str = "", weight: int = 400, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(font(12, weight))
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Box and words."""
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(_BOX + (_GAP + words if words else 0) + 4, 24)

    def minimumSizeHint(self) -> QSize:
        """The same: neither is cut."""
        return self.sizeHint()

    def hitButton(self, at: QPoint) -> bool:
        """Anywhere."""
        return self.rect().contains(at)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The box, its tick, the words; a bright frame with the keyboard's focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(1, (self.height() - _BOX) // 2, _BOX, _BOX)
        is_on = self.isChecked()
        frame = Token.ACCENT if self.hasFocus() else Token.ACCENT2 if is_on else Token.T2
        painter.setPen(QPen(color(frame if self.isEnabled() else Token.LINE2), 1.5 if self.hasFocus() else 1))
        painter.setBrush(color(Token.ACCENT2 if is_on and self.isEnabled() else Token.BG2))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if is_on:
            icon("check-bold", Token.ON_ACCENT).paint(painter, box.adjusted(2, 2, -2, -2))
        painter.setFont(self.font())
        painter.setPen(color(Token.T0 if self.isEnabled() else Token.T2))
        painter.drawText(self.rect().adjusted(_BOX + _GAP, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
