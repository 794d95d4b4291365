"""One step of the market at a time through gate, venue, protection and decision; no waiting, no input or output."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sigma_engine.domain.calibration import CalibrationReport
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.decision import Approved, Decision
from sigma_engine.domain.feed_way import FeedWay
from sigma_engine.domain.market import Bars, MarketStep, Tick, Ticks
from sigma_engine.domain.order import ExitReason, Leg, Order, client_order_id
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.signal import Signal
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.events import (
    CandleClosed,
    CandleRejected,
    CandleRevised,
    DecisionMade,
    EquityRecorded,
    Event,
    FeedChanged,
    OrderFilled,
    OrderSubmitted,
    PortfolioChanged,
    PositionChanged,
    PositionClosed,
    PriceChanged,
    SignalPreviewed,
)
from sigma_engine.execution.book import Book
from sigma_engine.execution.orders import entry_margin, with_attached
from sigma_engine.execution.protection import moved_stop
from sigma_engine.risk.costs import Slippage
from sigma_engine.session.decide import decide
from sigma_engine.session.mandate import Mandate, Situation
from sigma_engine.session.ports import QualityGate, Venue
from sigma_engine.session.scorekeeper import Scorekeeper
from sigma_engine.strategy.reader import SignalReader

LONGEST_HOLE_MS = 86_400_000
"""A longer hole is not bridged: the symbol waits until it is opened again on a whole history."""


Readers = Mapping[str, SignalReader]


def warmed_readers(mandate: Mandate, timeframe: Timeframe, history: Mapping[str, Candles]) -> Readers:
    """A reader a symbol that has read its history; takes some ms a symbol: not on the loop thread."""
    cost = mandate.terms.costs.round_trip
    readers = {
        symbol: SignalReader(mandate.plan, symbol, timeframe, cost=cost, model=mandate.model) for symbol in history
    }
    for symbol, candles in history.items():
        readers[symbol].warm_up(candles)
    return readers


class Trader:
    """Holds the readers, the account and the venue of one run and moves them together.

    ``halted`` is the reason why no entries are taken, or None. While ``idle`` it decides nothing at all: prices are
    read, and the venue protects what is held. ``ways`` is how each symbol's prices come, where the feed says so.
    """

    def __init__(
        self, run_id: str, timeframe: Timeframe, mandate: Mandate, book: Book, venue: Venue, gate: QualityGate
    ) -> None:
        self.halted: str | None = None
        self.idle = False
        self.ways: Mapping[str, FeedWay] = {}
        self.book, self.venue = book, venue
        self._run_id, self._timeframe, self._gate = run_id, timeframe, gate
        self._mandate = mandate
        self._readers: Readers = {}
        self._forming: dict[str, Candle] = {}
        self._last: dict[str, Candle] = {}
        self._doubts: dict[str, str] = {}
        self._last_exit_ms: dict[str, int] = {}
        self._scorekeeper = Scorekeeper()
        self._unmeasured: Sequence[Signal] = ()
        self._slippage = {held.symbol: Slippage.of_entry(held) for held in book.positions()}

    @property
    def mandate(self) -> Mandate:
        """What decides at present."""
        return self._mandate

    @property
    def slippage(self) -> Mapping[str, Slippage]:
        """What own fills cost so far in each market."""
        return dict(self._slippage)

    def use(self, mandate: Mandate, readers: Readers, trades: Sequence[Trade] = ()) -> None:
        """Decide by ``mandate`` from here on, with readers that know the history up to now.

        ``trades`` are those the run made before this trader took it up: pauses and slippage are measured from them.
        """
        self._mandate, self._readers, self._unmeasured = mandate, readers, ()
        self._scorekeeper.forget_fold()
        self._note_exits(trades)
        for trade in trades:
            self._slippage[trade.symbol] = self._slippage.get(trade.symbol, Slippage()).after_trade(trade)

    def follow(self, history: Mapping[str, Candles]) -> None:
        """Take the last candles of ``history`` as those the next ones must follow."""
        self._last |= {symbol: candles[-1] for symbol, candles in history.items() if len(candles)}

    def succeeded_by(self, later: "Trader", mandate: Mandate) -> "Trader":
        """``later`` in the same market at the same instant: it takes over what was read and seen of it."""
        later._last, later._forming, later.ways = self._last, self._forming, self.ways
        later.use(mandate, self._readers)
        later._scorekeeper = self._scorekeeper
        return later

    def step(self, step: MarketStep) -> list[Event]:
        """The facts of one step; an `OrderSubmitted` among them still has to be journaled and sent."""
        return list(self._ticks(step) if isinstance(step, Ticks) else self._bars(step))

    def recall(self, stated: Mapping[str, Sequence[tuple[str, int, int]]]) -> None:
        """Take forecasts of earlier sittings, ``(model, horizon_bars, bar_ms)`` a symbol, as made live."""
        self._scorekeeper.recall(stated)

    def measure(self) -> Iterator[Event]:
        """The scores of the forecasts that fell due with the last candles, one market at a time.

        For when the orders of those candles are on their way: each takes about a millisecond.
        """
        signals, self._unmeasured = self._unmeasured, ()
        for signal in signals:
            yield from self._scorekeeper.measure(signal, self._readers[signal.symbol])

    def calibration(self) -> tuple[CalibrationReport, ...]:
        """The newest score of each symbol's forecasts."""
        return self._scorekeeper.reports()

    def close_all(self, reason: ExitReason) -> list[Event]:
        """Close every position at its last price, and tell what the account came to."""
        at_ms = self.book.portfolio().at_ms
        facts = self.venue.close_all(at_ms, reason)
        self._note(facts)
        self.book.turn_to(at_ms + 1)  # behind the last close, so that the curve keeps both points
        point = self.book.record_equity()
        return [
            *facts,
            EquityRecorded(at_ms=point.at_ms, point=point),
            PortfolioChanged(at_ms=point.at_ms, portfolio=self.book.portfolio()),
        ]

    def preview(self, symbol: str, at_ms: int) -> list[Event]:
        """Readings on the forming candle of ``symbol``; no state changes, nothing is decided."""
        candle = self._forming.get(symbol)
        if candle is None:
            return []
        return [SignalPreviewed(at_ms=at_ms, signal=self._readers[symbol].preview(candle))]

    def forming(self) -> Mapping[str, Candle]:
        """The candle in the making of each symbol."""
        return dict(self._forming)

    def exit_order(self, position: Position, at_ms: int, reason: ExitReason) -> Order:
        """A reduce-only market order for the whole position."""
        return self.venue.exit_order(position, at_ms, reason)

    def hear(self, at_ms: int) -> list[Event]:
        """What a venue somewhere else said meanwhile, and what the account is then."""
        self.book.turn_to(at_ms)
        facts = self.venue.hear(at_ms)
        self._note(facts)
        if facts:
            facts.append(PortfolioChanged(at_ms=at_ms, portfolio=self.book.portfolio()))
        return facts

    def _note(self, facts: Sequence[Event]) -> None:
        """Learn from what the venue did: what fills cost, and when each symbol was last closed."""
        for fact in facts:
            if isinstance(fact, OrderFilled) and fact.order.exit_reason is not ExitReason.LIQUIDATION:
                symbol = fact.fill.symbol
                self._slippage[symbol] = self._slippage.get(symbol, Slippage()).after(fact.fill)
        self._note_exits([fact.trade for fact in facts if isinstance(fact, PositionClosed)])

    def _note_exits(self, trades: Sequence[Trade]) -> None:
        """Remember when each symbol was last closed: at the close of that candle, on ticks as on candles."""
        interval_ms = self._timeframe.interval_ms
        for trade in trades:
            self._last_exit_ms[trade.symbol] = trade.exit_ms - trade.exit_ms % interval_ms + interval_ms

    def _ticks(self, step: Ticks) -> Iterator[Event]:
        self.book.turn_to(step.at_ms)
        for symbol, doubt in step.doubts.items():
            yield CandleRejected(at_ms=step.at_ms, symbol=symbol, reason=doubt)
        for symbol, candle in step.revised:
            yield CandleRevised(at_ms=step.at_ms, symbol=symbol, candle=candle)
        if step.ways:
            self.ways = step.ways
            yield FeedChanged(at_ms=step.at_ms, ways=step.ways)
        if not step.ticks:
            return
        wrong = {tick.symbol: reason for tick in step.ticks if (reason := self._wrong_tick(tick)) is not None}
        for symbol, reason in wrong.items():
            yield CandleRejected(at_ms=step.at_ms, symbol=symbol, reason=f"{reason}; the tick is left out")
        sound = tuple(tick for tick in step.ticks if tick.symbol not in wrong)
        facts = self.venue.step(Ticks(step.at_ms, sound))
        self._note(facts)
        for tick in sound:
            self._forming[tick.symbol] = tick.forming
            yield PriceChanged(at_ms=step.at_ms, symbol=tick.symbol, price=tick.price, forming=tick.forming)
        yield from facts
        if facts:
            yield PortfolioChanged(at_ms=step.at_ms, portfolio=self.book.portfolio())

    def _wrong_tick(self, tick: Tick) -> str | None:
        """Why a price, or the candle it belongs to, is none of this market."""
        if not tick.forming.low <= tick.price <= tick.forming.high:
            return f"price {tick.price:g} lies outside its candle"
        return self._unsound(tick.symbol, tick.forming)

    def _bars(self, step: Bars) -> Iterator[Event]:
        late = [(symbol, each) for symbol, candles in step.missed.items() for each in candles]
        late = [(symbol, each) for symbol, each in late if self._fits(symbol, each, step.candles[symbol])]
        step = replace(step, missed=_by_symbol(late))
        sound, self._doubts = self._sound(step)
        for symbol, reason in self._doubts.items():
            yield CandleRejected(at_ms=step.at_ms, symbol=symbol, reason=reason)
        self.book.turn_to(step.at_ms - self._timeframe.interval_ms)
        facts = self.venue.step(replace(step, candles=sound))
        self._note(facts)
        yield from facts
        self.book.turn_to(step.at_ms)
        self.book.age(sound)
        for symbol, candle in late:
            self.book.age((symbol,))
            yield CandleClosed(at_ms=step.at_ms, symbol=symbol, candle=candle)
        signals = self._unmeasured = [self._read(symbol, candle) for symbol, candle in sound.items()]
        yield from (CandleClosed(at_ms=step.at_ms, symbol=s, candle=candle) for s, candle in sound.items())
        yield EquityRecorded(at_ms=step.at_ms, point=self.book.record_equity())
        if not self.idle:
            for signal in signals:
                yield from self._manage(signal)
        yield from self.venue.protect(step.at_ms)
        if not self.idle:
            yield from self._decide_all(signals)
        yield PortfolioChanged(at_ms=step.at_ms, portfolio=self.book.portfolio())

    def _sound(self, step: Bars) -> tuple[dict[str, Candle], dict[str, str]]:
        """The candles fit to trade on, and what is wrong with the others or with what came before them.

        A hole is filled with flat candles at the last close, as `market.gaps` does for files; the candle behind it
        moves stops and readings, but no entry is made on it.
        """
        sound, doubts = {}, {}
        for symbol, candle in step.candles.items():
            if (unsound := self._unsound(symbol, candle)) is not None:
                doubts[symbol] = f"{unsound}; the candle is left out"
                continue
            last = self._last.get(symbol)
            doubt = self._gate(last.open_ms if last else None, candle, self._timeframe)
            if doubt and last is not None:
                doubt = f"{doubt}{self._fill_hole(symbol, last, candle, step.missed.get(symbol, Candles.empty()))}"
            if said := "; ".join(each for each in (doubt, step.doubts.get(symbol)) if each):
                doubts[symbol] = said
            if doubt is None or self._follows(symbol, candle):
                sound[symbol] = candle
        return sound, doubts

    def _unsound(self, symbol: str, candle: Candle) -> str | None:
        """Why the candle cannot be one of this market, wherever it stands: on the tick a price must be something."""
        if (reason := self._gate(None, candle, self._timeframe)) is not None:
            return reason
        tick = self.book.arithmetic(symbol).instrument.tick
        return f"low {candle.low:g} is below the price step of {tick}" if candle.low < float(tick) else None

    def _fits(self, symbol: str, candle: Candle, later: Candle) -> bool:
        """Whether a candle that comes late still has its place before ``later``."""
        last = self._last.get(symbol)
        after_ms = candle.open_ms - 1 if last is None else last.open_ms
        return after_ms < candle.open_ms < later.open_ms and self._unsound(symbol, candle) is None

    def _fill_hole(self, symbol: str, last: Candle, candle: Candle, missed: Candles) -> str:
        """Read what is missing between the two: the candles that came late, flat ones for the rest; in words."""
        interval_ms = self._timeframe.interval_ms
        missing = range(last.open_ms + interval_ms, candle.open_ms, interval_ms)
        if len(missing) * interval_ms > LONGEST_HOLE_MS:
            return ""
        late = {each.open_ms: each for each in missed}
        for open_ms in missing:
            close = self._last[symbol].close
            self._read(symbol, late.get(open_ms, Candle(open_ms, close, close, close, close, 0.0)))
        flat = len(missing) - len(late)
        parts = (f"{len(late)} came late" if late else "", f"{flat} were filled flat" if flat else "")
        return "".join(f"; {part}" for part in parts if part)

    def _follows(self, symbol: str, candle: Candle) -> bool:
        last = self._last.get(symbol)
        return last is not None and candle.open_ms == last.open_ms + self._timeframe.interval_ms

    def _read(self, symbol: str, candle: Candle) -> Signal:
        self._last[symbol] = candle
        self._forming.pop(symbol, None)
        return self._readers[symbol].close(candle)

    def _manage(self, signal: Signal) -> Iterator[Event]:
        """At the close: time stop and exit signal for the next open, otherwise the stop may move."""
        position = self.book.position(signal.symbol)
        if position is None or self.venue.pending(signal.symbol, Leg.EXIT) is not None:
            return
        if (reason := self._exit_reason(position, signal)) is not None:
            yield OrderSubmitted(at_ms=signal.at_ms, order=self.exit_order(position, signal.at_ms, reason))
            return
        plan = self._mandate.plan
        move = moved_stop(
            position,
            self.book.arithmetic(signal.symbol),
            plan.trailing_distance(float(position.entry_price), position.atr),
            plan.breakeven_at_r,
        )
        if move is not None:
            yield PositionChanged(at_ms=signal.at_ms, position=self.book.move_stop(signal.symbol, *move))

    def _exit_reason(self, position: Position, signal: Signal) -> ExitReason | None:
        limit = self._mandate.plan.time_stop_bars
        if limit is not None and position.bars >= limit:
            return ExitReason.TIME
        asked = signal.exit_long if position.side.sign > 0 else signal.exit_short
        return ExitReason.SIGNAL if asked else None

    def _decide_all(self, signals: Sequence[Signal]) -> Iterator[Event]:
        """Decide one symbol after the other; an entry takes its margin from those decided on after it."""
        waiting = (self.venue.pending(symbol, Leg.ENTRY) for symbol in self._readers)
        reserved = {order.symbol: self._margin(order) for order in waiting if order is not None}
        for signal in signals:
            decision = self._decide(signal, reserved)
            yield DecisionMade(at_ms=signal.at_ms, decision=decision)
            if isinstance(decision, Approved):
                order = self._entry_order(decision)
                reserved[order.symbol] = self._margin(order)
                yield OrderSubmitted(at_ms=signal.at_ms, order=order)

    def _margin(self, order: Order) -> Decimal:
        """What an entry on its way will take of the free margin, its fee included, if the price stays."""
        arithmetic, costs = self.book.arithmetic(order.symbol), self._mandate.terms.costs
        return entry_margin(order, order.reference_price, costs, arithmetic)

    def _decide(self, signal: Signal, reserved: Mapping[str, Decimal]) -> Decision:
        situation = Situation(
            portfolio=self.book.portfolio(),
            halted=self.halted,
            quality=self._doubts.get(signal.symbol) or self.venue.doubt(signal.symbol),
            last_exit_ms=self._last_exit_ms.get(signal.symbol),
            reserved=dict(reserved),
            slippage=self._slippage.get(signal.symbol, Slippage()),
            funding_rate=self.venue.funding_rate(signal.symbol, signal.at_ms),
        )
        return decide(signal, situation, self._mandate, self.book.arithmetic(signal.symbol))

    def _entry_order(self, decision: Approved) -> Order:
        signal, trade = decision.signal, decision.plan
        order = Order(
            client_id=client_order_id(self._run_id, signal.symbol, signal.bar_ms, Leg.ENTRY),
            symbol=signal.symbol,
            leg=Leg.ENTRY,
            side=trade.side.opening,
            position_side=trade.side,
            quantity=trade.quantity,
            leverage=trade.leverage,
            bar_ms=signal.bar_ms,
            created_ms=signal.at_ms,
            reference_price=signal.price,
            stop_distance=trade.stop_distance,
            target_distance=trade.target_distance,
            atr=signal.atr,
            reason=decision.reason,
        )
        return with_attached(order, self.book.arithmetic(order.symbol)) if self.venue.attaches_protection else order


def _by_symbol(candles: Sequence[tuple[str, Candle]]) -> dict[str, Candles]:
    rows: dict[str, list[Candle]] = {}
    for symbol, candle in candles:
        rows.setdefault(symbol, []).append(candle)
    return {symbol: Candles.from_rows(each) for symbol, each in rows.items()}
