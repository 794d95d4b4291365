"""Any mixture of sound and broken candles: nothing breaks, nothing undefined is traded, every rejection is told."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from sigma_engine.assembly.workshop import PaperWorkshop, first_run
from sigma_engine.domain.candle import Candle
from sigma_engine.domain.market import Bars
from sigma_engine.domain.order import Order
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.domain.run import Mode, RunState
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.events import (
    CandleClosed,
    CandleRejected,
    DecisionMade,
    Event,
    OrderFilled,
    OrderSubmitted,
    PortfolioChanged,
    PositionOpened,
)
from sigma_engine.market.generated.feed import GeneratedFeed
from sigma_engine.session.trader import Readers, Trader, warmed_readers
from sigma_engine.settings import Settings
from sigma_engine.strategy.spec import read_spec

SYMBOLS = ("BTC/USDT:USDT", "ETH/USDT:USDT")
MINUTE = Timeframe.M1.interval_ms
START_MS = 1_750_000_020_000
EAGER = {
    "version": 1,
    "name": "Eager",
    "entry_long": ["close > open"],
    "entry_short": ["close < open"],
    "stop_loss": {"type": "atr", "value": 1.0},
    "trailing_stop": {"type": "atr", "value": 1.0},
    "time_stop_min": 5,
}
"""Enters on nearly every candle, so that whatever slips through is traded on."""

SPOILS = ("open", "high", "low", "close", "volume")
NONSENSE = (math.nan, math.inf, -math.inf, 0.0, -1.0, -0.0, 1e308, 5e-324)

prices = st.floats(-0.02, 0.02)
sound = st.tuples(st.just("sound"), prices, st.just(0), st.just(0.0))
spoiled = st.tuples(st.sampled_from(SPOILS), prices, st.just(0), st.sampled_from(NONSENSE))
misplaced = st.tuples(st.just("moved"), prices, st.sampled_from([-100, -2, -1, 1, 2, 7, 1500]), st.just(0.0))
off_grid = st.tuples(st.just("off grid"), prices, st.just(0), st.just(0.0))
absent = st.tuples(st.just("absent"), prices, st.just(0), st.just(0.0))
scaled = st.tuples(st.just("scaled"), prices, st.just(0), st.sampled_from([1e300, 1e-300, 1e11, 1e-11, 1e3, 1e-3]))
any_candle = st.one_of(sound, sound, sound, spoiled, misplaced, off_grid, absent, scaled)
steps = st.lists(st.fixed_dictionaries(dict.fromkeys(SYMBOLS, any_candle)), min_size=1, max_size=20)


@cache
def market() -> tuple[PaperWorkshop, RunState, Readers, GeneratedFeed]:
    feed = GeneratedFeed.start(3, START_MS, list(SYMBOLS), bars=300)
    workshop = PaperWorkshop(Settings(), feed.timeframe, feed.instruments)
    choice = workshop._choice("eager", read_spec(EAGER))
    run = first_run(Mode.REPLAY, choice, feed, Settings().paper_balance)
    return workshop, run, warmed_readers(choice.mandate, feed.timeframe, feed.history()), feed


class Desk:
    """A trader that is fed whatever a test makes up, and sends its orders on."""

    def __init__(self) -> None:
        workshop, run, readers, feed = market()
        mandate = workshop._choice("eager", read_spec(EAGER)).mandate
        self.trader: Trader = workshop.trader(run, (), (), mandate)
        self.trader.follow(feed.history())
        self.trader.use(mandate, {symbol: reader.copy() for symbol, reader in readers.items()})
        self.open_ms = feed.history()[SYMBOLS[0]][-1].open_ms
        self.last = {symbol: candles[-1].close for symbol, candles in feed.history().items()}

    def play(self, made: dict[str, tuple[str, float, int, float]]) -> tuple[dict[str, Candle], list[Event]]:
        self.open_ms += MINUTE
        candles = {symbol: self._candle(symbol, *each) for symbol, each in made.items() if each[0] != "absent"}
        facts = self.trader.step(Bars(self.open_ms + MINUTE, candles, had_ticks=False))
        for fact in facts:
            if isinstance(fact, OrderSubmitted):
                self.trader.venue.submit(fact.order)
        return candles, facts

    def _candle(self, symbol: str, kind: str, move: float, shift: int, nonsense: float) -> Candle:
        open_ = self.last[symbol]
        close = open_ * (1 + move)
        high, low = max(open_, close) * 1.001, min(open_, close) * 0.999
        candle = Candle(self.open_ms + shift * MINUTE, open_, high, low, close, 1.0)
        if kind in SPOILS:
            return replace(candle, **{kind: nonsense})
        if kind == "off grid":
            return replace(candle, open_ms=candle.open_ms + 1)
        if kind == "scaled":
            return replace(candle, **{name: getattr(candle, name) * nonsense for name in SPOILS})
        if kind == "sound":
            self.last[symbol] = close
        return candle


def numbers(noun: object) -> Iterator[float | Decimal]:
    """Every number in a noun, however deep."""
    if isinstance(noun, float | Decimal):
        yield noun
    elif isinstance(noun, tuple):
        for part in noun:
            yield from numbers(part)
    elif is_dataclass(noun):
        for field in fields(noun):
            yield from numbers(getattr(noun, field.name))


def account_nouns(facts: Sequence[Event]) -> Iterator[object]:
    """What belongs to somebody: orders, fills, positions, the account."""
    for fact in facts:
        if isinstance(fact, OrderSubmitted | OrderFilled):
            yield fact.order
        if isinstance(fact, OrderFilled):
            yield fact.fill
        if isinstance(fact, PositionOpened):
            yield fact.position
        if isinstance(fact, PortfolioChanged):
            yield fact.portfolio


def check(candles: dict[str, Candle], facts: list[Event]) -> None:
    for noun in account_nouns(facts):
        assert all(math.isfinite(number) for number in numbers(noun)), noun
        if isinstance(noun, Order):
            assert noun.quantity > 0
        if isinstance(noun, Portfolio):
            assert noun.wallet >= 0
    closed = {fact.symbol: fact.candle for fact in facts if isinstance(fact, CandleClosed)}
    rejected = {fact.symbol: fact.reason for fact in facts if isinstance(fact, CandleRejected)}
    entered = {fact.order.symbol for fact in facts if isinstance(fact, OrderSubmitted) and fact.order.stop_distance}
    for symbol in candles:
        assert symbol in closed or rejected.get(symbol), "a candle is taken, or its rejection is told with a reason"
    assert not entered & set(rejected), "no entry is made on a candle that was not whole"
    for candle in closed.values():
        assert all(math.isfinite(number) and number >= 0 for number in numbers(candle))
        assert min(candle.open, candle.high, candle.low, candle.close) > 0


def test_the_strategy_of_this_campaign_enters_on_the_first_candle_it_may() -> None:
    _, facts = Desk().play({symbol: ("sound", 0.001, 0, 0.0) for symbol in SYMBOLS})
    assert [fact.order.symbol for fact in facts if isinstance(fact, OrderSubmitted)] == list(SYMBOLS)


@settings(max_examples=60)
@given(steps)
def test_whatever_comes_in_nothing_undefined_is_traded_and_every_rejection_is_told(
    made: list[dict[str, tuple[str, float, int, float]]],
) -> None:
    desk = Desk()
    for step in made:
        check(*desk.play(step))
    for _ in range(3):
        candles, facts = desk.play({symbol: ("sound", 0.001, 0, 0.0) for symbol in SYMBOLS})
        check(candles, facts)
    signals = {fact.decision.symbol: fact.decision.signal for fact in facts if isinstance(fact, DecisionMade)}
    for signal in signals.values():
        values = [value for reading in signal.readings for _, value in reading.values]
        assert all(math.isfinite(value) for value in values), "a rejected candle leaves no trace in the readings"
        assert signal.forecast is not None
        assert math.isfinite(signal.forecast.sigma)
