"""The demo's market is fixed by its seed, forms its candles tick by tick, and goes on exactly where it stood."""

import asyncio
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest

from sigma_engine.clock import ScaledClock
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.market import Bars, MarketStep, Ticks
from sigma_engine.domain.symbol import PAIRS
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError, UnknownSymbol
from sigma_engine.market.generated.feed import GeneratedFeed
from sigma_engine.market.quality import check

START_MS = 1_760_000_123_456
MINUTE_MS = 60_000
STEPS_A_MINUTE = 16


@pytest.fixture
def feed() -> GeneratedFeed:
    return GeneratedFeed.start(seed=7, start_ms=START_MS, speed=0, bars=200)


def same(one: Mapping[str, Candles], other: Mapping[str, Candles]) -> bool:
    return {symbol: list(candles) for symbol, candles in one.items()} == {
        symbol: list(candles) for symbol, candles in other.items()
    }


def closed(steps: list[MarketStep]) -> list[Bars]:
    return [step for step in steps if isinstance(step, Bars)]


def with_closed(history: Mapping[str, Candles], steps: list[MarketStep]) -> dict[str, Candles]:
    """The history as a store would have it after ``steps``."""
    return {
        symbol: candles.joined(Candles.from_rows([bars.candles[symbol] for bars in closed(steps)]))
        for symbol, candles in history.items()
    }


def test_the_demo_has_three_thousand_minutes_of_history_of_eight_coins_up_to_its_start():
    feed = GeneratedFeed.start(seed=7, start_ms=START_MS)

    assert list(feed.history()) == list(feed.instruments) == list(PAIRS)
    assert feed.timeframe is Timeframe.M1
    for candles in feed.history().values():
        assert len(candles) == 3_000
        assert candles.open_ms[-1] == START_MS - START_MS % MINUTE_MS - MINUTE_MS
        assert (np.diff(candles.open_ms) == MINUTE_MS).all()


def test_the_clock_starts_where_the_history_ends_and_each_step_waits_for_its_time(feed):
    assert feed.clock.now_ms() == START_MS - START_MS % MINUTE_MS

    async def watch() -> None:
        steps = feed.steps()
        for _ in range(40):
            step = await anext(steps)
            assert feed.clock.now_ms() == step.at_ms

    asyncio.run(watch())


def test_a_minute_is_fifteen_instants_of_every_symbol_and_then_its_candles(feed, take):
    steps = take(feed, 3 * STEPS_A_MINUTE)

    assert [isinstance(step, Bars) for step in steps] == ([False] * 15 + [True]) * 3
    assert all(a.at_ms < b.at_ms for a, b in pairwise(steps))
    for step in steps:
        names = [tick.symbol for tick in step.ticks] if isinstance(step, Ticks) else list(step.candles)
        assert names == list(PAIRS)


def test_a_candle_is_exactly_what_its_ticks_showed(feed, take):
    steps = take(feed, 70 * STEPS_A_MINUTE)

    for minute in range(70):
        *instants, bars = steps[minute * STEPS_A_MINUTE : (minute + 1) * STEPS_A_MINUTE]
        assert isinstance(bars, Bars)
        assert bars.had_ticks
        for place, symbol in enumerate(PAIRS):
            ticks = [instant.ticks[place] for instant in instants]
            prices = [tick.price for tick in ticks]
            candle = bars.candles[symbol]
            assert candle == ticks[-1].forming
            assert bars.at_ms == candle.open_ms + MINUTE_MS
            for so_far, tick in enumerate(ticks, 1):
                forming = tick.forming
                assert (forming.open_ms, forming.open, forming.close) == (candle.open_ms, prices[0], tick.price)
                assert (forming.high, forming.low) == (max(prices[:so_far]), min(prices[:so_far]))
            volumes = [tick.forming.volume for tick in ticks]
            assert volumes == sorted(volumes)
            assert volumes[0] > 0


