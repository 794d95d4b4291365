"""The result of a backtest, docked beside the chart."""

from typing import ClassVar

from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import EVERYTHING, Topic
from sigma_desktop.models import verdict
from sigma_desktop.panels.backtest.overview import Overview
from sigma_desktop.panels.backtest.pages import CostsPage, MonthsPage, PartsPage, RefusalsPage, TradesPage
from sigma_desktop.panels.panel import Panel
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import ToolButton, tighten
from sigma_desktop.widgets.elided import ElidedLabel
from sigma_desktop.widgets.flow import FlowLayout
from sigma_desktop.widgets.news_strip import NewsStrip
from sigma_desktop.widgets.quiet import paint_quiet_word
from sigma_desktop.widgets.why_view import PillLabel
from sigma_engine import Trade, Trial, source_title

PAGES = ("Result", "Trades", "Parts", "Months", "Costs", "Why not")
_TIPS = (
    "The verdict, the first figures and the curve",
    "Every trade of the backtest",
    "By symbol, side, hour, weekday, regime and exit",
    "Returns by month",
    "What costs took, and all figures",
    "Why signals came to nothing",
)
SNUG_PX = 330
"""Narrower than this the title bar has no room for every button."""
_WIDER, _NARROWER = "arrow-expand-horizontal", "arrow-collapse-horizontal"
_MORE_ROOM = "Give the result more room beside the chart"
QUIET = "No backtest yet", "Choose New backtest in the Backtest menu; what it comes to stands here."
RUNNING = "The backtest runs", "Its result stands here as soon as it is done."


