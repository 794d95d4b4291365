"""The further pages of a result: trades, parts, months, costs, and why signals came to nothing."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from sigma_desktop.models import parts, trial_trades, verdict
from sigma_desktop.models.rows import RowModel
from sigma_desktop.models.trial_trades import TrialTrade
from sigma_desktop.panels.backtest.overview import section
from sigma_desktop.theme.tokens import Token, font, value
from sigma_desktop.widgets.buttons import ToolButton, tighten
from sigma_desktop.widgets.cost_bars import CostBars
from sigma_desktop.widgets.figure_grid import FigureGrid
from sigma_desktop.widgets.flow import FlowLayout
from sigma_desktop.widgets.month_view import MonthView
from sigma_desktop.widgets.table import Table
from sigma_engine import BacktestResult, Trade


class TradesPage(QWidget):
    """Every trade; the chosen one is told, and lived through again on demand."""

    chosen = Signal(object)
    replayed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RowModel(trial_trades.COLUMNS, trial_trades.key, trial_trades.tell)
        self.table = Table(self.model, "Trades of the backtest")
        self.replay = ToolButton("play-circle-outline", "Replay this trade on the chart (Enter)", "Replay this trade")
        self.count = QLabel()
        self._lay_out()
        self.table.say_when_empty("No trades", "Why not says what kept the strategy from trading.")
        self.table.menu_actions = self._actions
        self.table.chosen.connect(lambda row: self._choose(row))
        self.table.opened.connect(lambda row: self.replayed.emit(row.trade))
        self.replay.clicked.connect(self._replay_chosen)

    def show_result(self, result: BacktestResult) -> None:
        """Show the trades of ``result``."""
        self.model.show(trial_trades.rows(result))
        won = sum(trade.pnl > 0 for trade in result.trades)
        self.count.setText(f"{len(result.trades):,} trades, {won:,} won")
        self.replay.setEnabled(self.table.selected() is not None)

    def choose(self, trade: Trade | None) -> None:
        """Make the row of ``trade`` the current one."""
        row = next((row for row in self._rows() if row.trade == trade), None)
        if row is not None:
            self.table.choose(row.number)

    def _rows(self) -> list[TrialTrade]:
        return [self.model.row(at) for at in range(self.model.rowCount())]

    def _choose(self, row: TrialTrade) -> None:
        self.replay.setEnabled(True)
        self.chosen.emit(row.trade)

    def _replay_chosen(self) -> None:
        row = self.table.selected()
        if row is not None:
            self.replayed.emit(row.trade)

    def _actions(self, row: TrialTrade) -> list[QAction]:
        look, replay = QAction("Show on the chart", self.table), QAction("Replay this trade", self.table)
        look.triggered.connect(partial(self.chosen.emit, row.trade))
        replay.triggered.connect(partial(self.replayed.emit, row.trade))
        return [look, replay]

    def _lay_out(self) -> None:
        self.count.setFont(font(11, 500))
        self.count.setStyleSheet(f"color: {value(Token.T2)}")
        foot, column = QHBoxLayout(), QVBoxLayout(self)
        foot.setContentsMargins(10, 2, 6, 2)
        foot.addWidget(self.count, 1)
        foot.addWidget(self.replay)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.setFocusProxy(self.table)


class PartsPage(QWidget):
    """The result parted one way at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RowModel(parts.PART_COLUMNS, parts.part_key, parts.tell_part)
        self.table = Table(self.model, "Parts of the result")
        self.table.say_when_empty("Nothing to part", "Without trades there are no parts.")
        self.way = ""
        self._result: BacktestResult | None = None
        self._buttons = QButtonGroup(self)
        self._row = FlowLayout(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._row.setContentsMargins(8, 2, 8, 2)
        column.addLayout(self._row)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def show_result(self, result: BacktestResult) -> None:
        """Show the parts of ``result``, parted as the last one was where it can be."""
        self._result = result
        ways = parts.ways(result.parts)
        if [button.text() for button in self._buttons.buttons()] != [title for _, title in ways]:
            self._offer(ways)
        names = [name for name, _ in ways]
        self.part_by(self.way if self.way in names else next(iter(names), ""))

    def part_by(self, way: str) -> None:
        """Part by ``way`` from now on."""
        self.way = way
        for button in self._buttons.buttons():
            button.setChecked(button.property("way") == way)
        own = self._result.parts.get(way, ()) if self._result else ()
        self.model.show(parts.part_rows(own))

    def _offer(self, ways: list[tuple[str, str]]) -> None:
        for button in self._buttons.buttons():
            self._buttons.removeButton(button)
            button.hide()
            button.deleteLater()
        while self._row.takeAt(0) is not None:
            continue
        for name, title in ways:
            button = ToolButton("", f"Part the trades by {title.lower()}", title)
            button.setCheckable(True)
            button.setProperty("way", name)
            tighten(button)
            button.clicked.connect(partial(self.part_by, name))
            self._buttons.addButton(button)
            self._row.addWidget(button)


class MonthsPage(QScrollArea):
    """Returns by month."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.months = MonthView()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(10, 4, 10, 8)
        column.addWidget(section("Return by month, percent"))
        column.addWidget(self.months)
        column.addStretch(1)
        _dress(self, page)

    def show_result(self, result: BacktestResult) -> None:
        """Show the months of ``result``."""
        self.months.show_months(result.months)


class CostsPage(QScrollArea):
    """From the profit before costs to what was left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars, self.figures, self.notes = CostBars(), FigureGrid(128), QLabel()
        self.notes.setWordWrap(True)
        self.notes.setFont(font(12))
        self.notes.setStyleSheet(f"color: {value(Token.T1)}")
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(10, 4, 10, 8)
        column.setSpacing(10)
        for widget in (self.bars, section("All figures"), self.figures, self.notes):
            column.addWidget(widget)
        column.addStretch(1)
        _dress(self, page)

    def show_result(self, result: BacktestResult) -> None:
        """Show the costs of ``result``, every figure there is, and what the run noted."""
        self.bars.show_steps(parts.cost_steps(result))
        self.figures.show_figures(verdict.figures(result.metrics))
        self.notes.setText("\n".join(result.notes))
        self.notes.setVisible(bool(result.notes))


class RefusalsPage(QWidget):
    """Why signals came to nothing, cause by cause."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setFont(font(12, 500))
        self.words.setContentsMargins(10, 4, 10, 4)
        self.model = RowModel(parts.REFUSAL_COLUMNS, lambda row: row.cause, lambda row: row.cause)
        self.table = Table(self.model, "Why signals came to nothing")
        self.table.say_when_empty("Nothing was refused", "Every signal became a trade.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def show_result(self, result: BacktestResult) -> None:
        """Show the refusals of ``result``."""
        self.words.setText(parts.refused_words(result))
        hint = "Every signal became a trade." if result.signals else "There was no signal to refuse."
        self.table.say_when_empty("Nothing was refused", hint)
        self.model.show(parts.refusals(result))


def _dress(area: QScrollArea, page: QWidget) -> None:
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
