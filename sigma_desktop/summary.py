"""Feeds the header, the cards and the status bar: the account and the run at a glance."""

import shutil
import time
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from sigma_desktop.bridge.metrics import ENOUGH_DAYS, Metrics, Scoreboard
from sigma_desktop.bridge.pulse import SLOW_MS, LagMeter
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.models import feed
from sigma_desktop.models.stake import market_words
from sigma_desktop.models.standing import pill, sentence, told
from sigma_desktop.theme.format import NOTHING, clock_time, depth, money, percent
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.header import Header
from sigma_desktop.widgets.header_parts import Cell
from sigma_desktop.widgets.metric_card import Figure, MetricCard
from sigma_desktop.widgets.status_bar import StatusBar
from sigma_engine import Mode, Portfolio, RunStatus

LOW_DISK_BYTES = 1_000_000_000
_DISK_EVERY_S = 30
_OPENING = "Opening the market…"
_STANDING = {
    RunStatus.STOPPED: "Market stands still",
    RunStatus.ENDED: "Replay ended",
    RunStatus.FAILED: "Feed stopped",
}


def _tone(amount: Decimal | float) -> Token:
    return Token.UP if amount > 0 else Token.DOWN if amount < 0 else Token.T0


class Cards:
    """The seven figures of the row below the header."""

    def __init__(self) -> None:
        self.net = MetricCard("Net profit", "trending-up", "Equity less what the run began with, USDT")
        self.wins = MetricCard("Win rate", "target", "Closed trades with a profit after all costs")
        self.factor = MetricCard("Profit factor", "scale-balance", "Won money over lost money, after costs")
        self.sharpe = MetricCard("Sharpe", "sigma", "Of daily returns, complete UTC days, a year of 365 days")
        self.drawdown = MetricCard("Max drawdown", "trending-down", "The deepest fall of equity from its highest")
        self.exposure = MetricCard("Exposure", "chart-donut", "Value of all positions over equity")
        self.fees = MetricCard("Fees", "receipt-text-outline", "Paid to the venue in this run, USDT")

    @property
    def all(self) -> tuple[MetricCard, ...]:
        """In the order of the row, the most important first."""
        return self.net, self.wins, self.factor, self.sharpe, self.drawdown, self.exposure, self.fees

    def show_account(self, portfolio: Portfolio, metrics: Metrics) -> None:
        """Show what moves with every price."""
        net = portfolio.equity - portfolio.initial
        share = percent(net / portfolio.initial, 1, signed=True)
        detail = f"{share} on {money(portfolio.initial, decimals=0)}"
        course = metrics.equity_course
        toward = Token.UP if net >= 0 else Token.DOWN
        self.net.show_figure(Figure(money(net, signed=True), detail, _tone(net), course, toward))
        deepest = max(metrics.max_drawdown, portfolio.drawdown_fraction)
        now = f"now {depth(portfolio.drawdown_fraction)}"
        self.drawdown.show_figure(Figure(depth(deepest), now, Token.T0, metrics.drawdown_course, Token.DOWN))
        self.exposure.show_figure(Figure(percent(portfolio.exposure_fraction), _held(portfolio)))
        self.fees.show_figure(Figure(money(portfolio.fees_paid), _fee_share(portfolio, metrics)))

    def show_record(self, metrics: Metrics) -> None:
        """Show what moves with closed trades and days."""
        rate, factor = metrics.win_rate, metrics.profit_factor
        counted = "1 trade" if metrics.trades == 1 else f"{metrics.trades} trades"
        won = f"{metrics.wins} of {counted}" if metrics.trades else "no trade closed yet"
        self.wins.show_figure(_unknown(won) if rate is None else Figure(percent(rate), won, course=metrics.win_course))
        expected = _expectancy(metrics)
        self.factor.show_figure(_unknown(expected) if factor is None else Figure(f"{factor:.2f}", expected))
        self.sharpe.show_figure(_sharpe(metrics))


