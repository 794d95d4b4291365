"""Lines of figures in several colours, cheap to change at every move of the pointer."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sigma_desktop.panels.chart.text import text_width
from sigma_desktop.theme.tokens import Token, color, font

LINE_PX = 18


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; ``gap_px`` is left free after it."""

    text: str
    token: Token = Token.T1
    weight: int = 500
    gap_px: int = 5


Line = tuple[Run, ...]


class Readout(QWidget):
    """Shows one line, or as much of it as there is room for."""

    def __init__(self, size_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._size_px = size_px
        self._line: Line = ()

    @property
    def line(self) -> Line:
        """What is shown."""
        return self._line

    def show_line(self, line: Line) -> None:
        """Show ``line``."""
        if line != self._line:
            self._line = line
            self.update()

    def has_room_for(self, line: Line) -> bool:
        """Whether all of ``line`` can be shown."""
        return line_width(line, self._size_px) <= self.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        top = (self.height() - LINE_PX) // 2
        paint_lines(QPainter(self), (self._line,), QPointF(0, top), self._size_px, self.width())


def line_width(line: Line, size_px: int) -> int:
    """Logical pixels that ``line`` needs."""
    return round(sum(text_width(run.text, size_px, run.weight) + run.gap_px for run in line))


def paint_lines(painter: QPainter, lines: Sequence[Line], corner: QPointF, size_px: int, width_px: float) -> None:
    """Paint ``lines`` from ``corner`` down; a run that would reach beyond ``width_px`` ends its line."""
    baseline = corner.y() + (LINE_PX + size_px) / 2 - 1.5
    for line in lines:
        _paint_line(painter, line, QPointF(corner.x(), baseline), size_px, corner.x() + width_px)
        baseline += LINE_PX


def _paint_line(painter: QPainter, line: Line, start: QPointF, size_px: int, edge: float) -> None:
    x = start.x()
    for run in line:
        end = x + text_width(run.text, size_px, run.weight)
        if end > edge:
            return
        painter.setFont(font(size_px, run.weight))
        painter.setPen(color(run.token))
        painter.drawText(QPointF(x, start.y()), run.text)
        x = end + run.gap_px
