"""A replay is its files, candle by candle, in the strategy's order."""

import asyncio
from itertools import pairwise

import pytest

from sigma_engine.clock import ScaledClock
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.market import Bars
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError
from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.market.replay import HISTORY_BARS, ReplayFeed, replay_feed

BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
START_MS, BAR_MS = 1_735_689_600_000, 300_000


def test_a_third_of_a_short_file_is_history_and_the_rest_comes_as_steps(candle_file, take):
    file = candle_file(range(9))
    feed = replay_feed([file], speed=0)
    steps = take(feed)

    assert list(feed.history()[BTC]) == list(file.candles)[:3]
    assert [step.candles[BTC] for step in steps] == list(file.candles)[3:]
    assert all(isinstance(step, Bars) and not step.had_ticks for step in steps)


def test_a_long_file_gives_three_thousand_candles_of_history(candle_file):
    assert len(replay_feed([candle_file(range(3 * HISTORY_BARS + 600))], speed=0).history()[BTC]) == HISTORY_BARS


def test_each_step_is_due_when_its_candles_close_and_the_clock_begins_at_the_first(candle_file):
    feed = replay_feed([candle_file(range(6))], speed=0)
    begun_ms, seen = feed.clock.now_ms(), []

    async def watch() -> None:
        async for step in feed.steps():
            assert feed.clock.now_ms() == step.at_ms == step.candles[BTC].open_ms + BAR_MS
            assert feed.checkpoint() == str(step.at_ms)
            seen.append(step.at_ms)

    asyncio.run(watch())
    assert seen == [START_MS + bar * BAR_MS for bar in range(3, 7)]
    assert begun_ms == seen[0]


def test_symbols_come_side_by_side_in_the_order_of_the_strategy(candle_file, take):
    btc, eth = candle_file(range(9)), candle_file(range(2, 12), "ETH")
    feed = replay_feed([btc, eth], symbols=(ETH, BTC), speed=0)
    steps = take(feed)

    assert list(feed.instruments) == list(feed.history()) == [ETH, BTC]
    assert [list(step.candles) for step in steps] == [[ETH, BTC]] * 5 + [[ETH]] * 3
    assert [step.at_ms for step in steps] == [START_MS + bar * BAR_MS for bar in range(5, 13)]
    assert [len(candles) for candles in feed.history().values()] == [2, 4]


def test_a_symbol_the_strategy_does_not_name_comes_last(candle_file):
    files = [candle_file(range(6), symbol) for symbol in ("ADA", "SOL", "BTC")]

    assert list(replay_feed(files, (BTC,), 0).instruments) == [BTC, "ADA/USDT:USDT", "SOL/USDT:USDT"]


def test_instruments_are_those_of_practice_made_of_the_first_close(candle_file):
    feed = replay_feed([candle_file(range(6), "AVAX", price=40.0), candle_file(range(6))], speed=0)

    assert feed.instruments["AVAX/USDT:USDT"] == practice_instrument("AVAX/USDT:USDT", 40.5)
    assert feed.instruments[BTC] == practice_instrument(BTC, 100.5)


def test_a_replay_is_kept_nowhere(candle_file):
    assert replay_feed([candle_file(range(6))]).source == ""


def test_a_hole_is_bridged_so_that_no_step_is_missing(candle_file, take):
    steps = take(replay_feed([candle_file([0, 1, 2, 3, 7, 8])], speed=0))

    assert {after.at_ms - before.at_ms for before, after in pairwise(steps)} == {BAR_MS}
    assert [step.candles[BTC].volume for step in steps] == [5, 0, 0, 0, 5, 5]


def test_files_of_one_symbol_that_follow_each_other_are_one_series_in_any_order(candle_file, take):
    whole = take(replay_feed([candle_file(range(12))], speed=0))
    first, second = candle_file(range(5), part="b"), candle_file(range(5, 12), part="c")

    assert take(replay_feed([second, first], speed=0)) == whole


