"""Several equity curves over each other, in percent from their start, each with its number and colour."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.models.curve import Curve, round_levels
from sigma_desktop.theme.format import percent
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.equity_view import LEVEL_GAP_PX, TIME_GAP_PX

LABEL_PX, FOOT_PX, TAG_PX, LEGEND_PX = 52, 18, 16, 20
_DAY_MS = 86_400_000
_MARGIN = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A curve with its name, which begins with its number, and its colour; ``curve`` is in USDT."""

    name: str
    curve: Curve
    token: Token

    @property
    def shares(self) -> Curve:
        """The curve as time since its start and change since then, a fraction."""
        curve = self.curve
        return Curve(curve.at_ms - curve.at_ms[0], curve.equity / curve.equity[0] - 1)


class CurvesView(QWidget):
    """Draws curves from a common start; the legend above says what each came to, its number stands at its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawn: list[Drawn] = []
        self._shares: list[Curve] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_curves(self, drawn: Sequence[Drawn]) -> None:
        """Draw these; one of fewer than two points cannot be drawn."""
        self.drawn = [each for each in drawn if len(each.curve) > 1 and each.curve.equity[0] > 0]
        self._shares = [each.shares for each in self.drawn]
        said = (f"{each.name} {_change(shares)}" for each, shares in zip(self.drawn, self._shares, strict=True))
        self.setAccessibleName("Equity in percent from the start")
        self.setAccessibleDescription(", ".join(said))
        self.update()

    def sizeHint(self) -> QSize:
        """Room to tell curves apart."""
        return QSize(600, 240)

    def minimumSizeHint(self) -> QSize:
        """Never nothing."""
        return QSize(240, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Legend, grid, lines, numbers."""
        if not self.drawn:
            return
        painter = QPainter(self)
        top = self._paint_legend(painter)
        area = QRectF(0, top + 6, self.width() - LABEL_PX, max(20, self.height() - top - FOOT_PX - 8))
        low, high = self._reach()
        longest = max(int(shares.at_ms[-1]) for shares in self._shares) or 1
        self._paint_levels(painter, area, low, high)
        self._paint_days(painter, area, longest)
        for each, shares in zip(self.drawn, self._shares, strict=True):
            _paint_curve(painter, area, each, shares.thinned(int(area.width())), (low, high), longest)
        painter.end()

    def _reach(self) -> tuple[float, float]:
        low = min(0.0, *(float(shares.equity.min()) for shares in self._shares))
        high = max(0.0, *(float(shares.equity.max()) for shares in self._shares))
        margin = (high - low) * _MARGIN or 0.01
        return low - margin, high + margin

    def _paint_legend(self, painter: QPainter) -> int:
        painter.setFont(font(12, 550))
        metrics = painter.fontMetrics()
        x, y = 0, 0
        for each, shares in zip(self.drawn, self._shares, strict=True):
            text = f"{each.name}  {_change(shares)}"
            width = metrics.horizontalAdvance(text) + 36
            if x and x + width > self.width():
                x, y = 0, y + LEGEND_PX
            painter.fillRect(QRect(x, y + LEGEND_PX // 2 - 1, 14, 3), color(each.token))
            painter.setPen(color(Token.T0))
            painter.drawText(QRect(x + 20, y, width, LEGEND_PX), Qt.AlignmentFlag.AlignVCenter, text)
            x += width
        return y + LEGEND_PX

    def _paint_levels(self, painter: QPainter, area: QRectF, low: float, high: float) -> None:
        painter.setFont(font(11, 450))
        levels = round_levels(low * 100, high * 100, max(1, int(area.height() / LEVEL_GAP_PX)))
        decimals = 0 if len(levels) < 2 or levels[1] - levels[0] >= 1 else 1
        for level in levels:
            y = round(area.bottom() - (level / 100 - low) / (high - low) * area.height())
            painter.fillRect(QRect(0, y, int(area.width()), 1), color(Token.LINE2 if not level else Token.GRID))
            painter.setPen(color(Token.T2))
            place = QRect(int(area.right()) + 4, y - 8, LABEL_PX - 6, 16)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, right, percent(level / 100, decimals, signed=True))

    def _paint_days(self, painter: QPainter, area: QRectF, longest_ms: int) -> None:
        days = longest_ms / _DAY_MS
        painter.setFont(font(11, 450))
        painter.setPen(color(Token.T2))
        for day in round_levels(0.0, days, max(1, int(area.width() / TIME_GAP_PX))):
            x = round(area.left() + day / days * area.width())
            place = QRect(x - 40 if day else x, self.height() - FOOT_PX, 80, FOOT_PX)
            side = Qt.AlignmentFlag.AlignHCenter if day else Qt.AlignmentFlag.AlignLeft
            painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, f"day {day:g}" if day else "start")


def _paint_curve(
    painter: QPainter, area: QRectF, each: Drawn, shares: Curve, reach: tuple[float, float], longest_ms: int
) -> None:
    low, high = reach
    x = area.left() + shares.at_ms / longest_ms * (area.width() - TAG_PX - 4)
    y = area.bottom() - (shares.equity - low) / (high - low) * area.height()
    line = QPolygonF([QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color(each.token), 1.4))
    painter.drawPolyline(line)
    tag = QRectF(float(x[-1]) + 4, float(y[-1]) - TAG_PX / 2, TAG_PX, TAG_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(each.token))
    painter.drawRoundedRect(tag, 4, 4)
    painter.setPen(color(Token.BG1))
    painter.setFont(font(11, 650))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, each.name.split(" ", 1)[0])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _change(shares: Curve) -> str:
    return percent(float(shares.equity[-1]), 2, signed=True)
