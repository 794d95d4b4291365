"""The paper venue: fills orders and protections by the table of contracts.md §4."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf, nan

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.market import Bars, MarketStep, Tick, Ticks
from sigma_engine.domain.order import ExitReason, Fill, Leg, Order, OrderState
from sigma_engine.domain.position import Position
from sigma_engine.events import (
    Event,
    OrderCancelled,
    OrderFilled,
    OrderRejected,
    PositionChanged,
    PositionClosed,
    PositionOpened,
)
from sigma_engine.execution.book import Book
from sigma_engine.execution.funding import AnnouncedFunding
from sigma_engine.execution.orders import entry_margin, exit_order, range_fraction
from sigma_engine.kernels import exits
from sigma_engine.kernels.exits import Ending
from sigma_engine.risk.costs import FUNDING_MS, Costs

MINUTE_MS = 60_000

FundingRates = Mapping[str, Mapping[int, float]]
"""For each symbol the rate (fraction) paid at each stamp, UTC milliseconds."""


class PaperVenue:
    """Keeps market orders until the next price, watches stops and targets, books what happens.

    Every step returns the facts in the order they happened. On ticks orders fill at the next tick and protections
    act at once, also on what a candle's range shows that no tick told of; on candles without ticks the table decides:
    exits of all symbols before entries at the open, funding, then what the range of the candle touched, where known
    minute by minute. There an order is filled ``latency_bars`` candles later than the next open; what waits meanwhile
    goes the moment its position does.
    ``announced`` takes the place of ``funding`` where a venue tells the rates as time goes on.
    """

    def __init__(
        self,
        book: Book,
        costs: Costs,
        interval_ms: int,
        funding: FundingRates | None = None,
        latency_bars: int = 0,
        announced: AnnouncedFunding | None = None,
    ) -> None:
        self._book, self._costs, self._interval_ms = book, costs, interval_ms
        self._funding, self._latency_ms = funding or {}, latency_bars * interval_ms
        self._pending: dict[tuple[str, Leg], Order] = {}
        self._announced, self._began_ms = announced, book.portfolio().at_ms
        self._seen: dict[str, Candle] = {}
        self._seen_before: dict[str, Candle] = {}

    @property
    def attaches_protection(self) -> bool:
        """No: stop and target are the position's own here."""
        return False

    def submit(self, order: Order) -> None:
        """Take an order that is already journaled."""
        self._pending[order.symbol, order.leg] = order

    def pending(self, symbol: str, leg: Leg) -> Order | None:
        """The order of ``symbol`` that waits for a price."""
        return self._pending.get((symbol, leg))

    def cancel_entries(self, at_ms: int, reason: str) -> list[Event]:
        """Withdraw every waiting entry."""
        waiting = [key for key in self._pending if key[1] is Leg.ENTRY]
        return [fact for key in waiting for fact in self._cancel(key, at_ms, reason)]

    def block_entries(self, reason: str | None) -> None:
        """Nothing: an order waits here for the next price only, and is withdrawn by `cancel_entries`."""

    def exit_order(self, position: Position, at_ms: int, reason: ExitReason) -> Order:
        """The order that closes ``position``; there is never a second attempt."""
        return exit_order(position, reason, at_ms, self._interval_ms, float(position.mark))

    def doubt(self, symbol: str) -> str | None:
        """Nothing is ever in doubt here."""
        return None

    def protect(self, at_ms: int) -> list[Event]:
        """Nothing: stops and targets are watched by the venue itself."""
        return []

    def hear(self, at_ms: int) -> list[Event]:
        """Nothing: every answer is there at once."""
        return []

    def funding_rate(self, symbol: str, at_ms: int) -> float | None:
        """The rate of the last stamp up to ``at_ms``, or the one announced last; None where it is not given."""
        if self._announced is not None:
            return self._announced.last(symbol)
        return self._funding.get(symbol, {}).get(at_ms - at_ms % FUNDING_MS)

    def step(self, step: MarketStep) -> list[Event]:
        """Act on new prices."""
        if isinstance(step, Ticks):
            return list(self._on_ticks(step))
        return list(self._behind_ticks(step) if step.had_ticks else self._on_bars(step))

    def close_all(self, at_ms: int, reason: ExitReason) -> list[Event]:
        """Close every position at its mark, as at the end of the data; whatever waited is cancelled."""
        facts = [fact for key in tuple(self._pending) for fact in self._cancel(key, at_ms, "everything was closed")]
        for position in self._book.positions():
            facts += self._exit(position, float(position.mark), at_ms, reason)
        return facts

    def _on_ticks(self, step: Ticks) -> Iterator[Event]:
        for tick in step.ticks:
            yield from self._pay_announced(tick.symbol, tick.price, step.at_ms)
            yield from self._unseen(tick.symbol, tick.forming, step.at_ms, tick.price)
            yield from self._at_price(tick.symbol, tick.price, step.at_ms, latency_ms=0)
        for tick in step.ticks:
            yield from self._enter(tick.symbol, tick.price, step.at_ms, latency_ms=0)
        for tick in step.ticks:
            self._mark_tick(tick)

    def _mark_tick(self, tick: Tick) -> None:
        self._book.mark(tick.symbol, tick.price)

    def _behind_ticks(self, step: Bars) -> Iterator[Event]:
        """Candles whose prices came as ticks, but perhaps not all of them."""
        for symbol, candle in step.candles.items():
            for each in (*step.missed.get(symbol, ()), candle):
                yield from self._unseen(symbol, each, each.open_ms + self._interval_ms)

    def _unseen(self, symbol: str, candle: Candle, at_ms: int, price: float | None = None) -> Iterator[Event]:
        """What the range of ``candle`` touched beyond what was seen of it, and beyond ``price``, which comes next."""
        seen = self._see(symbol, candle)
        position = self._book.position(symbol)
        if position is None or position.entry_ms >= candle.open_ms + self._interval_ms:
            return
        if seen is None:
            if position.entry_ms > candle.open_ms:
                return  # what was before the entry does not count, and nobody knows what was
            yield from self._at_opening(position, candle.open, at_ms)
            if (position := self._book.position(symbol)) is None:
                return
        known: list[float] = [] if seen is None else [seen.high, seen.low]
        known += [] if price is None else [price]
        high = candle.high if candle.high > max(known, default=-inf) else nan
        low = candle.low if candle.low < min(known, default=inf) else nan
        yield from self._touched(
            position, Ending(exits.inside(position.side.sign, high, low, *_levels(position))), at_ms
        )

    def _see(self, symbol: str, candle: Candle) -> Candle | None:
        """Remember ``candle`` as it stands; what was remembered of it before."""
        last = self._seen.get(symbol)
        if last is not None and last.open_ms > candle.open_ms:
            before = self._seen_before.get(symbol)
            return before if before is not None and before.open_ms == candle.open_ms else None
        self._seen[symbol] = candle
        if last is None or last.open_ms == candle.open_ms:
            return last
        self._seen_before[symbol] = last
        return None

    def _on_bars(self, step: Bars) -> Iterator[Event]:
        candles = step.candles.items()
        for symbol, missed in step.missed.items():
            for candle in missed:
                yield from self._unseen(symbol, candle, candle.open_ms + self._interval_ms)
        for symbol, candle in candles:
            yield from self._pay_announced(symbol, candle.open, candle.open_ms)
            yield from self._at_price(symbol, candle.open, candle.open_ms, self._latency_ms)
        for symbol, candle in candles:
            yield from self._enter(symbol, candle.open, candle.open_ms, self._latency_ms)
        for symbol, candle in candles:
            yield from self._pay_funding(symbol, candle)
        for symbol, candle in candles:
            yield from self._inside(symbol, candle, step.inside.get(symbol))
        for symbol, candle in candles:
            self._mark_candle(symbol, candle)
            self._see(symbol, candle)

    def _mark_candle(self, symbol: str, candle: Candle) -> None:
        position = self._book.position(symbol)
        if position is not None:
            self._book.mark(symbol, candle.close, candle.high if position.side.sign > 0 else candle.low)

    def _at_price(self, symbol: str, price: float, at_ms: int, latency_ms: int) -> Iterator[Event]:
        """Exits at an opening or a tick: liquidation, stop, target, then an exit order that waited."""
        position = self._book.position(symbol)
        if position is None or position.entry_ms > at_ms:
            return
        yield from self._at_opening(position, price, at_ms)
        if (
            self._book.position(symbol) is not None
            and (waiting := self._due(symbol, Leg.EXIT, at_ms, latency_ms)) is not None
        ):
            del self._pending[symbol, Leg.EXIT]
            yield from self._exit(position, price, at_ms, waiting.exit_reason or ExitReason.MANUAL, waiting)

    def _at_opening(self, position: Position, price: float, at_ms: int) -> Iterator[Event]:
        """The end of a position at a price the market opened at, or jumped to."""
        ending = exits.at_open(position.side.sign, price, *_levels(position))
        if ending != Ending.NONE:
            yield from self._end(position, Ending(ending), price, at_ms)

    def _due(self, symbol: str, leg: Leg, at_ms: int, latency_ms: int) -> Order | None:
        """The order that waited and is not on its way any more at ``at_ms``."""
        order = self._pending.get((symbol, leg))
        if order is None or not latency_ms:
            return order
        sent_ms = order.created_ms - order.created_ms % self._interval_ms
        return order if at_ms >= sent_ms + latency_ms else None

    def _inside(self, symbol: str, candle: Candle, minutes: Candles | None) -> Iterator[Event]:
        position = self._book.position(symbol)
        if position is None or position.entry_ms >= candle.open_ms + self._interval_ms:
            return
        ending = _first_ending(position.side.sign, candle, minutes, _levels(position), self._interval_ms)
        yield from self._touched(position, ending, max(candle.open_ms, position.entry_ms))

    def _touched(self, position: Position, ending: Ending, at_ms: int) -> Iterator[Event]:
        """The end of a position at the level a range reached, if it did."""
        stop, target, liquidation = _levels(position)
        level = {Ending.STOP: stop, Ending.TARGET: target, Ending.LIQUIDATION: liquidation}.get(ending)
        if level is not None:
            yield from self._end(position, ending, level, at_ms)

    def _end(self, position: Position, ending: Ending, reference: float, at_ms: int) -> Iterator[Event]:
        if ending is Ending.LIQUIDATION:
            reason, reference = ExitReason.LIQUIDATION, float(position.liquidation)
        else:
            reason = position.stop_kind if ending is Ending.STOP else ExitReason.TARGET
        yield from self._cancel((position.symbol, Leg.EXIT), at_ms, "the position was closed before it")
        yield from self._exit(position, reference, at_ms, reason)

    def _exit(
        self, position: Position, reference: float, at_ms: int, reason: ExitReason, order: Order | None = None
    ) -> Iterator[Event]:
        order = order or exit_order(position, reason, at_ms, self._interval_ms, reference)
        fill = self._fill(order, reference, at_ms, *self._paid_on_exit(position, reference, reason))
        trade = self._book.close(fill, reason)
        yield OrderFilled(at_ms=at_ms, fill=fill, order=replace(order, state=OrderState.FILLED))
        yield PositionClosed(at_ms=at_ms, trade=trade)

    def _enter(self, symbol: str, price: float, at_ms: int, latency_ms: int) -> Iterator[Event]:
        order = self._due(symbol, Leg.ENTRY, at_ms, latency_ms)
        if order is None:
            return
        if refusal := self._refusal(order, price, at_ms - latency_ms):
            yield self._refuse(order, at_ms, refusal)
            return
        del self._pending[symbol, Leg.ENTRY]
        fill = self._fill(order, price, at_ms, *self._paid(order.atr, price))
        position = self._book.open(order, fill)
        yield OrderFilled(at_ms=at_ms, fill=fill, order=replace(order, state=OrderState.FILLED))
        yield PositionOpened(at_ms=at_ms, position=position)

    def _refusal(self, order: Order, price: float, meant_ms: int) -> str | None:
        """Why an entry is not filled; ``meant_ms`` is the open it would have had without latency."""
        if meant_ms >= order.bar_ms + 2 * self._interval_ms:
            return "the market skipped the candle it was meant for"
        if self._book.position(order.symbol) is not None:
            return f"{order.symbol} is already held"
        needed = entry_margin(order, price, self._costs, self._book.arithmetic(order.symbol))
        free = self._book.portfolio().free
        return f"it needs {needed:.2f} USDT margin, {free:.2f} is free" if needed > free else None

    def _cancel(self, key: tuple[str, Leg], at_ms: int, reason: str) -> Iterator[Event]:
        order = self._pending.pop(key, None)
        if order is not None:
            yield OrderCancelled(at_ms=at_ms, order=replace(order, state=OrderState.CANCELLED, refusal=reason))

    def _refuse(self, order: Order, at_ms: int, reason: str) -> Event:
        self._pending.pop((order.symbol, order.leg), None)
        return OrderRejected(at_ms=at_ms, order=replace(order, state=OrderState.REJECTED, refusal=reason))

    def _paid(self, atr: float | None, reference: float) -> tuple[float, float]:
        """What a market order pays at ``reference``: how much worse its price is, and the fee, as fractions."""
        costs = self._costs.at(range_fraction(atr, reference))
        return costs.adverse_fraction, costs.fee_rate

    def _paid_on_exit(self, position: Position, reference: float, reason: ExitReason) -> tuple[float, float]:
        """Nothing at a liquidation, whose loss is the whole margin anyway; the maker's fee on a resting target."""
        if reason is ExitReason.LIQUIDATION:
            return 0.0, 0.0
        if reason is ExitReason.TARGET and self._costs.maker_rate is not None:
            return 0.0, self._costs.maker_rate
        return self._paid(position.atr, reference)

    def _fill(self, order: Order, reference: float, at_ms: int, adverse_fraction: float, fee_rate: float) -> Fill:
        """Execute at ``reference`` moved against us."""
        arithmetic = self._book.arithmetic(order.symbol)
        price = arithmetic.fill_price(reference, order.side, adverse_fraction)
        return Fill(
            client_id=order.client_id,
            symbol=order.symbol,
            leg=order.leg,
            side=order.side,
            price=price,
            quantity=order.quantity,
            fee=arithmetic.fee(price, order.quantity, fee_rate),
            slippage=arithmetic.slippage(reference, price, order.quantity),
            at_ms=at_ms,
        )

    def _pay_announced(self, symbol: str, price: float, until_ms: int) -> Iterator[Event]:
        """Funding of the stamps that passed since the last prices, at this one."""
        if self._announced is None:
            return
        for stamp_ms, rate in self._announced.due(symbol, self._began_ms, until_ms):
            position = self._book.position(symbol)
            if position is not None and position.entry_ms < stamp_ms:
                yield PositionChanged(at_ms=until_ms, position=self._book.receive_funding(symbol, price, rate))

    def _pay_funding(self, symbol: str, candle: Candle) -> Iterator[Event]:
        rates = self._funding.get(symbol)
        first = -(-candle.open_ms // FUNDING_MS) * FUNDING_MS
        for stamp in range(first, candle.open_ms + self._interval_ms, FUNDING_MS):
            if rates and stamp in rates and self._book.position(symbol) is not None:
                position = self._book.receive_funding(symbol, candle.open, rates[stamp])
                yield PositionChanged(at_ms=stamp, position=position)


def _levels(position: Position) -> tuple[float, float, float]:
    """Stop, target and liquidation as kernels take them; NaN where there is none."""
    return (
        float(position.stop) if position.stop is not None else nan,
        float(position.target) if position.target is not None else nan,
        float(position.liquidation),
    )


def _first_ending(
    sign: int, candle: Candle, minutes: Candles | None, levels: tuple[float, float, float], interval_ms: int
) -> Ending:
    """What ended a position inside ``candle``: the first of its minutes that did, otherwise the candle's own range.

    Minutes decide only where all of the candle's are there and none goes beyond it: a missing one may hide the stop.
    """
    if minutes is not None and len(minutes) == interval_ms // MINUTE_MS and _lies_within(minutes, candle):
        for high, low in zip(minutes.high.tolist(), minutes.low.tolist(), strict=True):
            if (ending := exits.inside(sign, high, low, *levels)) != Ending.NONE:
                return Ending(ending)
    return Ending(exits.inside(sign, candle.high, candle.low, *levels))


def _lies_within(minutes: Candles, candle: Candle) -> bool:
    """Whether the minutes are those of this candle as far as prices tell."""
    return bool(minutes.high.max() <= candle.high and minutes.low.min() >= candle.low)