class Summary(QObject):
    """Listens to the terminal; once a second it looks at the clock, the lag and the disk as well."""

    def __init__(
        self, terminal: Terminal, header: Header, cards: Cards, status: StatusBar, lag: LagMeter, data: Path
    ) -> None:
        super().__init__(header)
        self._terminal, self._header, self._cards, self._status, self._lag = terminal, header, cards, status, lag
        self._board: tuple[object, Scoreboard] | None = None
        self._metrics: Metrics | None = None
        self._heard_s = time.monotonic()
        self._data, self._seconds = data, 0
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self.show_second)
        self._second.start()
        self._due: frozenset[Topic] = frozenset()
        terminal.changed.connect(self._hear)
        self.show_opening()
        self.show_second()

    def show_second(self) -> None:
        """Feed age, lag and disk."""
        status = self._status
        p99 = self._lag.p99_ms
        slow = p99 > SLOW_MS
        status.lag.show_text(f"Lag p99 {p99:.0f} ms" + (" (slow)" if slow else ""), Token.WARN if slow else Token.T1)
        if self._seconds % _DISK_EVERY_S == 0:
            status.storage.show_text(*_room(self._data))
        self._seconds += 1
        if not self._terminal.loaded:
            return
        status.feed.show_text(*self._feed())
        status.feed.setToolTip(feed.tooltip(self._terminal.state.ways))

    def show_opening(self) -> None:
        """Say that a market is on its way."""
        self._header.pill.show_word("Opening", Token.T1)
        self._header.note.show_text(_OPENING)
        self._status.feed.show_text(_OPENING, Token.T1, Token.T2)

    def show_closed(self) -> None:
        """Say that no market is open."""
        self._header.pill.show_word("No market", Token.DOWN)
        self._header.note.show_text("")
        self._status.feed.show_text("No market is open", Token.T1, Token.DOWN)

    def _feed(self) -> tuple[str, Token, Token]:
        status = self._terminal.state.status
        if status in _STANDING:
            return _STANDING[status], Token.T1, Token.T2
        return feed.line(self._terminal.state.ways, time.monotonic() - self._heard_s)

    def _hear(self, changed: frozenset[Topic]) -> None:
        if changed & {Topic.PRICE, Topic.CANDLE}:
            self._heard_s = time.monotonic()
        self._due |= changed
        self._terminal.turns.ask(self._take_turn)

    def _take_turn(self) -> None:
        changed, self._due = self._due, frozenset()
        self._status.clock.show_text(f"Market {clock_time(self._terminal.state.market_ms)} UTC")
        if changed & {Topic.RUN, Topic.STRATEGY, Topic.STANDING}:
            self._show_run()
        elif Topic.FEED in changed:
            self.show_second()
        if changed & {Topic.TRADE, Topic.EQUITY}:
            self._show_record()
        if changed & {Topic.PORTFOLIO, Topic.EQUITY, Topic.TRADE}:
            self._show_account()

    def _show_run(self) -> None:
        state = self._terminal.state
        if state.status is None or state.mode is None or state.standing is None:
            return
        self._header.pill.show_word(*pill(state.status, state.standing))
        self._header.pill.setToolTip(f"{sentence(state.reason)} {told(state.standing)}".strip())
        kind = market_words(state.mode, state.funds, "").lower() if state.mode is Mode.LIVE else state.mode.value
        self._header.note.show_text(f"{state.strategy_name} · {kind}")
        self._header.fit()
        count = len(state.symbols)
        markets = "1 market" if count == 1 else f"{count} markets"
        where = market_words(state.mode, state.funds, state.venue)
        self._status.run.show_text(f"{where} · {markets} · {state.timeframe}")
        self.show_second()

    def _show_record(self) -> None:
        state = self._terminal.state
        if state.portfolio is None:
            return
        if self._board is None or self._board[0] is not state.loading:
            self._board = (state.loading, Scoreboard(state.portfolio.initial))
        self._metrics = self._board[1].update(state.trades, state.equity)
        self._cards.show_record(self._metrics)

    def _show_account(self) -> None:
        portfolio = self._terminal.state.portfolio
        if portfolio is None or self._metrics is None:
            return
        header = self._header
        header.balance.show_cell(Cell(money(portfolio.wallet)))
        header.today.show_cell(Cell(money(portfolio.pnl_today, signed=True), _tone(portfolio.pnl_today)))
        header.unrealised.show_cell(Cell(money(portfolio.unrealised, signed=True), _tone(portfolio.unrealised)))
        header.drawdown.show_cell(Cell(depth(portfolio.drawdown_fraction)))
        self._cards.show_account(portfolio, self._metrics)


def _room(folder: Path) -> tuple[str, Token]:
    """What the disk of ``folder`` has left, in words."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    low = free < LOW_DISK_BYTES
    return f"Disk {free / 1e9:,.0f} GB free" if not low else f"Disk {free / 1e6:,.0f} MB free (low)", (
        Token.WARN if low else Token.T1
    )


def _held(portfolio: Portfolio) -> str:
    count = len(portfolio.positions)
    if not count:
        return "no position open"
    margin = percent(portfolio.margin_used / portfolio.equity) if portfolio.equity > 0 else NOTHING
    return f"{count} open, margin {margin}"


def _fee_share(portfolio: Portfolio, metrics: Metrics) -> str:
    """Of everything bought and sold, what is still open included."""
    opened = sum((held.quantity * held.entry_price for held in portfolio.positions), Decimal(0))
    volume = metrics.volume + opened
    return f"{percent(portfolio.fees_paid / volume, 3)} of volume" if volume else "nothing traded yet"


def _unknown(why: str) -> Figure:
    return Figure("n/a", why, Token.T1)


def _expectancy(metrics: Metrics) -> str:
    if metrics.expectancy is None:
        return "needs a closed trade"
    text = f"Expectancy {money(metrics.expectancy, signed=True)}"
    return text if metrics.profit_factor is not None else f"No loss yet. {text}"


def _sharpe(metrics: Metrics) -> Figure:
    if metrics.days < ENOUGH_DAYS:
        return _unknown(f"needs {ENOUGH_DAYS} days, has {max(0, metrics.days)}")
    if metrics.sharpe is None:
        return _unknown("the days do not differ")
    sortino = NOTHING if metrics.sortino is None else f"{metrics.sortino:.2f}"
    return Figure(f"{metrics.sharpe:.2f}".replace("-", "−"), f"Sortino {sortino}".replace("-", "−"))
