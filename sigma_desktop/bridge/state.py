"""What the window knows of the session: filled by a snapshot, kept true by events, free of Qt."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from sigma_desktop.bridge.topics import Topic
from sigma_desktop.bridge.trail import Trail
from sigma_engine import (
    AlertRaised,
    CalibrationMeasured,
    CalibrationReport,
    Candle,
    CandleClosed,
    CandleRejected,
    Candles,
    ChatAnswered,
    ChatMessage,
    Decision,
    DecisionMade,
    Drill,
    EquityPoint,
    EquityRecorded,
    Event,
    ExternalPosition,
    ExternalsChanged,
    FeedChanged,
    FeedWay,
    Funds,
    Instrument,
    KillSwitchPressed,
    Mode,
    OrderChanged,
    OrderFilled,
    OrderRejected,
    OrderSubmitted,
    Portfolio,
    PortfolioChanged,
    Position,
    PositionChanged,
    PositionClosed,
    PositionOpened,
    PriceChanged,
    RunChanged,
    RunStatus,
    Severity,
    Signal,
    SignalPreviewed,
    Snapshot,
    Standing,
    StandingChanged,
    StrategyChanged,
    Timeframe,
    Trade,
    short,
)

RECENT = 500
CANDLES_KEPT, EQUITY_KEPT, TRADES_KEPT = 10_000, 20_000, 10_000
"""What the window keeps of a run that goes on: candles a symbol, points of the curve, closed trades."""
FOLDED_EVERY, LEFT_SINGLE = 512, 64
"""Closed candles of a symbol wait until they are so many before all but the newest are put into its block.

