"""The quiet word that stands where nothing has happened yet."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter

from sigma_desktop.theme.tokens import Token, color, font


def paint_quiet_word(painter: QPainter, rect: QRect, title: str, hint: str) -> None:
    """``title`` and ``hint`` below it in the middle of ``rect``: what will appear here; no hint that would be cut."""
    room = rect.adjusted(24, 0, -24, 0)
    middle = rect.center().y()
    painter.setPen(color(Token.T1))
    painter.setFont(font(12, 500))
    above = QRect(QPoint(room.left(), rect.top()), QPoint(room.right(), middle - 2))
    painter.drawText(above, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, title)
    painter.setPen(color(Token.T2))
    painter.setFont(font(11, 400))
    below = QRect(QPoint(room.left(), middle + 3), room.bottomRight())
    lines = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    if painter.boundingRect(below, lines, hint).height() <= below.height():
        painter.drawText(below, lines, hint)
