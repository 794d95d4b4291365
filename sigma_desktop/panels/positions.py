"""What is held at this moment, what it is worth, and the way out of it."""

from functools import partial
from typing import ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QHideEvent, QResizeEvent
from PySide6.QtWidgets import QMessageBox, QVBoxLayout, QWidget

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.models import holdings, positions
from sigma_desktop.models.externals import ExternalRow
from sigma_desktop.models.holdings import Row
from sigma_desktop.models.positions import Guard, PositionRow
from sigma_desktop.models.rows import RowModel
from sigma_desktop.panels.panel import Panel
from sigma_desktop.theme.format import money
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.confirm_strip import ConfirmStrip
from sigma_desktop.widgets.table import TALL_ROW_HEIGHT, Table
from sigma_engine import (
    CloseAll,
    ClosePosition,
    CommandResult,
    ExternalPosition,
    Mode,
    Position,
    Refused,
    short,
    system_ms,
)

BAR_PX = 10
"""Room for the bar that scrolls many positions."""


class PositionsPanel(Panel):
    """The open positions; one is closed after a question at the foot of the panel, all after a dialog.

    What the account holds beside SIGMA's stands below them, without a way out: SIGMA never trades it.
    """

    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.POSITION, Topic.STRATEGY, Topic.RUN})

    def __init__(self, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(terminal, parent)
        self._closing: set[str] = set()
        self._asked = ""
        self.model = RowModel(holdings.ROOMY, holdings.key, holdings.tell)
        self.table = Table(self.model, "Open positions", TALL_ROW_HEIGHT)
        self.table.menu_actions = self._actions
        self.confirm = ConfirmStrip()
        self.close_all = _close_all_button()
        self._question: QMessageBox | None = None
        self._second = QTimer(self, singleShot=True, interval=1000)
        self._second.timeout.connect(self._show_rows)
        self._listen()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table)
        column.addWidget(self.confirm)
        self.setFocusProxy(self.table)

    def refresh(self, changed: frozenset[Topic]) -> None:
        """Show the positions as they stand."""
        held = self.terminal.state.positions
        self._closing &= held.keys()
        if self._asked not in held:
            self.confirm.hide()
        self._show_columns()
        self._show_rows()
        self.close_all.setEnabled(bool(held))
        self.count = self.model.rowCount() if self.terminal.loaded else None
        self.table.say_when_empty(*self._quiet_word())

    def title_widgets(self) -> list[QWidget]:
        """Close all."""
        return [self.close_all]

    def ask_to_close(self, row: PositionRow) -> None:
        """Ask at the foot of the panel whether the position of ``row`` is to be closed."""
        held = row.position
        self._asked = held.symbol
        size = positions.size_cell(row).text
        question = f"Close {short(held.symbol)} {held.side.value} {size} at market?"
        self.confirm.ask(question, "Close", partial(self._close, held.symbol))

    def ask_to_close_all(self) -> None:
        """Ask in a dialog whether everything is to be closed; nothing waits for the answer."""
        held = self.terminal.state.positions.values()
        total = money(sum(position.unrealised for position in held), signed=True)
        text = f"Close {_counted(len(held))} at market? Together they stand at {total} USDT before closing costs."
        question = QMessageBox(QMessageBox.Icon.Question, "Close all positions", text, parent=self)
        agree = question.addButton("Close all", QMessageBox.ButtonRole.DestructiveRole)
        question.setDefaultButton(question.addButton("Keep", QMessageBox.ButtonRole.RejectRole))
        agree.clicked.connect(self._close_everything)
        question.finished.connect(question.deleteLater)
        self._question = question
        question.open()

    def _listen(self) -> None:
        self.table.pressed.connect(lambda row, column: self.ask_to_close(row))
        self.table.opened.connect(self._look)
        self.close_all.clicked.connect(self.ask_to_close_all)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow two facts share a column."""
        super().resizeEvent(event)
        self._show_columns()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees how long anything has been unprotected."""
        super().hideEvent(event)
        self._second.stop()

    def dispose(self) -> None:
        """Hear nothing more, and count no seconds."""
        super().dispose()
        self._second.stop()

    def _show_columns(self) -> None:
        wanted = holdings.columns(self.terminal.state.mode is Mode.LIVE, self.width() - BAR_PX)
        if wanted is not self.model.columns:
            self.model.use(wanted)
            self.table.share_out()

    def _show_rows(self) -> None:
        """Format what is held; while something is unprotected its seconds are counted, prices or not."""
        state = self.terminal.state
        rows = [self._row(position) for position in state.positions.values()]
        self.model.show([*rows, *map(self._external, state.externals)])
        if any(row.exposed_ms for row in rows) and self.isVisible():
            self._second.start()

    def _row(self, position: Position) -> PositionRow:
        state, symbol = self.terminal.state, position.symbol
        digits = state.price_decimals(symbol), state.quantity_decimals(symbol)
        guard = self._guard()
        waits = guard is Guard.EXCHANGE and position.protected_ms is None
        now_ms = max(system_ms(), state.market_ms)  # a practice exchange may be hours ahead
        exposed_ms = max(1_000, (now_ms - position.entry_ms) // 1_000 * 1_000) if waits else 0
        return PositionRow(position, state.strategy_name, *digits, symbol in self._closing, guard, exposed_ms)

    def _external(self, held: ExternalPosition) -> ExternalRow:
        state, symbol = self.terminal.state, held.symbol
        if symbol not in state.instruments:
            return ExternalRow(held)
        digits = state.price_decimals(symbol), state.quantity_decimals(symbol)
        return ExternalRow(held, *digits, state.prices.get(symbol))

    def _guard(self) -> Guard:
        state = self.terminal.state
        if state.mode is not Mode.LIVE:
            return Guard.HERE
        return Guard.EXCHANGE if state.protects else Guard.NOBODY_ELSE

    def _look(self, row: Row) -> None:
        self.terminal.select(holdings.symbol(row))

    def _actions(self, row: Row) -> list[QAction]:
        look = QAction("Show on the chart", self.table)
        look.triggered.connect(partial(self._look, row))
        look.setEnabled(holdings.symbol(row) in self.terminal.state.symbols)
        if isinstance(row, ExternalRow):
            return [look]
        close = QAction(f"Close {short(row.position.symbol)} at market\u2026", self.table)
        close.triggered.connect(partial(self.ask_to_close, row))
        return [close, look]

    def _close(self, symbol: str) -> None:
        self._closing.add(symbol)
        self.terminal.execute(ClosePosition(symbol), partial(self._answered, symbol))
        self.terminal.touch(frozenset({Topic.POSITION}))

    def _answered(self, symbol: str, result: CommandResult) -> None:
        if isinstance(result, Refused):
            self._closing.discard(symbol)
            self.terminal.touch(frozenset({Topic.POSITION}))

    def _close_everything(self) -> None:
        self.terminal.execute(CloseAll())

    def _quiet_word(self) -> tuple[str, str]:
        if not self.terminal.loaded:
            return "Positions appear here", "with their profit at every price, once the market is open."
        return "No open positions", "SIGMA opens one when a signal passes its gates and the safety rules."


def _counted(number: int) -> str:
    return "the open position" if number == 1 else f"all {number} open positions"


def _close_all_button() -> ToolButton:
    button = ToolButton("", "Close every open position at market; asks first", "Close all")
    button.setEnabled(False)
    return button
