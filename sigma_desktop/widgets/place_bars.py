"""Where the outcomes fell within their forecasts: ten bars that are level where the bands have the right shape."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.theme.format import percent
from sigma_desktop.theme.tokens import Token, color, font

TITLE_PX, FOOT_PX = 20, 14
HEADROOM = 1.15


class PlaceBars(QWidget):
    """The probability integral transform as a small histogram; the dashed line is an equal share each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[float, ...] = ()
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_shares(self, shares: tuple[float, ...], words: str) -> None:
        """Draw ``shares`` (they add up to 1), from the lowest tenth of the forecasts to the highest."""
        if (shares, words) == (self._shares, self._words):
            return
        self._shares, self._words = shares, words
        told = ", ".join(percent(share) for share in shares)
        self.setAccessibleName(f"Places of the outcomes: {words}")
        self.setToolTip(
            "<p>How many outcomes fell into each tenth of their forecast, lowest to highest: "
            f"{told or 'none yet'}. Level is right; heavy ends mean bands too narrow, a hump bands too wide.</p>"
        )
        self.update()

    def sizeHint(self) -> QSize:
        """A small picture."""
        return QSize(180, 96)

    def minimumSizeHint(self) -> QSize:
        """It may become small, never nothing."""
        return QSize(110, 70)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title with words, bars, the level line, the two ends."""
        painter = QPainter(self)
        self._paint_title(painter)
        plot = QRectF(0, TITLE_PX, self.width(), max(1, self.height() - TITLE_PX - FOOT_PX))
        if self._shares:
            self._paint_bars(painter, plot)
        painter.fillRect(QRectF(0, round(plot.bottom()), self.width(), 1), color(Token.LINE2))
        painter.setFont(font(10, 450))
        painter.setPen(color(Token.T2))
        foot = QRect(0, int(plot.bottom()) + 1, self.width(), FOOT_PX)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, "lowest tenth")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, "highest")
        painter.end()

    def _paint_title(self, painter: QPainter) -> None:
        painter.setFont(font(11, 600))
        painter.setPen(color(Token.T1))
        title, line = "Band shape", QRect(0, 0, self.width(), TITLE_PX - 4)
        used = painter.fontMetrics().horizontalAdvance(title) + 10
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, title)
        painter.setFont(font(11, 450))
        painter.setPen(color(Token.T2))
        if used + painter.fontMetrics().horizontalAdvance(self._words) <= self.width():
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, self._words)

    def _paint_bars(self, painter: QPainter, plot: QRectF) -> None:
        level = 1 / len(self._shares)
        most = max(*self._shares, level) * HEADROOM
        for at, share in enumerate(self._shares):
            left, right = (round(plot.width() * edge * level) for edge in (at, at + 1))
            height = round(plot.height() * share / most)
            painter.fillRect(QRectF(left, plot.bottom() - height, right - left - 2, height), color(Token.ACCENT, 170))
        y = round(plot.bottom() - plot.height() * level / most) + 0.5
        painter.setPen(QPen(color(Token.T0), 1, Qt.PenStyle.DashLine))
        painter.drawLine(0, int(y), self.width(), int(y))
