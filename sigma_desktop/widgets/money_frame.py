"""The ground of the window, with a border around everything where it matters whose money is traded."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sigma_desktop.theme.tokens import Token, color

BORDER_PX = 3
_DASHES = [4.0, 3.0]


class MoneyFrame(QWidget):
    """Stacks what is added to ``column``; a solid border is real money, a dashed one play money at an exchange."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("root")
        self.border: Token | None = None
        self._solid = False
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)

    def show_border(self, token: Token | None, solid: bool) -> None:
        """Draw a border in the colour of ``token``, or none."""
        if (token, solid) == (self.border, self._solid):
            return
        self.border, self._solid = token, solid
        room = BORDER_PX if token else 0
        self.column.setContentsMargins(room, room, room, room)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground, then the border."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(Token.BG0))
        if self.border is None:
            return
        pen = QPen(color(self.border), BORDER_PX)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if not self._solid:
            pen.setDashPattern(_DASHES)
        painter.setPen(pen)
        half = BORDER_PX / 2
        painter.drawRect(QRectF(self.rect()).adjusted(half, half, -half, -half))
