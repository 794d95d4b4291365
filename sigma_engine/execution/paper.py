"""The paper venue: fills orders and protections by the table of contracts.md §4."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from math import nan

from sigma_engine.domain.candle import Candle
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
from sigma_engine.execution.orders import exit_order
from sigma_engine.kernels import exits
from sigma_engine.kernels.exits import Ending
from sigma_engine.risk.costs import FUNDING_MS, Costs

FundingRates = Mapping[str, Mapping[int, float]]
"""For each symbol the rate (fraction) paid at each stamp, UTC milliseconds."""


class PaperVenue:
    """Keeps market orders until the next price, watches stops and targets, books what happens.

    Every step returns the facts in the order they happened. On ticks orders fill at the next tick and protections
    act at once; on candles without ticks the table decides: exits of all symbols before entries at the open,
    funding, then what the range of the candle touched.
    """

    def __init__(self, book: Book, costs: Costs, interval_ms: int, funding: FundingRates | None = None) -> None:
        self._book, self._costs, self._interval_ms = book, costs, interval_ms
        self._funding = funding or {}
        self._pending: dict[tuple[str, Leg], Order] = {}

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

    def funding_rate(self, symbol: str, at_ms: int) -> float | None:
        """The rate of the last stamp up to ``at_ms``; None where it is not given."""
        return self._funding.get(symbol, {}).get(at_ms - at_ms % FUNDING_MS)

    def step(self, step: MarketStep) -> list[Event]:
        """Act on new prices."""
        if isinstance(step, Ticks):
            return list(self._on_ticks(step))
        if step.had_ticks:
            return []
        return list(self._on_bars(step))

    def close_all(self, at_ms: int, reason: ExitReason) -> list[Event]:
        """Close every position at its mark, as at the end of the data; whatever waited is cancelled."""
        facts = [fact for key in tuple(self._pending) for fact in self._cancel(key, at_ms, "everything was closed")]
        for position in self._book.positions():
            facts += self._exit(position, float(position.mark), at_ms, reason)
        return facts

    def _on_ticks(self, step: Ticks) -> Iterator[Event]:
        for tick in step.ticks:
            yield from self._at_price(tick.symbol, tick.price, step.at_ms)
        for tick in step.ticks:
            yield from self._enter(tick.symbol, tick.price, step.at_ms)
        for tick in step.ticks:
            self._mark_tick(tick)

    def _mark_tick(self, tick: Tick) -> None:
        self._book.mark(tick.symbol, tick.price)

    def _on_bars(self, step: Bars) -> Iterator[Event]:
        candles = step.candles.items()
        for symbol, candle in candles:
            yield from self._at_price(symbol, candle.open, candle.open_ms)
        for symbol, candle in candles:
            yield from self._enter(symbol, candle.open, candle.open_ms)
        for symbol, candle in candles:
            yield from self._pay_funding(symbol, candle)
        for symbol, candle in candles:
            yield from self._inside(symbol, candle)
        for symbol, candle in candles:
            self._mark_candle(symbol, candle)

    def _mark_candle(self, symbol: str, candle: Candle) -> None:
        position = self._book.position(symbol)
        if position is not None:
            self._book.mark(symbol, candle.close, candle.high if position.side.sign > 0 else candle.low)

    def _at_price(self, symbol: str, price: float, at_ms: int) -> Iterator[Event]:
        """Exits at an opening or a tick: liquidation, stop, target, then an exit order that waited."""
        position = self._book.position(symbol)
        if position is None:
            return
        ending = exits.at_open(position.side.sign, price, *_levels(position))
        if ending != Ending.NONE:
            yield from self._end(position, Ending(ending), price, at_ms)
        elif (waiting := self._pending.pop((symbol, Leg.EXIT), None)) is not None:
            yield from self._exit(position, price, at_ms, waiting.exit_reason or ExitReason.MANUAL, waiting)

    def _inside(self, symbol: str, candle: Candle) -> Iterator[Event]:
        position = self._book.position(symbol)
        if position is None:
            return
        stop, target, liquidation = _levels(position)
        ending = Ending(exits.inside(position.side.sign, candle.high, candle.low, stop, target, liquidation))
        level = {Ending.STOP: stop, Ending.TARGET: target, Ending.LIQUIDATION: liquidation}.get(ending)
        if level is not None:
            yield from self._end(position, ending, level, candle.open_ms)

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
        fill = self._fill(order, reference, at_ms, free=reason is ExitReason.LIQUIDATION)
        trade = self._book.close(fill, reason)
        yield OrderFilled(at_ms=at_ms, fill=fill, order=replace(order, state=OrderState.FILLED))
        yield PositionClosed(at_ms=at_ms, trade=trade)

    def _enter(self, symbol: str, price: float, at_ms: int) -> Iterator[Event]:
        order = self._pending.get((symbol, Leg.ENTRY))
        if order is None:
            return
        if refusal := self._refusal(order, price, at_ms):
            yield self._refuse(order, at_ms, refusal)
            return
        del self._pending[symbol, Leg.ENTRY]
        fill = self._fill(order, price, at_ms)
        position = self._book.open(order, fill)
        yield OrderFilled(at_ms=at_ms, fill=fill, order=replace(order, state=OrderState.FILLED))
        yield PositionOpened(at_ms=at_ms, position=position)

    def _refusal(self, order: Order, price: float, at_ms: int) -> str | None:
        if at_ms >= order.bar_ms + 2 * self._interval_ms:
            return "the market skipped the candle it was meant for"
        if self._book.position(order.symbol) is not None:
            return f"{order.symbol} is already held"
        needed = self._needed_margin(order, price)
        free = self._book.portfolio().free
        return f"it needs {needed:.2f} USDT margin, {free:.2f} is free" if needed > free else None

    def _needed_margin(self, order: Order, price: float) -> Decimal:
        arithmetic = self._book.arithmetic(order.symbol)
        paid = arithmetic.fill_price(price, order.side, self._costs.adverse_fraction)
        fee = arithmetic.fee(paid, order.quantity, self._costs.fee_rate)
        return arithmetic.margin(paid, order.quantity, order.leverage) + fee

    def _cancel(self, key: tuple[str, Leg], at_ms: int, reason: str) -> Iterator[Event]:
        order = self._pending.pop(key, None)
        if order is not None:
            yield OrderCancelled(at_ms=at_ms, order=replace(order, state=OrderState.CANCELLED, refusal=reason))

    def _refuse(self, order: Order, at_ms: int, reason: str) -> Event:
        self._pending.pop((order.symbol, order.leg), None)
        return OrderRejected(at_ms=at_ms, order=replace(order, state=OrderState.REJECTED, refusal=reason))

    def _fill(self, order: Order, reference: float, at_ms: int, *, free: bool = False) -> Fill:
        """Execute at ``reference`` against us; ``free`` of costs where the loss is the whole margin anyway."""
        arithmetic = self._book.arithmetic(order.symbol)
        price = arithmetic.fill_price(reference, order.side, 0.0 if free else self._costs.adverse_fraction)
        return Fill(
            client_id=order.client_id,
            symbol=order.symbol,
            leg=order.leg,
            side=order.side,
            price=price,
            quantity=order.quantity,
            fee=arithmetic.fee(price, order.quantity, 0.0 if free else self._costs.fee_rate),
            slippage=arithmetic.slippage(reference, price, order.quantity),
            at_ms=at_ms,
        )

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
