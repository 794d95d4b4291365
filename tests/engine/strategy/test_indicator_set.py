"""A set of indicators over one series: shared kernels, one state, columns in the order asked for."""

import pickle

import numpy as np
import pytest

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError
from sigma_engine.kernels.indicators import INDICATORS
from sigma_engine.strategy.indicator_set import ALL_COLUMNS, IndicatorSet
from sigma_engine.strategy.operands import parse_operand

MIXED = ("macd.hist", "price", "adx(14)", "macd.line", "di_minus(14)", "volume", "price", "rsi(14)")


def walk(count: int) -> Candles:
    rng = np.random.default_rng(11)
    close = 100 + np.cumsum(rng.normal(0, 0.2, count))
    open_ = np.concatenate([[100.0], close[:-1]])
    high, low = np.maximum(open_, close) + 0.1, np.minimum(open_, close) - 0.1
    return Candles(np.arange(count, dtype=np.int64) * 300_000, open_, high, low, close, rng.random(count) + 0.1)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b, equal_nan=True)


def test_columns_stand_in_the_order_asked_for_and_alone_mean_the_same() -> None:
    candles = walk(200)
    indicators = IndicatorSet(MIXED, Timeframe.M5)
    block = indicators.run(candles)
    assert indicators.columns == MIXED
    for at, column in enumerate(MIXED):
        assert same(block[:, at], IndicatorSet([column], Timeframe.M5).run(candles)[:, 0])


def test_averages_that_advance_together_are_those_that_advance_alone() -> None:
    asked = [*(f"ema({period})" for period in (9, 200, 3, 50, 20, 7)), "ema(9)@1h", "ema(20)@1h", "ema(9)"]
    candles = walk(400)
    together, half = IndicatorSet(asked, Timeframe.M5), IndicatorSet(asked, Timeframe.M5)
    half.run(candles.slice(0, 100))
    block, rest = together.run(candles), half.run(candles.slice(100))
    for at, text in enumerate(asked):
        alone = IndicatorSet([text], Timeframe.M5).run(candles)[:, 0]
        assert same(block[:, at], alone)
        assert same(rest[:, at], alone[100:])


def test_columns_carry_canonical_names() -> None:
    assert IndicatorSet(["RSI", "macd(12,26,9).hist"], Timeframe.M5).columns == ("rsi(14)", "macd.hist")


def test_prices_are_columns_too() -> None:
    candles = walk(50)
    block = IndicatorSet(["open", "high", "low", "close", "price", "volume"], Timeframe.M5).run(candles)
    _, open_, high, low, close, volume = candles.columns()
    assert same(block.T, np.array([open_, high, low, close, close, volume]))


def test_a_long_block_is_the_sum_of_its_candles() -> None:
    candles = walk(1_300)
    block, single = IndicatorSet(ALL_COLUMNS, Timeframe.M5).run(candles), IndicatorSet(ALL_COLUMNS, Timeframe.M5)
    assert block.shape == (1_300, len(ALL_COLUMNS))
    assert same(block, np.array([single.update(candle) for candle in candles]))


def test_a_copy_and_a_pickled_set_continue_alike_and_apart() -> None:
    candles, original = walk(300), IndicatorSet(ALL_COLUMNS, Timeframe.M5)
    original.run(candles.slice(0, 250))
    twin, stored = original.copy(), pickle.loads(pickle.dumps(original))
    ahead = original.run(candles.slice(250))
    assert same(twin.run(candles.slice(250)), ahead)
    assert same(stored.run(candles.slice(250)), ahead)


def test_a_preview_of_a_fresh_set_leaves_it_fresh() -> None:
    candles, previewed = walk(60), IndicatorSet(MIXED, Timeframe.M5)
    previewed.preview(candles[0])
    assert same(previewed.run(candles), IndicatorSet(MIXED, Timeframe.M5).run(candles))


def test_no_candles_and_no_columns_are_empty_answers() -> None:
    assert IndicatorSet(MIXED, Timeframe.M5).run(Candles.empty()).shape == (0, len(MIXED))
    assert IndicatorSet([], Timeframe.M5).run(walk(5)).shape == (5, 0)
    assert IndicatorSet([], Timeframe.M5).update(walk(1)[0]).shape == (0,)


def test_an_unknown_reading_is_refused() -> None:
    with pytest.raises(SpecError, match="did you mean rsi"):
        IndicatorSet(["rsl(14)"], Timeframe.M5)


def test_all_columns_are_the_sixteen_indicators_whole() -> None:
    shown = {parse_operand(column).entry.name for column in ALL_COLUMNS}
    assert len(shown) == 16
    assert shown == {entry.name for entry in INDICATORS if entry.shown}
    assert len(ALL_COLUMNS) == len(set(ALL_COLUMNS))
    for column in ("ema(9)", "ema(20)", "ema(50)", "ema(200)", "macd.signal", "di_plus(14)", "obv.ema", "mc.prob_up"):
        assert column in ALL_COLUMNS
