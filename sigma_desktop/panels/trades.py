"""What was traded and what it came to, newest first."""

from functools import partial
from typing import ClassVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.bridge.trail import Trail
from sigma_desktop.models import trades
from sigma_desktop.models.rows import RowModel
from sigma_desktop.models.trades import TradeRow
from sigma_desktop.panels.panel import Panel
from sigma_desktop.widgets.table import Table
from sigma_engine import Trade


class TradesPanel(Panel):
    """The closed trades of the run."""

    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.TRADE})

    def __init__(self, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(terminal, parent)
        self._rows: list[TradeRow] = []
        self._closed: Trail[Trade] | None = None
        self._seen = 0
        self.model = RowModel(trades.COLUMNS, trades.key, trades.tell)
        self.table = Table(self.model, "Trades")
        self.table.menu_actions = self._actions
        self.table.opened.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self.setFocusProxy(self.table)

    def refresh(self, changed: frozenset[Topic]) -> None:
        """Add what was closed since; a new run begins anew."""
        closed = self.terminal.state.trades
        if closed is not self._closed:
            self._closed, self._rows, self._seen = closed, [], 0
        self._rows.extend(self._row(trade) for trade in closed.since(self._seen))
        self._seen = closed.added
        del self._rows[: len(self._rows) - len(closed)]
        self.model.show(self._rows[::-1])
        self.count = closed.added if self.terminal.loaded else None
        self.table.say_when_empty(*self._quiet_word())

    def _row(self, trade: Trade) -> TradeRow:
        state = self.terminal.state
        return TradeRow(trade, state.price_decimals(trade.symbol), state.quantity_decimals(trade.symbol))

    def _open(self, row: TradeRow) -> None:
        self.terminal.select(row.trade.symbol)

    def _actions(self, row: TradeRow) -> list[QAction]:
        look = QAction("Show on the chart", self.table)
        look.triggered.connect(partial(self._open, row))
        return [look]

    def _quiet_word(self) -> tuple[str, str]:
        if not self.terminal.loaded:
            return "Closed trades appear here", "each with its price in, its price out and the reason it ended."
        return "No closed trades yet", "The first appears when a position reaches its stop, its target or its time."