def test_files_that_overlap_and_agree_are_joined(candle_file, take):
    whole = take(replay_feed([candle_file(range(12))], speed=0))
    parts = [candle_file(bars, part=part) for bars, part in ((range(8), "b"), (range(6, 12), "c"), (range(3, 5), "d"))]

    assert take(replay_feed(parts, speed=0)) == whole


def test_files_that_overlap_and_disagree_are_refused(candle_file):
    files = [candle_file(range(8), part="b"), candle_file(range(6, 12), price=50, part="c")]

    with pytest.raises(DataError, match="contradict each other at 2025-01-01 00:30 UTC: replay one of them"):
        replay_feed(files)


def test_files_of_one_symbol_more_than_a_day_apart_are_refused(candle_file):
    with pytest.raises(DataError, match="more than a day apart"):
        replay_feed([candle_file(range(8), part="b"), candle_file(range(400, 410), part="c")])


def test_different_timeframes_are_refused(candle_file, write, row):
    minutes = read_candle_file(write(row(0), row(1, interval_ms=60_000), name="ETHUSDT-1m-x.csv"))

    with pytest.raises(DataError, match="need one timeframe"):
        replay_feed([candle_file(range(6)), minutes])


def test_no_file_and_a_single_candle_are_refused(candle_file):
    with pytest.raises(DataError, match="name at least one candle file"):
        replay_feed([])
    with pytest.raises(DataError, match="one candle only"):
        replay_feed([candle_file([0])])


def test_two_symbols_of_real_minutes_pass_in_full(market_data, take):
    files = [
        read_candle_file(market_data / "binance-perp" / name)
        for name in ("BTCUSDT-5m-20250525-20250624.csv.gz", "LTCUSDT-5m-20250525-20250624.csv.gz")
    ]
    feed = replay_feed(files, speed=0)
    steps = take(feed)

    for file in files:
        replayed = [step.candles[file.symbol] for step in steps if file.symbol in step.candles]
        assert [*feed.history()[file.symbol], *replayed] == list(file.candles)
    assert [step.at_ms for step in steps] == sorted({step.at_ms for step in steps})


def test_each_candle_comes_with_the_minutes_it_is_made_of(candle_file):
    """Five-minute candles from 00:00; minutes from 00:07 to 00:21, one of them missing."""
    series = {BTC: candle_file(range(6)).candles, ETH: candle_file(range(6), "ETH").candles}
    stamps = [START_MS + minute * 60_000 for minute in range(7, 22) if minute != 12]
    minutes = {BTC: Candles.from_rows([Candle(at, 1.0, 1.0, 1.0, 1.0, 1.0) for at in stamps])}
    feed = ReplayFeed(series, Timeframe.M5, START_MS, ScaledClock(START_MS, 0), minutes=minutes)
    inside = [step.inside for step in feed.bars()]

    assert [[(at - START_MS) // 60_000 for at in part[BTC].open_ms] if part else [] for part in inside] == [
        [],
        [7, 8, 9],
        [10, 11, 13, 14],
        [15, 16, 17, 18, 19],
        [20, 21],
        [],
    ]
    assert not any(ETH in part for part in inside)


def test_minutes_come_without_minutes():
    row = Candle(START_MS, 1.0, 1.0, 1.0, 1.0, 1.0)
    series = {BTC: Candles.from_rows([row])}
    (step,) = ReplayFeed(series, Timeframe.M1, START_MS, ScaledClock(START_MS, 0), minutes=series).bars()
    assert step.inside == {}


def test_a_replay_trades_the_instruments_it_is_given(candle_file):
    given = {BTC: practice_instrument(BTC, 1.0)}
    series = {BTC: candle_file(range(3)).candles}
    feed = ReplayFeed(series, Timeframe.M5, START_MS, ScaledClock(START_MS, 0), instruments=given)
    assert feed.instruments == given
