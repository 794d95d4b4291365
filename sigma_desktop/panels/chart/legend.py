"""What stands in the upper left corner of the plot area: the overlays with their values."""

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QPainter

from sigma_desktop.panels.chart.readout import LINE_PX, Line, line_width, paint_lines
from sigma_desktop.theme.tokens import Token, color

_LEFT_PX, _TOP_PX, _CLEARANCE_PX = 14, 6, 16
_SIZE_PX = 11
_VEIL_ALPHA = 180


class Legend:
    """``lines`` of figures, painted by the canvas itself."""

    def __init__(self) -> None:
        self.lines: tuple[Line, ...] = ()

    @property
    def box(self) -> QRect:
        """Where the lines are, in pixels of the canvas."""
        widest = max((line_width(line, _SIZE_PX) for line in self.lines), default=0)
        return QRect(_LEFT_PX, _TOP_PX, widest, LINE_PX * len(self.lines))

    @property
    def head_px(self) -> int:
        """How much room the lines need above the candles."""
        return self.box.bottom() + _CLEARANCE_PX

    def paint(self, painter: QPainter, width_px: int) -> None:
        """Paint the lines into a plot area ``width_px`` wide, on a veil that dims the curves behind them."""
        painter.fillRect(self.box.adjusted(-4, 0, 4, 0), color(Token.BG1, _VEIL_ALPHA))
        paint_lines(painter, self.lines, QPointF(_LEFT_PX, _TOP_PX), _SIZE_PX, width_px - 2 * _LEFT_PX)
