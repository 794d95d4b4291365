"""Rows that come twice, late, out of order, broken or never: each candle once, in order, as the market had it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigma_engine.domain.candle import Candle
from sigma_engine.domain.market import Bars, MarketStep, Tick, Ticks
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.exchanges.bar_assembly import GRACE_MS, LATE_MS, PATIENCE_MS, BarAssembly
from sigma_engine.market import quality

MINUTE = Timeframe.M1.interval_ms
START = 1_750_000_020_000
START -= START % MINUTE
BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
ROWS = 6
"""So often a candle is told while it forms; the last time as it closes."""


class Truth:
    """A market whose every candle is known, from its first row to its last."""

    def __init__(self, symbol: str, seed: int) -> None:
        self._seed = f"{symbol}|{seed}"

    def rows(self, open_ms: int) -> list[Candle]:
        chance = Random(f"{self._seed}|{open_ms}")
        prices = [100 + chance.random() for _ in range(ROWS)]
        return [
            Candle(open_ms, prices[0], max(prices[: n + 1]), min(prices[: n + 1]), prices[n], n + 1.0)
            for n in range(ROWS)
        ]

    def closed(self, open_ms: int) -> Candle:
        return self.rows(open_ms)[-1]

    def told(self, open_ms: int) -> list[tuple[int, Candle]]:
        """Its rows and when they are told: the last one at the close."""
        return [(open_ms + (n + 1) * MINUTE // ROWS, row) for n, row in enumerate(self.rows(open_ms))]

    def at(self, now_ms: int, count: int) -> list[Candle]:
        """What the exchange answers then."""
        present = now_ms - now_ms % MINUTE
        forming = [row for at_ms, row in self.told(present) if at_ms <= now_ms][-1:]
        return [self.closed(present - n * MINUTE) for n in range(count - 1, 0, -1)] + forming


def candle(minute: int, price: float = 100.0, volume: float = 1.0) -> Candle:
    return Candle(START + minute * MINUTE, price, price, price, price, volume)


def assembly(*symbols: str) -> BarAssembly:
    return BarAssembly(Timeframe.M1, {symbol: START - MINUTE for symbol in symbols or (BTC,)}, quality.check)


def bars(steps: Sequence[MarketStep]) -> list[Bars]:
    return [step for step in steps if isinstance(step, Bars)]


def ticks(steps: Sequence[MarketStep]) -> list[Tick]:
    return [tick for step in steps if isinstance(step, Ticks) for tick in step.ticks]


def test_a_row_is_a_tick_at_once_and_the_candle_is_closed_when_the_exchange_confirms_it() -> None:
    market = assembly()
    told = market.hear(BTC, [candle(0, 101)], START + 1_000)
    assert told == [Ticks(START + 1_000, (Tick(BTC, 101, candle(0, 101)),))]
    (later,) = market.hear(BTC, [candle(1, 102)], START + MINUTE + 300)
    assert isinstance(later, Ticks)
    assert market.questions(START + MINUTE + 300) == {BTC: 4}
    assert market.questions(START + MINUTE + 400) == {}, "it is being asked already"
    (closed,) = market.read(BTC, [candle(0, 101), candle(1, 102)], START + MINUTE + 300, START + MINUTE + 500)
    assert closed == Bars(START + MINUTE, {BTC: candle(0, 101)}, had_ticks=True)


def test_candles_that_close_together_are_one_step_in_the_order_of_the_strategy() -> None:
    market = assembly(BTC, ETH)
    now = START + MINUTE + GRACE_MS
    assert not bars(market.read(ETH, [candle(0, 50), candle(1, 51)], now, now))
    (step,) = bars(market.read(BTC, [candle(0), candle(1)], now, now))
    assert list(step.candles) == [BTC, ETH]


def test_who_says_nothing_is_asked_after_the_grace_and_again() -> None:
    market = assembly()
    assert market.questions(START + MINUTE + GRACE_MS - 1) == {}
    assert market.questions(START + MINUTE + GRACE_MS) == {BTC: 4}
    assert market.questions(START + MINUTE + GRACE_MS + 1_000) == {}
    assert market.questions(START + MINUTE + 2 * GRACE_MS) == {BTC: 4}


def test_without_answers_the_streams_own_row_is_taken_once_a_later_one_came() -> None:
    market = assembly()
    market.hear(BTC, [candle(0, 101)], START + MINUTE - 1)
    assert not bars(market.close(START + MINUTE + 2 * GRACE_MS)), "nobody knows whether that was its last row"
    market.hear(BTC, [candle(1, 102)], START + MINUTE + 100)
    (step,) = market.close(START + MINUTE + 2 * GRACE_MS)
    assert step.candles == {BTC: candle(0, 101)}
    assert step.doubts == {}


def test_one_that_hangs_does_not_hang_the_others_and_brings_what_it_missed_along() -> None:
    market = assembly(BTC, ETH)
    market.hear(BTC, [candle(0)], START + 1_000)
    now = START + MINUTE + GRACE_MS
    assert not bars(market.read(BTC, [candle(0), candle(1)], now, now)), "ETH may still come"
    (alone,) = market.close(START + MINUTE + PATIENCE_MS)
    assert alone == Bars(START + MINUTE, {BTC: candle(0)}, had_ticks=True)
    now += MINUTE
    (alone,) = bars(market.read(BTC, [candle(1), candle(2)], now, now))
    assert list(alone.candles) == [BTC], "it is not waited for twice"
    now += MINUTE
    assert not bars(market.read(ETH, [candle(n, 50) for n in range(3)], now, now))
    (step,) = bars(market.read(BTC, [candle(2), candle(3)], now, now))
    assert step.candles == {BTC: candle(2), ETH: candle(2, 50)}
    assert list(step.missed[ETH]) == [candle(0, 50), candle(1, 50)]


def test_a_late_candle_is_handed_out_with_a_doubt_and_a_punctual_one_without() -> None:
    market = assembly()
    late = START + MINUTE + LATE_MS + 1
    (step,) = bars(market.read(BTC, [candle(0), candle(1)], late, late))
    assert step.doubts == {BTC: "the candle came 10 s after its close"}
    now = START + 2 * MINUTE + GRACE_MS
    (step,) = bars(market.read(BTC, [candle(0), candle(1), candle(2)], now, now))
    assert step.doubts == {}


def test_a_candle_the_exchange_does_not_have_is_a_hole_and_comes_out_later_only_as_a_correction() -> None:
    market = assembly()
    now = START + 2 * MINUTE + GRACE_MS
    (step,) = bars(market.read(BTC, [candle(1), candle(2)], now, now))
    assert step.candles == {BTC: candle(1)}
    told = market.read(BTC, [candle(0, 99), candle(1), candle(2)], now + 5_000, now + 5_000)
    assert [step.revised for step in told if isinstance(step, Ticks)] == [((BTC, candle(0, 99)),)]
    assert not bars(told)


def test_a_revised_candle_is_told_once_and_never_handed_out_again() -> None:
    market = assembly()
    now = START + MINUTE + GRACE_MS
    market.read(BTC, [candle(0, 101), candle(1)], now, now)
    (told,) = market.read(BTC, [candle(0, 102), candle(1)], now + 5_000, now + 5_000)
    assert told == Ticks(now + 5_000, (), revised=((BTC, candle(0, 102)),))
    assert market.read(BTC, [candle(0, 102), candle(1)], now + 9_000, now + 9_000) == []


@pytest.mark.parametrize("name", ["open", "high", "low", "close", "volume"])
@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -math.inf, -1.0, 1e308])
def test_no_absurd_row_gets_through(name: str, nonsense: float) -> None:
    market, now = assembly(), START + MINUTE + GRACE_MS
    spoilt = replace(candle(0), **{name: nonsense})
    assert market.hear(BTC, [spoilt], START + 1_000) == []
    assert market.read(BTC, [spoilt], now, now) == []


def test_neither_a_row_of_the_future_nor_one_off_the_grid_gets_through() -> None:
    market = assembly()
    off_grid = replace(candle(0), open_ms=START + 1)
    assert market.hear(BTC, [candle(9), off_grid], START + 1_000) == []


@dataclass
class Way:
    """How rows and answers travel."""

    lost: float
    twice: float
    spoilt: float
    jitter_ms: int
    unanswered: float
    reply_ms: int


ways = st.builds(
    Way,
    lost=st.sampled_from([0.0, 0.3, 0.9, 1.0]),
    twice=st.sampled_from([0.0, 0.5]),
    spoilt=st.sampled_from([0.0, 0.3]),
    jitter_ms=st.sampled_from([0, 500, 15_000, 90_000]),
    unanswered=st.just(0.0),
    reply_ms=st.integers(0, 1_500),
)


class Play:
    """The truth of two markets, told in a faulty way; time passes by the second."""

    def __init__(self, way: Way, seed: int, minutes: int) -> None:
        self.way, self.chance, self.minutes = way, Random(seed), minutes
        self.truth = {symbol: Truth(symbol, seed) for symbol in (BTC, ETH)}
        self.market = assembly(BTC, ETH)
        self.steps: list[MarketStep] = []
        self._coming: list[tuple[int, str, int | None, list[Candle]]] = []

    def run(self) -> None:
        for minute in range(self.minutes):
            for symbol, truth in self.truth.items():
                for at_ms, row in truth.told(START + minute * MINUTE):
                    self._send(symbol, at_ms, row)
        for now in range(START, START + self.minutes * MINUTE + 20_000, 500):
            for entry in sorted((e for e in self._coming if e[0] <= now), key=lambda e: e[0]):
                self._coming.remove(entry)
                _, symbol, asked, rows = entry
                take = self.market.hear if asked is None else lambda s, r, n, a=asked: self.market.read(s, r, a, n)
                self.steps += take(symbol, rows, now)
            self.steps += self.market.close(now)
            for symbol, count in self.market.questions(now).items():
                if self.chance.random() >= self.way.unanswered:
                    answer = self.truth[symbol].at(now, count)
                    self._coming.append((now + self.way.reply_ms, symbol, now, answer))

    def ask_all(self) -> None:
        """Everything works again: everybody is asked at the next two closes."""
        for more in (1, 2):
            now = START + (self.minutes + more) * MINUTE + 20_000
            for symbol, truth in self.truth.items():
                self.steps += self.market.read(symbol, truth.at(now, 20), now, now)
            self.steps += self.market.close(now + 2 * GRACE_MS)

    def _send(self, symbol: str, at_ms: int, row: Candle) -> None:
        for _ in range(2 if self.chance.random() < self.way.twice else 1):
            if self.chance.random() < self.way.spoilt:
                spoilt = replace(row, **{self.chance.choice(["high", "close", "volume"]): math.nan})
                self._coming.append((at_ms, symbol, None, [spoilt]))
            if self.chance.random() >= self.way.lost:
                self._coming.append((at_ms + self.chance.randint(0, self.way.jitter_ms), symbol, None, [row]))

    def handed_out(self, symbol: str) -> list[Candle]:
        return [step.candles[symbol] for step in bars(self.steps) if symbol in step.candles]

    def known(self, symbol: str) -> dict[int, Candle]:
        """What a store would hold in the end."""
        kept: dict[int, Candle] = {}
        for step in self.steps:
            if isinstance(step, Bars):
                rows = [*step.missed.get(symbol, ()), *([step.candles[symbol]] if symbol in step.candles else [])]
                assert not any(row.open_ms in kept for row in rows), "a candle came twice"
                kept.update((row.open_ms, row) for row in rows)
            else:
                kept.update((row.open_ms, row) for name, row in step.revised if name == symbol)
        return kept


@given(way=ways, seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_whatever_happens_to_the_stream_the_candles_are_the_markets_own(way: Way, seed: int) -> None:
    play = Play(way, seed, minutes=6)
    play.run()
    for symbol, truth in play.truth.items():
        assert play.handed_out(symbol) == [truth.closed(START + n * MINUTE) for n in range(6)]
    assert all(list(step.candles) == [BTC, ETH] and not step.doubts for step in bars(play.steps))
    assert not any(step.revised for step in play.steps if isinstance(step, Ticks))
    times = [step.at_ms for step in bars(play.steps)]
    assert times == sorted(times)


@given(way=ways, unanswered=st.sampled_from([0.3, 0.8, 1.0]), seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_where_answers_fail_too_one_answer_in_the_end_makes_it_the_truth(
    way: Way, unanswered: float, seed: int
) -> None:
    play = Play(replace(way, unanswered=unanswered), seed, minutes=8)
    play.run()
    play.ask_all()
    for symbol, truth in play.truth.items():
        assert play.known(symbol) == {at: truth.closed(at) for at in range(START, START + 10 * MINUTE, MINUTE)}
        stamps = [row.open_ms for row in play.handed_out(symbol)]
        assert stamps == sorted(set(stamps))
