"""Said against happened: a dot a group of forecasts, its 95 % interval, and the line on which honesty lies."""

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sigma_desktop.models.calibration import bin_words, is_on_line, on_line_words, span_of
from sigma_desktop.theme.format import percent
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.quiet import paint_quiet_word
from sigma_engine import ReliabilityBin

TITLE_PX, LEFT_PX, RIGHT_PX = 20, 36, 14
BELOW_PX, BELOW_WHEN_LOW_PX, LOW_PX = 30, 16, 150
STEEPEST = 1.2
"""Plots higher than so many times their width are cut: the diagonal should look like one."""
COUNTS_PX = 22
"""How high the bars of the counts reach at the foot of the plot."""
SMALLEST_DOT, LARGEST_DOT = 3.0, 6.5
REACH_PX = 14
LABEL_GAP_PX = 26


class ReliabilityDiagram(QWidget):
    """Draws `ReliabilityBin`s; both axes have one scale, so the diagonal is where said and happened agree."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bins: tuple[ReliabilityBin, ...] = ()
        self._low, self._high = 0.0, 1.0
        self._hover: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_bins(self, bins: tuple[ReliabilityBin, ...]) -> None:
        """Draw ``bins``."""
        if bins == self.bins:
            return
        self.bins = bins
        self._low, self._high = span_of(bins)
        self._hover = None
        self.setAccessibleName(f"Said against happened: {on_line_words(bins)}")
        self.setAccessibleDescription(" ".join(map(bin_words, bins)))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a readable diagram."""
        return QSize(240, 200)

    def minimumSizeHint(self) -> QSize:
        """It may become small, never nothing."""
        return QSize(130, 96)

    def plot(self) -> QRectF:
        """Where the dots are."""
        width = max(1, self.width() - LEFT_PX - RIGHT_PX)
        below = BELOW_WHEN_LOW_PX if self.height() < LOW_PX else BELOW_PX
        return QRectF(LEFT_PX, TITLE_PX, width, max(1, min(self.height() - TITLE_PX - below, STEEPEST * width)))

    def place(self, each: ReliabilityBin) -> QPointF:
        """Where the dot of ``each`` lies."""
        return QPointF(self._x(each.said), self._y(each.happened))

    def event(self, event: QEvent) -> bool:
        """A group tells itself on hover."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._nearest(event.pos())
            told = bin_words(self.bins[at]) if at is not None else _EXPLANATION
            QToolTip.showText(event.globalPos(), f"<p>{told}</p>", self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the group under the mouse."""
        self._look_at(self._nearest(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark none."""
        super().leaveEvent(event)
        self._look_at(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title, grid, counts, diagonal, intervals, dots."""
        painter = QPainter(self)
        if not self.bins:
            paint_quiet_word(painter, self.rect(), "Said against happened", "drawn once forecasts have come due.")
        else:
            self._paint_title(painter)
            self._paint_grid(painter)
            self._paint_counts(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_diagonal(painter)
            for at, each in enumerate(self.bins):
                self._paint_bin(painter, each, at == self._hover)
        painter.end()

    def _x(self, share: float) -> float:
        plot = self.plot()
        return plot.left() + (share - self._low) / (self._high - self._low) * plot.width()

    def _y(self, share: float) -> float:
        plot = self.plot()
        return plot.bottom() - (share - self._low) / (self._high - self._low) * plot.height()

    def _paint_title(self, painter: QPainter) -> None:
        title = QRect(0, 0, self.width() - RIGHT_PX, TITLE_PX - 4)
        painter.setFont(font(11, 600))
        painter.setPen(color(Token.T1))
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, "Said against happened")
        used = painter.fontMetrics().horizontalAdvance("Said against happened") + 12
        painter.setFont(font(11, 450))
        painter.setPen(color(Token.T2))
        words = on_line_words(self.bins)
        if painter.fontMetrics().horizontalAdvance(words) <= title.width() - used:
            painter.drawText(title, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, words)

    def _paint_grid(self, painter: QPainter) -> None:
        plot = self.plot()
        painter.setFont(font(10, 450))
        for share, shown in self._levels(plot.height()):
            y = round(self._y(share))
            painter.fillRect(QRect(int(plot.left()), y, int(plot.width()), 1), color(Token.GRID))
            if shown:
                painter.setPen(color(Token.T2))
                right = QRect(0, y - 8, LEFT_PX - 6, 16)
                painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(share, 0))
        for share, shown in self._levels(plot.width()):
            x = round(self._x(share))
            painter.fillRect(QRect(x, int(plot.top()), 1, int(plot.height())), color(Token.GRID))
            if shown and share > self._low:  # the corner has its label already
                painter.setPen(color(Token.T2))
                painter.drawText(
                    QRect(x - 20, int(plot.bottom()) + 2, 40, 13), Qt.AlignmentFlag.AlignCenter, percent(share, 0)
                )
        if self.height() >= LOW_PX:
            painter.setPen(color(Token.T2))
            foot = QRect(int(plot.left()), int(plot.bottom()) + 15, int(plot.width()), 14)
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, "said")

    def _levels(self, length: float) -> list[tuple[float, bool]]:
        """The tenths of the axis, and whether each has room for its label."""
        first, last = round(self._low * 10), round(self._high * 10)
        every = max(1, math.ceil((last - first) * LABEL_GAP_PX / max(1.0, length)))
        return [(tenth / 10, (tenth - first) % every == 0) for tenth in range(first, last + 1)]

    def _paint_counts(self, painter: QPainter) -> None:
        """How many forecasts stand behind each group, as bars at the foot."""
        most, foot = max(each.n for each in self.bins), self.plot().bottom()
        for each in self.bins:
            left, right = (self._x(min(max(end, self._low), self._high)) for end in (each.low, each.high))
            height = max(1.0, COUNTS_PX * each.n / max(1, most))
            width = max(2.0, right - left - 1)
            painter.fillRect(QRectF(round(left), round(foot - height), round(width), round(height)), color(Token.LINE2))

    def _paint_diagonal(self, painter: QPainter) -> None:
        painter.setPen(QPen(color(Token.T2), 1, Qt.PenStyle.DashLine))
        ends = (QPointF(self._x(share), self._y(share)) for share in (self._low, self._high))
        painter.drawLine(*ends)

    def _paint_bin(self, painter: QPainter, each: ReliabilityBin, lit: bool) -> None:
        """The interval as a whisker; a dot where it agrees, a square on its tip where it does not."""
        agrees = is_on_line(each)
        ink = color(Token.ACCENT if agrees else Token.WARN)
        middle = self.place(each)
        x, top, bottom = round(middle.x()) + 0.5, self._y(each.interval_high), self._y(each.interval_low)
        painter.setPen(QPen(ink, 1.5))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        for end in (top, bottom):
            painter.drawLine(QPointF(x - 3, end), QPointF(x + 3, end))
        painter.setPen(QPen(color(Token.T0 if lit else Token.BG1), 1.5))
        painter.setBrush(ink)
        size = self._dot(each) + (1.5 if lit else 0)
        if agrees:
            painter.drawEllipse(QPointF(x, middle.y()), size, size)
        else:
            tips = [QPointF(0, -size), QPointF(size, 0), QPointF(0, size), QPointF(-size, 0)]
            painter.drawPolygon(QPolygonF([QPointF(x, middle.y()) + tip * 1.2 for tip in tips]))

    def _dot(self, each: ReliabilityBin) -> float:
        """The dot's field grows with the count."""
        most = max(other.n for other in self.bins)
        return max(SMALLEST_DOT, LARGEST_DOT * math.sqrt(each.n / max(1, most)))

    def _nearest(self, at: QPoint) -> int | None:
        plot = self.plot()
        if not self.bins or not plot.adjusted(-4, -4, 4, 4).contains(QPointF(at)):
            return None
        gaps = [abs(self._x(each.said) - at.x()) for each in self.bins]
        nearest = min(range(len(gaps)), key=gaps.__getitem__)
        return nearest if gaps[nearest] <= REACH_PX else None

    def _look_at(self, at: int | None) -> None:
        if at != self._hover:
            self._hover = at
            self.update()


_EXPLANATION = (
    "Forecasts that said about the same stand together. On the dashed line what was said is what happened; the "
    "whiskers are 95% intervals, the bars at the foot the number of forecasts. A diamond does not reach the line."
)