def test_prices_and_volumes_lie_on_the_grid_of_the_practice_instruments(feed, take):
    bars = closed(take(feed, 5 * STEPS_A_MINUTE))

    for symbol in PAIRS:
        instrument = practice_instrument(symbol, 1.0)
        assert feed.instruments[symbol] == instrument
        for candle in [*feed.history()[symbol], *(step.candles[symbol] for step in bars)]:
            for price in (candle.open, candle.high, candle.low, candle.close):
                assert price == float(f"{price:.{instrument.price_decimals}f}")
            assert candle.volume == float(f"{candle.volume:.{instrument.quantity_decimals}f}")


def test_every_candle_passes_the_quality_gate_from_history_into_the_steps(feed, take):
    for symbol, candles in with_closed(feed.history(), take(feed, 65 * STEPS_A_MINUTE)).items():
        before = None
        for candle in candles:
            assert check(before, candle, Timeframe.M1) is None, symbol
            before = candle.open_ms


def test_the_same_seed_gives_the_same_market_and_another_seed_another(feed, take):
    twin = GeneratedFeed.start(seed=7, start_ms=START_MS, speed=0, bars=200)
    other = GeneratedFeed.start(seed=8, start_ms=START_MS, speed=0, bars=200)

    assert same(twin.history(), feed.history())
    assert take(twin, 100) == take(feed, 100)
    assert not same(other.history(), feed.history())
    assert feed.source == twin.source
    assert feed.source != other.source


def test_a_coin_moves_the_same_whoever_else_is_watched(feed, take):
    alone = GeneratedFeed.start(seed=7, start_ms=START_MS, symbols=("SOL/USDT:USDT",), speed=0, bars=200)

    together = [step.candles["SOL/USDT:USDT"] for step in closed(take(feed, 80))]
    assert [step.candles for step in closed(take(alone, 80))] == [{"SOL/USDT:USDT": candle} for candle in together]


def test_symbols_come_in_the_order_asked_for():
    feed = GeneratedFeed.start(seed=7, start_ms=START_MS, symbols=PAIRS[2::-1], bars=60)

    assert list(feed.history()) == list(feed.instruments) == list(PAIRS[2::-1])


def test_a_coin_the_demo_does_not_have_is_refused_with_the_choice():
    with pytest.raises(UnknownSymbol, match="There is: BTC, ETH"):
        GeneratedFeed.start(seed=7, start_ms=START_MS, symbols=("AVAX/USDT:USDT",))


def test_stopped_after_any_step_it_goes_on_as_if_it_had_not_stopped(feed, take):
    """Across candle ends and the full hour: the start lies at minute 55, three candles before and after are tried."""
    history, steps = feed.history(), take(feed, 8 * STEPS_A_MINUTE)
    for stopped_after in range(6 * STEPS_A_MINUTE + 1):
        first = GeneratedFeed.start(seed=7, start_ms=START_MS, speed=0, bars=200)
        seen = take(first, stopped_after) if stopped_after else []
        assert seen == steps[:stopped_after]
        clock = ScaledClock(seen[-1].at_ms if seen else START_MS, 0)

        resumed = GeneratedFeed.resume(first.source, first.checkpoint(), clock, with_closed(history, seen))

        assert take(resumed, 20) == steps[stopped_after : stopped_after + 20]
        assert resumed.source == feed.source


def test_resumed_again_and_again_it_is_still_the_same_market(feed, take):
    steps = take(feed, 150 * STEPS_A_MINUTE)
    now, history = GeneratedFeed.start(seed=7, start_ms=START_MS, speed=0, bars=200), feed.history()
    seen: list[MarketStep] = []
    while len(seen) < len(steps):
        seen += take(now, min(97, len(steps) - len(seen)))
        now = GeneratedFeed.resume(now.source, now.checkpoint(), now.clock, with_closed(history, seen))

    assert seen == steps


def test_a_history_that_does_not_reach_the_checkpoint_is_refused(feed, take):
    stale = feed.history()
    take(feed, 2 * STEPS_A_MINUTE)

    with pytest.raises(DataError, match="do not reach where the demo stood: begin a new demo run"):
        GeneratedFeed.resume(feed.source, feed.checkpoint(), feed.clock, stale)
    with pytest.raises(DataError, match="do not reach"):
        GeneratedFeed.resume(feed.source, feed.checkpoint(), feed.clock, {PAIRS[0]: Candles.empty()})
