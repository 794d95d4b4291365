"""A market to choose: what is kept of it, and whether it is wanted."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from sigma_desktop.models import history
from sigma_desktop.models.history import Moments
from sigma_desktop.theme.tokens import Token, font
from sigma_desktop.widgets.coverage import CoverageBar
from sigma_desktop.widgets.tick import Tick
from sigma_engine import Coverage, short

ROW_HEIGHT = 26


class MarketRow(QWidget):
    """One market: a tick, its name, what is there of it, how much that is."""

    def __init__(self, coverage: Coverage, whole: Moments, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.coverage = coverage
        self.box, self.bar, count = Tick(short(coverage.series.symbol), 500), CoverageBar(), QLabel()
        self.box.setFixedWidth(112)
        self.bar.show_spans(history.spans(coverage, whole))
        gaps = f"{coverage.missing:,} missing" if coverage.missing else "no gaps"
        count.setText(f"{coverage.candles:,} candles, {gaps}")
        count.setFont(font(11))
        count.setProperty("ink", (Token.WARN if coverage.missing else Token.T2).value)
        count.setFixedWidth(172)
        self.box.setAccessibleDescription(count.text())
        self.setToolTip(history.tell(history.HistoryRow(coverage, whole)))
        self.setFixedHeight(ROW_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 6, 0)
        row.setSpacing(10)
        for widget, stretch in ((self.box, 0), (self.bar, 1), (count, 0)):
            row.addWidget(widget, stretch)
