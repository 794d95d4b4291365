"""How the run is doing: the equity curve over a chosen span, and the figures that judge it."""

from decimal import Decimal
from typing import ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from sigma_desktop.bridge.metrics import Scoreboard
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.bridge.trail import Trail
from sigma_desktop.models.cells import toned
from sigma_desktop.models.curve import Curve, CurveKeeper, Span
from sigma_desktop.models.figures import UNDEFINED, Costs, Figure, figures
from sigma_desktop.panels.panel import Panel
from sigma_desktop.theme.format import depth, money, percent
from sigma_desktop.theme.tokens import Token, font
from sigma_desktop.widgets.equity_view import EquityView
from sigma_desktop.widgets.figure_label import FigureLabel
from sigma_engine import Portfolio

SPANS = {Span.HOUR: "1H", Span.SIX_HOURS: "6H", Span.DAY: "1D", Span.WEEK: "1W", Span.ALL: "All"}
_SAID = {
    Span.HOUR: "the last hour",
    Span.SIX_HOURS: "the last six hours",
    Span.DAY: "the last day",
    Span.WEEK: "the last week",
    Span.ALL: "the whole run",
}
FIGURES = 6
ROOMY_PX, SNUG_PX = 480, 370
"""Widths from which on the fall, and all six figures, are shown."""


class PerformancePanel(Panel):
    """Equity, return and drawdown above, the curve in the middle, six figures below."""

    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.EQUITY, Topic.TRADE, Topic.PORTFOLIO})

    def __init__(self, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(terminal, parent)
        self.span = Span.ALL
        self._begin(None, Decimal(0))
        self.equity, self.change, self.fall = FigureLabel(15), FigureLabel(15), FigureLabel(15)
        self.figures = [FigureLabel(13) for _ in range(FIGURES)]
        self.view = EquityView()
        self._spans = QButtonGroup(self)
        self._is_behind, self._pause = False, QTimer(self, singleShot=True, interval=1000)
        self._pause.timeout.connect(self._catch_up)
        self._lay_out()
        self._spans.idClicked.connect(lambda at: self.look_back(list(Span)[at]))

    def refresh(self, changed: frozenset[Topic]) -> None:
        """Show what was added; the curve only when it grew or its end, which is the account now, moved."""
        state = self.terminal.state
        initial = state.portfolio.initial if state.portfolio else Decimal(0)
        if state.loading is not self._loading:
            self._begin(state.loading, initial)
        if changed & {Topic.TRADE, Topic.EQUITY}:
            self._add_up()
        self._keeper.update(state.equity, _now(state.portfolio))
        if changed & {Topic.TRADE, Topic.EQUITY}:
            self._show_curve()
        elif self._keeper.grew:
            self._show_end()
        self._show_account()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What the person can see elsewhere gives way first."""
        super().resizeEvent(event)
        self.fall.setVisible(self.width() >= ROOMY_PX)
        for label in (self.figures[0], self.figures[-1]):
            label.setVisible(self.width() >= SNUG_PX)

    def dispose(self) -> None:
        """Hear nothing more, and draw nothing later."""
        super().dispose()
        self._pause.stop()

    def look_back(self, span: Span) -> None:
        """Show ``span`` of market time."""
        self.span = span
        self._spans.button(list(Span).index(span)).setChecked(True)
        self._show_curve()

    def _begin(self, loading: object, initial: Decimal) -> None:
        self._loading = loading
        self._board = Scoreboard(initial)
        self._metrics = self._board.update(Trail(), Trail())
        self._keeper = CurveKeeper()
        self._costs, self._seen = Costs(), 0

    def _add_up(self) -> None:
        state = self.terminal.state
        self._costs = self._costs.plus(state.trades.since(self._seen))
        self._seen = state.trades.added
        self._metrics = self._board.update(state.trades, state.equity)

    def _show_account(self) -> None:
        account = self.terminal.state.portfolio
        fall = account.drawdown_fraction if account else 0.0
        for label, figure in zip(self.figures, figures(self._metrics, self._costs, fall), strict=True):
            label.show_figure(figure)
        text = money(account.equity) if account else UNDEFINED
        self._show_change()
        self.equity.show_figure(Figure("Equity", text, "Wallet and open profit at the newest prices, USDT."))

    def _show_change(self) -> None:
        account = self.terminal.state.portfolio
        equity = float(account.equity) if account else None
        self.change.show_figure(_change(self._keeper.within(self.span), equity, self.span))

    def _show_end(self) -> None:
        """The account moves with every price, a long curve is drawn once a second."""
        self._is_behind = self._pause.isActive()
        if not self._is_behind:
            self._show_curve()

    def _catch_up(self) -> None:
        if self._is_behind and self.isVisible():
            self._show_curve()

    def _show_curve(self) -> None:
        self._is_behind = False
        self._pause.start()
        curve = self._keeper.within(self.span)
        self.view.say_when_empty(*self._quiet_word())
        self.view.show_curve(curve)
        self.fall.show_figure(_fall(curve, self.span))
        self._show_change()

    def _quiet_word(self) -> tuple[str, str]:
        if not self.terminal.loaded:
            return "The equity curve appears here", "a point at every closed candle, once the market is open."
        return "The curve has not begun", "It is drawn from two points on; one is added at every closed candle."

    def _lay_out(self) -> None:
        top, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        top.setSpacing(10)
        for label in (self.equity, self.change, self.fall):
            top.addWidget(label)
        top.addStretch(1)
        top.addLayout(self._span_buttons())
        foot.setSpacing(10)
        for label in self.figures:
            foot.addWidget(label, 1)
        column.setContentsMargins(10, 2, 8, 4)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addLayout(foot)

    def _span_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(1)
        for at, span in enumerate(Span):
            button = _span_button(SPANS[span], _SAID[span])
            button.setChecked(span is self.span)
            self._spans.addButton(button, at)
            row.addWidget(button)
        return row


def _now(account: Portfolio | None) -> tuple[int, float] | None:
    return (account.at_ms, float(account.equity)) if account else None


def _change(curve: Curve, equity: float | None, span: Span) -> Figure:
    told = f"Change of equity over {_SAID[span]} up to the newest prices, fees and open profit included."
    change = curve.change_to(equity) if equity is not None else None
    if change is None:
        return Figure("Return", UNDEFINED, f"{told} Not defined: no candle has closed yet.", Token.T2)
    return Figure("Return", percent(change, 2, signed=True), told, toned(change))


def _fall(curve: Curve, span: Span) -> Figure:
    told = f"The deepest fall of equity from an earlier peak within {_SAID[span]}."
    return Figure("Drawdown", depth(curve.deepest_fall), told)


def _span_button(text: str, said: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setFont(font(11, 500))
    button.setCheckable(True)
    button.setAccessibleName(f"Show {said}")
    button.setToolTip(f"Show {said} of market time")
    button.setFixedSize(27, 24)
    button.setStyleSheet("padding: 0")
    return button
