"""What SIGMA's forecasts said and what happened, a market at a time, with a verdict in words."""

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QSplitter, QVBoxLayout, QWidget

from sigma_desktop.bridge.state import Kind
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.models import calibration
from sigma_desktop.models.rows import RowModel
from sigma_desktop.panels.panel import Panel
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.calibration_view import PAGES, CalibrationView
from sigma_desktop.widgets.quiet import paint_quiet_word
from sigma_desktop.widgets.table import QWIDGETSIZE_MAX, TALL_ROW_HEIGHT, Table
from sigma_engine import CalibrationReport

WIDE_PX, TALL_PX = 900, 620
"""From these sizes on the list of markets stands beside or above the report."""
LIST_PX = 400
_TIPS = (
    "The verdict and the scores",
    "Said against happened",
    "What the bands promised and kept",
)


class CalibrationPanel(Panel):
    """The newest report of each symbol, horizon and model; the chart's market is shown until another is chosen."""

    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.CALIBRATION, Topic.SYMBOL})

    def __init__(self, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(terminal, parent)
        self._kind: Kind | None = None
        self.model = RowModel(calibration.COLUMNS, calibration.key, calibration.tell)
        self.table = Table(self.model, "Calibration", TALL_ROW_HEIGHT)
        self.view = CalibrationView()
        self.pages = _page_buttons(self)
        self.split = QSplitter()
        self._lay_out()
        self._listen()

    def refresh(self, changed: frozenset[Topic]) -> None:
        """Show the newest reports."""
        reports = self._reports()
        if {report.symbol for report in reports} and (Topic.SYMBOL in changed or self._kind is None):
            self._kind = self._of_selected(reports)
        self.model.show(reports)
        self.view.offer(reports)
        self.count = len(reports) if self.terminal.loaded else None
        self._show()

    def title_widgets(self) -> list[QWidget]:
        """The pages, where there is room for one only."""
        return list(self.pages.buttons())

    def show_kind(self, report: CalibrationReport) -> None:
        """Show the report of this symbol, horizon and model from now on."""
        self._kind = calibration.key(report)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list gives way first, then everything but one page."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The quiet word while no forecast has come due."""
        super().paintEvent(event)
        if self.split.isHidden():
            painter = QPainter(self)
            paint_quiet_word(painter, self.rect(), *self._quiet_word())
            painter.end()

    def _reports(self) -> list[CalibrationReport]:
        """In the order of the session's symbols, then by horizon and model."""
        state = self.terminal.state
        order = {symbol: at for at, symbol in enumerate(state.symbols)}
        return sorted(
            state.calibration.values(),
            key=lambda each: (order.get(each.symbol, len(order)), each.symbol, each.horizon_bars, each.model),
        )

    def _of_selected(self, reports: list[CalibrationReport]) -> Kind:
        """The first report of the chart's market; where it has none, the one shown so far or the very first."""
        selected = [report for report in reports if report.symbol == self.terminal.state.selected]
        return calibration.key(selected[0]) if selected else self._kind or calibration.key(reports[0])

    def _show(self) -> None:
        reports = self.terminal.state.calibration
        report = reports.get(self._kind) if self._kind is not None else None
        if report is None and reports:
            report = self._reports()[0]
        self.split.setVisible(report is not None)
        if report is None:
            self._kind = None
            self.setAccessibleDescription(". ".join(self._quiet_word()))
        else:
            self._kind = calibration.key(report)
            self.table.choose(self._kind)
            self.view.show_report(report)
            self.setAccessibleDescription(report.verdict)
        self._arrange()
        self.update()

    def _arrange(self) -> None:
        wide, tall = self.width() >= WIDE_PX, self.height() >= TALL_PX
        self.split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        several = self.model.rowCount() > 1
        self.table.setVisible(several and (wide or tall))
        above = tall and not wide
        rows = min(self.table.full_height(), self.height() // 3)
        self.table.setMinimumSize(LIST_PX if wide else 0, rows if above else 0)
        self.table.setMaximumSize(LIST_PX if wide else QWIDGETSIZE_MAX, rows if above else QWIDGETSIZE_MAX)
        if above:
            self.split.setSizes([rows, self.height() - rows])
        paged = self.split.isVisibleTo(self) and self.view.is_paged
        for button in self.pages.buttons():
            if not button.isWindow():  # once a title bar has taken it in
                button.setVisible(paged)

    def _listen(self) -> None:
        self.table.chosen.connect(self.show_kind)
        self.table.opened.connect(lambda report: self.terminal.select(report.symbol))
        self.view.picked.connect(self.show_kind)
        self.pages.idClicked.connect(self.view.turn_to)

    def _lay_out(self) -> None:
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(5)
        self.split.setStyleSheet("QSplitter::handle { background: transparent; image: none; }")
        self.split.addWidget(self.table)
        self.split.addWidget(self.view)
        self.split.setStretchFactor(1, 1)
        self.split.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.split)
        self.setFocusProxy(self.table)

    def _quiet_word(self) -> tuple[str, str]:
        if not self.terminal.loaded:
            return "What was said and what happened", "stands here once the market is open and forecasts have come due."
        return (
            "No forecast has come due yet",
            "Each is kept when it is made and held against the market when its time is up; "
            f"from {calibration.ENOUGH} on SIGMA says how far its probabilities can be believed.",
        )


def _page_buttons(panel: QWidget) -> QButtonGroup:
    group = QButtonGroup(panel)
    for at, (name, tip) in enumerate(zip(PAGES, _TIPS, strict=True)):
        button = ToolButton("", tip, name)
        button.setCheckable(True)
        button.setChecked(at == 0)
        group.addButton(button, at)
    return group
