"""The first page: the verdict in words, the figures traders look at, the curve with its falls, the chances."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from sigma_desktop.models import verdict
from sigma_desktop.models.curve import curve_of
from sigma_desktop.theme.tokens import Token, font, value
from sigma_desktop.widgets.equity_view import EquityView
from sigma_desktop.widgets.fall_view import FallView
from sigma_desktop.widgets.figure_grid import FigureGrid
from sigma_engine import BacktestResult

WIDE_PX = 760
"""From this width on the curve stands beside the figures."""
CURVE_PX = 132
_TITLE_TIP = "<p>The trades are drawn anew in blocks some thousand times: what else could have come of them.</p>"


class Overview(QScrollArea):
    """Shows a result; scrolls where there is little room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.figures, self.chances = FigureGrid(), FigureGrid(118)
        self.equity, self.falls = EquityView(), FallView()
        self._curves, self._resampled, self._grid = QWidget(), QWidget(), QGridLayout()
        self._wide: bool | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Result")
        self.setWidget(self._page())

    def show_result(self, result: BacktestResult) -> None:
        """Show ``result``."""
        self.words.setText(result.verdict.text)
        self.figures.show_figures(verdict.first_page(result.metrics))
        self.chances.show_figures(verdict.chances(result.verdict))
        curve = curve_of(result.curve or result.equity)
        self.equity.say_when_empty("No curve", "The run decided on too few candles to draw one.")
        self.equity.show_curve(curve)
        self.falls.show_curve(curve)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room."""
        super().resizeEvent(event)
        self._arrange(self.width() >= WIDE_PX)

    def _page(self) -> QWidget:
        page, column = QWidget(), QVBoxLayout()
        self.words.setWordWrap(True)
        self.words.setFont(font(13, 400))
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.equity.setMinimumHeight(CURVE_PX)
        for place, widgets in ((self._curves, (self.equity, self.falls)), (self._resampled, self._chances())):
            inner = QVBoxLayout(place)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(2)
            for widget in widgets:
                inner.addWidget(widget)
        column.setContentsMargins(10, 4, 10, 8)
        column.addLayout(self._grid)
        column.addStretch(1)
        page.setLayout(column)
        self._arrange(wide=False)
        return page

    def _chances(self) -> tuple[QWidget, ...]:
        return section("What resampling its trades gives", _TITLE_TIP), self.chances

    def _arrange(self, wide: bool) -> None:
        """Words, curve, figures, chances below each other; where it is wide the pictures beside the words."""
        if wide is self._wide:
            return
        self._wide = wide
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, int(wide))
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(self.words, 0, 0, top)
        if wide:
            self._grid.addWidget(self._curves, 0, 1, 2, 1)
            self._grid.addWidget(self.figures, 1, 0, 2, 1, top)
            self._grid.addWidget(self._resampled, 2, 1, top)
            return
        for row, part in enumerate((self._curves, self.figures, self._resampled), 1):
            self._grid.addWidget(part, row, 0)


def section(text: str, tip: str = "") -> QLabel:
    """A heading between parts of a page."""
    label = QLabel(text)
    label.setFont(font(11, 600))
    label.setToolTip(tip)
    label.setStyleSheet(f"color: {value(Token.T1)}")
    return label
