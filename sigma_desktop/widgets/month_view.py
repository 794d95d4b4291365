"""Returns by month and year: the figure with its sign, on a field the stronger the larger it is."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sigma_desktop.models.parts import MONTHS, Year, years
from sigma_desktop.theme.format import percent
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.quiet import paint_quiet_word

ROW_PX, TITLE_PX, YEAR_PX = 30, 20, 40
NARROW_CELL_PX = 44
"""Where a cell would be narrower, a year takes three rows of four months."""
_FULL_PCT = 8.0
"""A return of so much has the full tint."""
_LEAST, _MOST = 20, 150
CENTRE = Qt.AlignmentFlag.AlignCenter


class MonthView(QWidget):
    """Twelve months a row and the year's own return at the end; where it is narrow, four months a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._years: list[Year] = []
        self.setToolTip("<p>Returns in percent of equity at the month's begin; an empty field was not traded.</p>")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_months(self, months: Sequence[tuple[int, int, float]]) -> None:
        """Show these returns, ``(year, month, percent)``."""
        self._years = years(months)
        self.setAccessibleName("Returns by month")
        said = [f"{MONTHS[month - 1]} {year} {percent(value / 100, 1, signed=True)}" for year, month, value in months]
        self.setAccessibleDescription(", ".join(said))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """A narrow year is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Every year in full."""
        rows = 12 // self._a_row(width)
        return max(80, len(self._years) * rows * (ROW_PX + TITLE_PX) + 12)

    def sizeHint(self) -> QSize:
        """As high as its years need."""
        return QSize(320, self.heightForWidth(self.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Every year, the earliest first."""
        painter = QPainter(self)
        if not self._years:
            paint_quiet_word(painter, self.rect(), "No month to show", "The run decided on no candle.")
        top = 4
        for year in self._years:
            top = self._paint_year(painter, year, top)
        painter.end()

    @staticmethod
    def _a_row(width: int) -> int:
        return 12 if (width - YEAR_PX) // 13 >= NARROW_CELL_PX else 4

    def _paint_year(self, painter: QPainter, year: Year, top: int) -> int:
        a_row = self._a_row(self.width())
        cell = (self.width() - YEAR_PX - 4) // (a_row + 1)
        for first in range(0, 12, a_row):
            for column in range(a_row):
                place = QRect(YEAR_PX + column * cell, top, cell, TITLE_PX)
                self._paint_word(painter, place, MONTHS[first + column], Token.T2)
                self._paint_cell(painter, place.translated(0, TITLE_PX), year.months[first + column])
            if first == 0:
                self._paint_whole(painter, year, QRect(YEAR_PX + a_row * cell, top, cell, TITLE_PX))
            top += TITLE_PX + ROW_PX
        return top

    def _paint_whole(self, painter: QPainter, year: Year, place: QRect) -> None:
        self._paint_word(painter, place, "Year", Token.T2)
        self._paint_cell(painter, place.translated(0, TITLE_PX), year.whole, 650)
        left = QRect(0, place.top() + TITLE_PX, YEAR_PX, ROW_PX - 2)
        self._paint_word(painter, left, str(year.year), Token.T1, 600)

    @staticmethod
    def _paint_word(painter: QPainter, place: QRect, word: str, token: Token, weight: int = 450) -> None:
        painter.setFont(font(11, weight))
        painter.setPen(color(token))
        painter.drawText(place, CENTRE, word)

    @staticmethod
    def _paint_cell(painter: QPainter, place: QRect, value: float | None, weight: int = 500) -> None:
        field = QRectF(place.left() + 1, place.top(), place.width() - 2, ROW_PX - 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_tint(value))
        painter.drawRect(field)
        if value is not None:
            painter.setFont(font(11, weight))
            painter.setPen(color(Token.T0))
            painter.drawText(field, CENTRE, percent(value / 100, 1, signed=True).removesuffix("%"))


def _tint(value: float | None) -> QColor:
    if not value:
        return color(Token.BG2)
    alpha = min(_MOST, _LEAST + round(abs(value) / _FULL_PCT * (_MOST - _LEAST)))
    return color(Token.UP if value > 0 else Token.DOWN, alpha)
