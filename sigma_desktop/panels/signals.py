"""What SIGMA thinks of every market, and why."""

from functools import partial
from typing import ClassVar

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.models import signals
from sigma_desktop.models.rows import RowModel
from sigma_desktop.models.signals import SignalRow
from sigma_desktop.models.why import Digits
from sigma_desktop.panels.panel import Panel
from sigma_desktop.widgets.buttons import ToolButton
from sigma_desktop.widgets.table import QWIDGETSIZE_MAX, TWO_LINES_HEIGHT, Table
from sigma_desktop.widgets.why_view import WhyView
from sigma_engine import Action, short

WIDE_PX, TALL_PX = 900, 560
"""From these sizes on list and explanation stand beside or below each other; smaller, one at a time."""
LIST_PX = 440


class SignalsPanel(Panel):
    """The newest decision of each market, and the explanation of the chosen one."""

    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.DECISION, Topic.PREVIEW, Topic.SYMBOL})

    def __init__(self, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(terminal, parent)
        self._reading = self._begun = False
        self._room = (False, False)
        self.model = RowModel(signals.COLUMNS, signals.key, signals.tell)
        self.table = Table(self.model, "Signals", TWO_LINES_HEIGHT)
        self.table.menu_actions = self._actions
        self.why = WhyView()
        self.why_button = _why_button()
        self.split = _split(self.table, self.why)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.split)
        self.setFocusProxy(self.table)
        self._listen()
        self._arrange()

    def refresh(self, changed: frozenset[Topic]) -> None:
        """Show the newest decisions and what the forming candles say."""
        state = self.terminal.state
        self.model.show([self._row(symbol) for symbol in state.symbols])
        if Topic.SYMBOL in changed or self.table.selected() is None:
            self.table.choose(state.selected)
        self._begin()
        acting = sum(decision.signal.action is not Action.WAIT for decision in state.decisions.values())
        self.count = acting if self.terminal.loaded else None
        self._bound_list(*self._room)
        self.table.say_when_empty("Signals appear here", "one line a market, with its reasons, at every closed candle.")
        self._explain()

    def title_widgets(self) -> list[QWidget]:
        """The way between list and explanation."""
        return [self.why_button]

    def read(self, symbol: str) -> None:
        """Explain ``symbol``."""
        self.table.choose(symbol)
        self._turn(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One thing at a time where it is small, both where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _begin(self) -> None:
        """A single market needs no list: its explanation comes first."""
        if self._begun or not self.terminal.loaded:
            return
        self._begun = True
        if len(self.terminal.state.symbols) == 1:
            self._reading = True
            with QSignalBlocker(self.why_button):
                self.why_button.setChecked(True)
            self._arrange()

    def _listen(self) -> None:
        self.table.chosen.connect(lambda row: self._explain())
        self.table.opened.connect(self._open)
        self.table.pressed.connect(lambda row, column: self.read(row.symbol))
        self.why.left.connect(partial(self._turn, False))
        self.why_button.toggled.connect(self._turn)

    def _row(self, symbol: str) -> SignalRow:
        state = self.terminal.state
        decision, preview = state.decisions.get(symbol), state.previews.get(symbol)
        stale = decision is not None and preview is not None and preview.bar_ms < decision.signal.bar_ms
        return SignalRow(symbol, decision, None if stale else preview)

    def _open(self, row: SignalRow) -> None:
        self.terminal.select(row.symbol)
        self.read(row.symbol)

    def _turn(self, reading: bool) -> None:
        self._reading = reading
        self.why_button.setChecked(reading)
        self._arrange()
        self._explain()
        (self.why.phases if reading else self.table).setFocus(Qt.FocusReason.OtherFocusReason)

    def _arrange(self) -> None:
        wide, tall = self.width() >= WIDE_PX, self.height() >= TALL_PX
        both = wide or tall
        if (wide, tall) != self._room:
            self._room = wide, tall
            self.split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        self._bound_list(wide, tall)
        self.table.setVisible(both or not self._reading)
        self.why.setVisible(both or self._reading)
        self.why.back.setVisible(not both)
        if not self.why_button.isWindow():  # once a title bar has taken it in
            self.why_button.setVisible(not both)

    def _bound_list(self, wide: bool, tall: bool) -> None:
        """Beside the explanation the list is as wide as its columns, above it as high as its rows."""
        below = tall and not wide
        self.table.setMinimumWidth(LIST_PX if wide else 0)
        self.table.setMaximumWidth(2 * LIST_PX if wide else QWIDGETSIZE_MAX)
        self.table.setMinimumHeight(min(self.table.full_height(), self.height() * 2 // 5) if below else 0)
        self.table.setMaximumHeight(self.table.full_height() if below else QWIDGETSIZE_MAX)
        if below:
            self.split.setSizes([self.table.full_height(), self.height() - self.table.full_height()])

    def _explain(self) -> None:
        row = self.table.selected()
        if row is not None and not self.why.isHidden():
            state = self.terminal.state
            self.why.show_row(row, Digits(state.price_decimals(row.symbol), state.quantity_decimals(row.symbol)))

    def _actions(self, row: SignalRow) -> list[QAction]:
        why = QAction(f"Why {short(row.symbol)}?", self.table)
        why.triggered.connect(partial(self.read, row.symbol))
        look = QAction("Show on the chart", self.table)
        look.triggered.connect(partial(self.terminal.select, row.symbol))
        return [why, look]


def _split(listed: QWidget, explained: QWidget) -> QSplitter:
    split = QSplitter()
    split.setChildrenCollapsible(False)
    split.addWidget(listed)
    split.addWidget(explained)
    split.setStretchFactor(1, 1)
    split.setHandleWidth(5)
    split.setStyleSheet("QSplitter::handle { background: transparent; image: none; }")
    return split


def _why_button() -> ToolButton:
    button = ToolButton("", "Show every reading, vote and gate behind the chosen market's decision", "Why?")
    button.setCheckable(True)
    return button
