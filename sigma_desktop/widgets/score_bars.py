"""The long and the short score of a signal side by side, against the score a side needs."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.theme.tokens import Token, color, font

HEIGHT = 20
LABEL_WIDTH = 74
GAP = 16


class ScoreBars(QWidget):
    """Two bars, 0 to 1, each with its number; a line marks the threshold where there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._long, self._short = 0.0, 0.0
        self._threshold: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_scores(self, long: float, short: float, threshold: float | None, margin: float | None) -> None:
        """Paint these scores."""
        if (long, short, threshold) == (self._long, self._short, self._threshold):
            return
        self._long, self._short, self._threshold = long, short, threshold
        needed = f"; a side needs {threshold:.2f}" if threshold is not None else ""
        lead = f" and a lead of {margin:.2f}" if margin is not None else ""
        told = f"Long score {long:.2f}, short score {short:.2f}{needed}{lead}"
        self.setAccessibleName(told)
        self.setToolTip(told)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room for."""
        return QSize(240, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Long at the left, short at the right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = (self.width() - GAP) // 2
        self._bar(painter, QRect(0, 0, half, HEIGHT), "Long", self._long, Token.UP)
        self._bar(painter, QRect(half + GAP, 0, half, HEIGHT), "Short", self._short, Token.DOWN)
        painter.end()

    def _bar(self, painter: QPainter, rect: QRect, name: str, score: float, token: Token) -> None:
        enough = self._threshold is not None and score >= self._threshold
        painter.setFont(font(12, 600 if enough else 450))
        painter.setPen(color(token if enough else Token.T1))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, f"{name} {score:.2f}")
        track = QRectF(rect.left() + LABEL_WIDTH, rect.center().y() - 2, rect.width() - LABEL_WIDTH, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(Token.LINE2))
        painter.drawRoundedRect(track, 2, 2)
        painter.setBrush(color(token, 255 if enough else 150))
        painter.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * min(1.0, score), 5), 2, 2)
        if self._threshold is not None:
            painter.fillRect(
                QRectF(track.left() + track.width() * self._threshold, track.top() - 4, 2, 13), color(Token.T0)
            )