class BacktestPanel(Panel):
    """Shows what the exhibit shows; a page at a time below the verdict's word."""

    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.BACKTEST})

    def __init__(self, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(terminal, parent)
        self.exhibit = terminal.exhibit
        self.trial: Trial | None = None
        self.strip, self.chip = NewsStrip(), PillLabel()
        self.name, self.period = ElidedLabel(12, 600), ElidedLabel(11, 450, Token.T2)
        self.overview, self.trades, self.parts = Overview(), TradesPage(), PartsPage()
        self.months, self.costs, self.refusals = MonthsPage(), CostsPage(), RefusalsPage()
        self.stack, self.body = QStackedWidget(), QWidget()
        self.tabs = QButtonGroup(self)
        self.on_chart = ToolButton("chart-line", "Show this backtest on the chart")
        self.report = ToolButton("file-chart-outline", "Save and open the report of this backtest")
        self.library = ToolButton("bookshelf", "Open the library of all backtests")
        self.room = ToolButton(_WIDER, _MORE_ROOM)
        self._lay_out()
        self._listen()
        self.refresh(EVERYTHING)

    def refresh(self, changed: frozenset[Topic]) -> None:
        """Show the trial, where it stands on the chart, and the news."""
        trial = self.exhibit.trial
        self._show_news()
        if trial is not None and trial is not self.trial:
            self._fill(trial)
        self.trial = trial
        self.body.setVisible(trial is not None)
        self.report.setEnabled(trial is not None)
        self._show_place()
        self._mark(self.exhibit.trade)
        self.setAccessibleDescription(trial.result.verdict.text if trial is not None else ". ".join(QUIET))
        self.update()

    def title_widgets(self) -> list[QWidget]:
        """To the chart, to the report, to the library, and more room."""
        return [self.on_chart, self.report, self.library, self.room]

    def turn_to(self, page: int) -> None:
        """Show the page ``page`` of `PAGES`."""
        self.stack.setCurrentIndex(page)
        self.tabs.button(page).setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The report's button gives way to the title; the menu has it too."""
        super().resizeEvent(event)
        if not self.report.isWindow():  # once a title bar has taken it in
            self.report.setVisible(self.width() >= SNUG_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The quiet word while there is nothing to show."""
        super().paintEvent(event)
        if self.trial is None:
            painter = QPainter(self)
            below = self.rect().adjusted(0, self.strip.height() if self.strip.isVisible() else 0, 0, 0)
            paint_quiet_word(painter, below, *(RUNNING if self.exhibit.running else QUIET))
            painter.end()

    def _fill(self, trial: Trial) -> None:
        result, summary = trial.result, trial.summary
        self.chip.show_cell(verdict.chip(result.verdict.luck))
        self.name.show_text(verdict.heading(result))
        self.name.setToolTip(f"Trial {summary.number} of the family {summary.family}")
        self.period.show_text(
            f"{verdict.period(result.from_ms, result.to_ms)} · {source_title(summary.source)} · {result.engine}"
        )
        for page in (self.overview, self.trades, self.parts, self.months, self.costs, self.refusals):
            page.show_result(result)

    def _show_news(self) -> None:
        exhibit = self.exhibit
        if exhibit.running is not None:
            self.strip.show_progress("The backtest begins", exhibit.progress)
        elif exhibit.failure or exhibit.missing:
            self.strip.show_sentence(exhibit.failure or exhibit.missing)
        else:
            self.strip.hide()

    def _show_place(self) -> None:
        staged = self.exhibit.stage is not None
        self.on_chart.setEnabled(self.exhibit.trial is not None)
        tip = "Give the chart back to the market" if staged else "Show this backtest on the chart"
        self.on_chart.set_icon("arrow-left" if staged else "chart-line")
        self.on_chart.setToolTip(tip)
        self.on_chart.setAccessibleName(tip)

    def _show_room(self, on: bool) -> None:
        tip = "Give the chart its room back" if on else _MORE_ROOM
        self.room.set_icon(_NARROWER if on else _WIDER)
        self.room.setToolTip(tip)
        self.room.setAccessibleName(tip)

    def _mark(self, trade: Trade | None) -> None:
        row = self.trades.table.selected()
        if trade is not None and (row is None or row.trade != trade):
            self.trades.choose(trade)

    def _look(self, trade: Trade) -> None:
        self.exhibit.choose(trade)
        self.exhibit.show_on_chart(trade.symbol)

    def _to_or_from_chart(self) -> None:
        if self.exhibit.stage is None:
            self.exhibit.show_on_chart()
        else:
            self.exhibit.leave_chart()

    def _listen(self) -> None:
        self.trades.chosen.connect(self._look)
        self.trades.replayed.connect(self.exhibit.replay)
        self.tabs.idClicked.connect(self.turn_to)
        self.on_chart.clicked.connect(self._to_or_from_chart)
        self.report.clicked.connect(self.exhibit.reportAsked)
        self.library.clicked.connect(self.exhibit.libraryAsked)
        self.room.toggled.connect(self.maximised)
        self.room.toggled.connect(self._show_room)

    def _lay_out(self) -> None:
        self.room.setCheckable(True)
        for page in (self.overview, self.trades, self.parts, self.months, self.costs, self.refusals):
            self.stack.addWidget(page)
        inner, column = QVBoxLayout(self.body), QVBoxLayout(self)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2)
        inner.addLayout(self._head())
        inner.addLayout(self._tab_row())
        inner.addWidget(self.stack, 1)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.body, 1)
        column.addStretch(0)
        self.setFocusProxy(self.stack)

    def _head(self) -> QHBoxLayout:
        words, row = QVBoxLayout(), QHBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.name)
        words.addWidget(self.period)
        row.setContentsMargins(10, 2, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.chip)
        row.addLayout(words, 1)
        return row

    def _tab_row(self) -> FlowLayout:
        row = FlowLayout(1)
        row.setContentsMargins(6, 2, 6, 2)
        for at, (name, tip) in enumerate(zip(PAGES, _TIPS, strict=True)):
            button = ToolButton("", tip, name)
            button.setCheckable(True)
            button.setChecked(at == 0)
            tighten(button)
            self.tabs.addButton(button, at)
            row.addWidget(button)
        return row
