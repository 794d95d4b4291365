"""One report: its verdict in words first, then the scores that are always shown, the diagram, the bands, the shape."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from sigma_desktop.models import calibration
from sigma_desktop.theme.tokens import Token, font, value
from sigma_desktop.widgets.band_bars import BandBars
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.figure_label import FigureLabel
from sigma_desktop.widgets.place_bars import PlaceBars
from sigma_desktop.widgets.reliability_diagram import ReliabilityDiagram
from sigma_desktop.widgets.why_view import PillLabel
from sigma_desktop.widgets.wrapping import fit_height
from sigma_engine import CalibrationReport, short

NARROW_PX = 330
"""Below this width, and where verdict, scores and pictures do not fit below each other, one page is seen at a time."""
TALL_PX = 330
"""From this height on the shape of the outcomes is shown too, and the verdict stands larger."""
LINES = 4
"""More of a verdict than this is read in its tooltip."""
MARGIN_PX = 10
PAGES = ("Verdict", "Diagram", "Bands")
_CHOOSE = "Choose another market, horizon or model"
_ALWAYS = 4
"""The first figures are shown at every size."""
_FIGURE_PX = 84
_NAMED_PX = 400
"""Narrower than this the name of the market stands without horizon and model."""


class CalibrationView(QWidget):
    """Shows a `CalibrationReport`, everything at once where there is room and else the page asked for."""

    picked = Signal(object)
    """Another report was chosen from the menu of its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report: CalibrationReport | None = None
        self.page = 0
        self.pill = PillLabel()
        self.market, self.count, self.verdict = ToolButton("chevron-down", _CHOOSE), QLabel(), QLabel()
        self.figures = [FigureLabel(14) for _ in range(6)]
        self.diagram, self.bands, self.places = ReliabilityDiagram(), BandBars(), PlaceBars()
        self._scores, self._pictures = QWidget(), QWidget()
        self._column = QVBoxLayout(self)
        self._dress()
        self._lay_out()
        self._arrange()

    @property
    def is_paged(self) -> bool:
        """Whether only one page can be seen."""
        return self.height() < self._least_px() or self.width() < NARROW_PX

    def show_report(self, report: CalibrationReport) -> None:
        """Show ``report``."""
        if report == self.report:
            return
        self.report = report
        self.pill.show_cell(calibration.chip(report.trust))
        self.count.setText(f"N {report.n:,}")
        self.count.setToolTip(calibration.period(report))
        self.verdict.setText(report.verdict)
        self.verdict.setToolTip(f"<p>{report.verdict}</p>")
        for label, figure in zip(self.figures, calibration.figures(report), strict=True):
            label.show_figure(figure)
        self.diagram.show_bins(report.bins)
        self.bands.show_bands(report.bands)
        self.places.show_shares(report.pit, calibration.place_words(report))
        self._arrange()

    def offer(self, reports: list[CalibrationReport]) -> None:
        """Let ``reports`` be chosen from; one alone needs no choosing."""
        menu = self.market.menu()
        assert isinstance(menu, QMenu)
        menu.clear()
        for report in reports:
            menu.addAction(self._choice(report))
        self.market.setIconSize(QSize(14, 14) if len(reports) > 1 else QSize(0, 0))
        self.market.setEnabled(len(reports) > 1)

    def turn_to(self, page: int) -> None:
        """Show this page, where only one can be seen."""
        self.page = page
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def _choice(self, report: CalibrationReport) -> QAction:
        text = f"{short(report.symbol)}, {calibration.kind_of(report)}: {report.trust.value}"
        action = QAction(text, self)
        action.triggered.connect(lambda _checked=False: self.picked.emit(report))
        return action

    def _least_px(self) -> int:
        """The height at which everything is seen at once without cutting a word of the verdict."""
        margins, top = self._column.contentsMargins(), self.market.sizeHint().height()
        pictures = max(self.diagram.minimumSizeHint().height(), self.bands.minimumSizeHint().height())
        parts = (
            margins.top(),
            top,
            self.verdict.height(),
            self._scores.sizeHint().height(),
            pictures,
            margins.bottom(),
        )
        return sum(parts) + 3 * self._column.spacing()

    def _arrange(self) -> None:
        tall = self.height() >= TALL_PX
        self.verdict.setFont(font(14 if tall else 12, 500))
        most = LINES * self.verdict.fontMetrics().lineSpacing()
        fit_height(self.verdict, self.width() - 2 * MARGIN_PX, most)
        paged = self.is_paged
        self.verdict.setVisible(not paged or self.page == 0)
        self._scores.setVisible(not paged or self.page == 0)
        self._pictures.setVisible(not paged or self.page > 0)
        self.diagram.setVisible(not paged or self.page == 1)
        self.bands.setVisible(not paged or self.page == 2)
        self.places.setVisible(tall and not paged)
        self.count.setVisible(paged and self.page > 0)
        if (report := self.report) is not None:
            kind = f", {calibration.kind_of(report)}" if self.width() >= _NAMED_PX else ""
            self.market.setText(f"{short(report.symbol)}{kind}")
        for at, label in enumerate(self.figures):
            label.setVisible(at < _ALWAYS or self.width() >= _FIGURE_PX * len(self.figures))

    def _dress(self) -> None:
        self.market.setFont(font(12, 600))
        self.market.setMenu(QMenu(self))
        self.market.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.market.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.market.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.market.setStyleSheet(f"QToolButton {{ color: {value(Token.T0)}; padding: 2px 4px; }}")
        self.count.setFont(font(12, 600))
        self.count.setStyleSheet(f"color: {value(Token.T1)}")
        self.verdict.setWordWrap(True)
        self.verdict.setStyleSheet(f"color: {value(Token.T0)}")

    def _lay_out(self) -> None:
        top, scores, pictures, side = QHBoxLayout(), QHBoxLayout(), QHBoxLayout(), QVBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.pill)
        top.addWidget(self.market)
        top.addStretch(1)
        top.addWidget(self.count)
        scores.setContentsMargins(0, 0, 0, 0)
        for label in self.figures:
            scores.addWidget(label, 1)
        self._scores.setLayout(scores)
        side.setSpacing(10)
        side.addWidget(self.bands, 3)
        side.addWidget(self.places, 2)
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.setSpacing(14)
        pictures.addWidget(self.diagram, 1)
        pictures.addLayout(side, 1)
        self._pictures.setLayout(pictures)
        self._column.setContentsMargins(MARGIN_PX, 2, MARGIN_PX, 4)
        self._column.setSpacing(5)
        self._column.addLayout(top)
        for widget in (self.verdict, self._scores):
            self._column.addWidget(widget)
        self._column.addWidget(self._pictures, 1)
        self._column.addStretch(0)