The block needs far less memory; the newest stay single for those who take them in one by one.
"""
Topics = frozenset[Topic]
Kind = tuple[str, int, str]
"""Forecasts that are scored together: of one symbol, for one horizon in candles, by one model."""


class TerminalState:
    """The session as last heard of; sequences are oldest first, prices floats, money `Decimal` USDT."""

    def __init__(self) -> None:
        self.alerts: deque[AlertRaised] = deque(maxlen=RECENT)
        self.alerts_heard = 0
        self.market_ms = 0
        self.selected = ""
        self._clear()

    def load(self, snapshot: Snapshot) -> None:
        """Begin anew from ``snapshot``; the selected symbol stays where the new session has it too."""
        selected = self.selected
        self._clear()
        self._load_run(snapshot)
        self._load_market(snapshot)
        self._load_account(snapshot)
        self.selected = selected if selected in self.symbols else next(iter(self.symbols), "")

    def apply(self, event: Event) -> Topics:
        """Take ``event`` in; returns what it changed."""
        self.market_ms = max(self.market_ms, event.at_ms)
        handler = self._handlers.get(type(event))
        return handler(self, event) if handler else frozenset()

    def mark(self) -> Topics:
        """Bring positions and account up to the newest prices; cheap when no price of a held symbol moved."""
        moved = [symbol for symbol in self._unmarked if symbol in self.positions]
        beside = frozenset({Topic.POSITION} if any(each.symbol in self._unmarked for each in self.externals) else ())
        self._unmarked.clear()
        for symbol in moved:
            self.positions[symbol] = _at(self.positions[symbol], self.prices[symbol])
        if not moved:
            return beside
        self._revalue()
        return frozenset({Topic.POSITION, Topic.PORTFOLIO})

    def price_decimals(self, symbol: str) -> int:
        """Digits behind the point of a price of ``symbol``; 2 while its instrument is unknown."""
        return self.instruments[symbol].price_decimals if symbol in self.instruments else 2

    def quantity_decimals(self, symbol: str) -> int:
        """Digits behind the point of a quantity of ``symbol``; 4 while its instrument is unknown."""
        return self.instruments[symbol].quantity_decimals if symbol in self.instruments else 4

    def _clear(self) -> None:
        self.mode: Mode | None = None
        self.status: RunStatus | None = None
        self.reason = ""
        self.run_id = ""
        self.venue, self.protects = "", True
        self.funds: Funds | None = None
        self.ways: Mapping[str, FeedWay] = {}
        """How each symbol's prices come; empty where the market is made here."""
        self.standing: Standing | None = None
        self.drill: Drill | None = None
        """The last press of the kill switch."""
        self.strategy_name = ""
        self.strategies: tuple[str, ...] = ()
        self.symbols: tuple[str, ...] = ()
        self.timeframe: Timeframe | None = None
        self.instruments: dict[str, Instrument] = {}
        self.portfolio: Portfolio | None = None
        self.positions: dict[str, Position] = {}
        self.externals: tuple[ExternalPosition, ...] = ()
        """What the account holds that SIGMA did not open."""
        self.trades: Trail[Trade] = Trail(kept=TRADES_KEPT)
        self.equity: Trail[EquityPoint] = Trail(kept=EQUITY_KEPT)
        self.decisions: dict[str, Decision] = {}
        self.previews: dict[str, Signal] = {}
        self.prices: dict[str, float] = {}
        self.forming: dict[str, Candle] = {}
        self.candles: dict[str, Candles] = {}
        self.new_candles: dict[str, Trail[Candle]] = {}
        self.loading = object()
        """Another one each time the session was loaded anew."""
        self.chat: list[ChatMessage] = []
        self.calibration: dict[Kind, CalibrationReport] = {}
        self._unmarked: set[str] = set()

    def take_account(self, portfolio: Portfolio) -> Topics:
        """Replace the account and its positions by the engine's own."""
        self.portfolio = portfolio
        self.positions = {position.symbol: position for position in portfolio.positions}
        return frozenset({Topic.POSITION, Topic.PORTFOLIO})

    def _load_run(self, snapshot: Snapshot) -> None:
        self.mode, self.status, self.reason = snapshot.mode, snapshot.status, snapshot.reason
        self.run_id, self.market_ms = snapshot.run_id, snapshot.market_ms
        self.strategy_name, self.strategies = snapshot.strategy_name, snapshot.strategies
        self.symbols, self.timeframe = snapshot.symbols, snapshot.timeframe
        self.venue, self.funds, self.protects = snapshot.venue, snapshot.funds, snapshot.protects
        self.standing, self.drill, self.ways = snapshot.standing, snapshot.drill, snapshot.ways

    def _load_market(self, snapshot: Snapshot) -> None:
        self.instruments = dict(snapshot.instruments)
        self.candles = dict(snapshot.candles)
        self.new_candles = {symbol: Trail() for symbol in snapshot.candles}
        self.forming = dict(snapshot.forming)
        self.prices = {symbol: float(block.close[-1]) for symbol, block in snapshot.candles.items() if len(block)}
        self.prices |= {symbol: candle.close for symbol, candle in snapshot.forming.items()}
        self.decisions = {decision.symbol: decision for decision in snapshot.decisions}
        self.calibration = {_kind(report): report for report in snapshot.calibration}

    def _load_account(self, snapshot: Snapshot) -> None:
        self.take_account(snapshot.portfolio)
        self.trades, self.equity = Trail(snapshot.trades, TRADES_KEPT), Trail(snapshot.equity, EQUITY_KEPT)
        self.chat = list(snapshot.chat)
        self.externals = snapshot.externals

    def _revalue(self) -> None:
        if self.portfolio is None:
            return
        portfolio = replace(self.portfolio, at_ms=self.market_ms, positions=tuple(self.positions.values()))
        peak = max(portfolio.peak_equity, portfolio.equity)
        self.portfolio = replace(portfolio, peak_equity=peak)

    def _run(self, event: RunChanged) -> Topics:
        self.status, self.reason = event.status, event.reason
        return frozenset({Topic.RUN})

    def _stands(self, event: StandingChanged) -> Topics:
        self.standing = event.standing
        return frozenset({Topic.STANDING})

    def _fed(self, event: FeedChanged) -> Topics:
        self.ways = event.ways
        return frozenset({Topic.FEED})

    def _pressed(self, event: KillSwitchPressed) -> Topics:
        self.drill = event.drill
        return frozenset({Topic.STANDING})

    def _strategy(self, event: StrategyChanged) -> Topics:
        self.strategy_name = event.name
        return frozenset({Topic.STRATEGY})

    def _price(self, event: PriceChanged) -> Topics:
        self.prices[event.symbol] = event.price
        self.forming[event.symbol] = event.forming
        self._unmarked.add(event.symbol)
        return frozenset({Topic.PRICE})

    def _candle(self, event: CandleClosed) -> Topics:
        self.new_candles.setdefault(event.symbol, Trail()).append(event.candle)
        if len(self.new_candles[event.symbol]) >= FOLDED_EVERY:
            self._fold(event.symbol)
        self.prices[event.symbol] = event.candle.close
        self._unmarked.add(event.symbol)
        forming = self.forming.get(event.symbol)
        if forming is not None and forming.open_ms <= event.candle.open_ms:
            del self.forming[event.symbol]
        return frozenset({Topic.CANDLE, Topic.PRICE})

    def _fold(self, symbol: str) -> None:
        """Put the candles that came one by one into the block, which keeps the newest."""
        known = self.candles.get(symbol, Candles.empty())
        joined = known.joined(Candles.from_rows(self.new_candles[symbol].take_oldest(FOLDED_EVERY - LEFT_SINGLE)))
        self.candles[symbol] = joined.slice(max(0, len(joined) - CANDLES_KEPT))

    def _rejected_candle(self, event: CandleRejected) -> Topics:
        text = f"{short(event.symbol)}: {event.reason}"
        return self._alert(AlertRaised(at_ms=event.at_ms, severity=Severity.WARNING, text=text))

    def _preview(self, event: SignalPreviewed) -> Topics:
        self.previews[event.signal.symbol] = event.signal
        return frozenset({Topic.PREVIEW})

    def _decision(self, event: DecisionMade) -> Topics:
        self.decisions[event.decision.symbol] = event.decision
        return frozenset({Topic.DECISION})

    def _scored(self, event: CalibrationMeasured) -> Topics:
        self.calibration[_kind(event.report)] = event.report
        return frozenset({Topic.CALIBRATION})

    def _order(self, _event: Event) -> Topics:
        return frozenset({Topic.ORDER})

    def _refused_order(self, event: OrderRejected) -> Topics:
        if self.mode is Mode.LIVE:  # the engine tells it itself, and not every time one is tried again
            return frozenset({Topic.ORDER})
        text = f"An order for {short(event.order.symbol)} was refused: {event.order.refusal or 'no reason was given'}"
        alert = AlertRaised(at_ms=event.at_ms, severity=Severity.WARNING, text=text)
        return self._alert(alert) | {Topic.ORDER}

    def _held(self, event: PositionOpened | PositionChanged) -> Topics:
        self.positions[event.position.symbol] = event.position
        return frozenset({Topic.POSITION, Topic.PORTFOLIO})

    def _external(self, event: ExternalsChanged) -> Topics:
        self.externals = event.externals
        return frozenset({Topic.POSITION})

    def _closed(self, event: PositionClosed) -> Topics:
        self.positions.pop(event.trade.symbol, None)
        self.trades.append(event.trade)
        return frozenset({Topic.POSITION, Topic.TRADE, Topic.PORTFOLIO})

    def _portfolio(self, event: PortfolioChanged) -> Topics:
        return self.take_account(event.portfolio)

    def _equity(self, event: EquityRecorded) -> Topics:
        self.equity.append(event.point)
        return frozenset({Topic.EQUITY})

    def _chat(self, event: ChatAnswered) -> Topics:
        self.chat.append(event.message)
        return frozenset({Topic.CHAT})

    def _alert(self, event: AlertRaised) -> Topics:
        self.alerts.append(event)
        self.alerts_heard += 1
        return frozenset({Topic.ALERT})

    _handlers: ClassVar[dict[type[Event], Callable[[Any, Any], Topics]]] = {
        RunChanged: _run,
        StandingChanged: _stands,
        FeedChanged: _fed,
        KillSwitchPressed: _pressed,
        StrategyChanged: _strategy,
        PriceChanged: _price,
        CandleClosed: _candle,
        CandleRejected: _rejected_candle,
        SignalPreviewed: _preview,
        DecisionMade: _decision,
        CalibrationMeasured: _scored,
        PositionClosed: _closed,
        ExternalsChanged: _external,
        PortfolioChanged: _portfolio,
        EquityRecorded: _equity,
        ChatAnswered: _chat,
        AlertRaised: _alert,
        OrderRejected: _refused_order,
        OrderSubmitted: _order,
        OrderFilled: _order,
        OrderChanged: _order,
        PositionOpened: _held,
        PositionChanged: _held,
    }


def _at(position: Position, price: float) -> Position:
    mark = Decimal(repr(price))
    unrealised = (mark - position.entry_price) * position.quantity * position.side.sign
    return replace(position, mark=mark, unrealised=unrealised)


def _kind(report: CalibrationReport) -> Kind:
    return report.symbol, report.horizon_bars, report.model
