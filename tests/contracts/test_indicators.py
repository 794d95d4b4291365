"""What every indicator promises, asked of every row of the table."""

import copy
import pickle
from math import isfinite, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.indicators import CANDLE_FIELDS, INDICATORS, IndicatorEntry
from sigma_engine.strategy.indicator_set import IndicatorSet
from sigma_engine.strategy.operands import Operand, parse_operand

FIVE_MINUTES_MS = 300_000
PRICE, VOLUME = 100.1, 5.0

FIRST_DEFINED = {
    "rsi(14)": 14,
    "macd.line": 33,
    "macd.signal": 33,
    "macd.hist": 33,
    "stoch.k": 17,
    "stoch.d": 17,
    "ema(9)": 8,
    "ema(20)": 19,
    "ema(50)": 49,
    "ema(200)": 199,
    "sma(20)": 19,
    "bb.upper": 19,
    "bb.middle": 19,
    "bb.lower": 19,
    "bb.percent_b": 19,
    "atr(14)": 14,
    "adx(14)": 27,
    "di_plus(14)": 14,
    "di_minus(14)": 14,
    "cci(20)": 19,
    "mfi(14)": 14,
    "obv": 0,
    "obv.ema": 19,
    "vwap": 0,
    "mc.prob_up": 50,
    "mc.drift": 50,
    "mc.sigma": 50,
    "gk_vol": 19,
    "gk_vol.per_bar": 19,
    "zscore(20)": 19,
    "lr_slope(10)": 9,
    "er(20)": 20,
    "volume_sma(20)": 19,
}
# A frozen market has no oversold, no trend and no odds; its averages and distances are what they are.
ON_A_FLAT_MARKET = {
    "rsi(14)": nan,
    "macd.line": 0.0,
    "macd.signal": 0.0,
    "macd.hist": 0.0,
    "stoch.k": nan,
    "stoch.d": nan,
    "ema(9)": PRICE,
    "ema(20)": PRICE,
    "ema(50)": PRICE,
    "ema(200)": PRICE,
    "sma(20)": PRICE,
    "bb.upper": PRICE,
    "bb.middle": PRICE,
    "bb.lower": PRICE,
    "bb.percent_b": nan,
    "atr(14)": 0.0,
    "adx(14)": nan,
    "di_plus(14)": nan,
    "di_minus(14)": nan,
    "cci(20)": nan,
    "mfi(14)": nan,
    "obv": VOLUME,
    "obv.ema": VOLUME,
    "vwap": pytest.approx(PRICE, rel=1e-14),
    "mc.prob_up": nan,
    "mc.drift": 0.0,
    "mc.sigma": 0.0,
    "gk_vol": 0.0,
    "gk_vol.per_bar": 0.0,
    "zscore(20)": nan,
    "lr_slope(10)": 0.0,
    "er(20)": nan,
    "volume_sma(20)": VOLUME,
}
IN_UNITS_OF_PRICE = {"macd", "ema", "sma", "atr", "vwap", "lr_slope"}
PRICES_OF_BANDS = {"upper", "middle", "lower"}


def columns_of(entry: IndicatorEntry) -> list[str]:
    names = [(part.name, "") if part.bare else (entry.name, part.name) for part in entry.parts]
    return [str(Operand(name, values, part)) for values in entry.shown or (entry.defaults,) for name, part in names]


def new_set(entry: IndicatorEntry) -> IndicatorSet:
    return IndicatorSet(columns_of(entry), Timeframe.M5)


def random_walk(count: int, seed: int = 7) -> Candles:
    rng = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.002, count)))
    open_ = np.concatenate([[100.0], close[:-1]])
    high = np.maximum(open_, close) * (1 + rng.exponential(0.001, count))
    low = np.minimum(open_, close) * (1 - rng.exponential(0.001, count))
    stamps = np.arange(count, dtype=np.int64) * FIVE_MINUTES_MS
    return Candles(stamps, open_, high, low, close, rng.lognormal(0, 1, count))


def flat_market(count: int, volume: float = VOLUME) -> Candles:
    stamps = np.arange(count, dtype=np.int64) * FIVE_MINUTES_MS
    price = np.full(count, PRICE)
    return Candles(stamps, price, price, price, price, np.full(count, volume))


@st.composite
def markets(draw: st.DrawFn) -> Candles:
    """Quiet and jumpy stretches on a coarse tick, so that equal prices, doji and silence all occur."""
    moves = st.tuples(st.integers(-3, 3), st.integers(0, 2), st.integers(0, 2), st.integers(0, 4))
    rows, price, opened = [], 1000, draw(st.integers(0, 288)) * FIVE_MINUTES_MS
    for at, (move, above, below, volume) in enumerate(draw(st.lists(moves, min_size=2, max_size=110))):
        high, low = max(price, price + move) + above, min(price, price + move) - below
        numbers = [0.1 * ticks for ticks in (price, high, low, price + move)]
        rows.append(Candle(opened + at * FIVE_MINUTES_MS, *numbers, float(volume)))
        price += move
    return Candles.from_rows(rows)


def assert_same(a: np.ndarray, b: np.ndarray) -> None:
    """Equal bits; any NaN equals any other."""
    assert np.array_equal(a, b, equal_nan=True)


every_indicator = pytest.mark.parametrize("entry", INDICATORS, ids=lambda entry: entry.name)


@every_indicator
def test_readings_begin_at_the_documented_candle_and_never_stop(entry: IndicatorEntry) -> None:
    block = new_set(entry).run(random_walk(400))
    for at, column in enumerate(columns_of(entry)):
        first = FIRST_DEFINED[column]
        assert np.isnan(block[:first, at]).all()
        assert np.isfinite(block[first:, at]).all()


@every_indicator
@given(market=markets(), cut=st.integers(0, 110))
def test_a_block_a_split_block_and_single_candles_give_the_same_bits(
    entry: IndicatorEntry, market: Candles, cut: int
) -> None:
    whole = new_set(entry).run(market)
    split, single = new_set(entry), new_set(entry)
    assert_same(whole, np.vstack([split.run(market.slice(0, cut)), split.run(market.slice(min(cut, len(market))))]))
    assert_same(whole, np.array([single.update(candle) for candle in market]))


@every_indicator
@given(market=markets(), future=markets(), cut=st.integers(1, 109))
def test_what_comes_later_changes_nothing(entry: IndicatorEntry, market: Candles, future: Candles, cut: int) -> None:
    past = market.slice(0, cut)
    seen_ahead = new_set(entry).run(past.joined(future))
    assert_same(new_set(entry).run(past), seen_ahead[: len(past)])


@every_indicator
def test_a_preview_says_what_a_close_would_and_changes_nothing(entry: IndicatorEntry) -> None:
    candles = random_walk(302)
    previewed, untouched = new_set(entry), new_set(entry)
    previewed.run(candles.slice(0, 300))
    untouched.run(candles.slice(0, 300))
    forming = previewed.preview(candles[300])
    previewed.preview(candles[301])
    assert_same(forming, untouched.update(candles[300]))
    assert_same(previewed.update(candles[300]), forming)


@every_indicator
@pytest.mark.parametrize("age", [0, 5, 300])
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda kernel: pickle.loads(pickle.dumps(kernel))], ids=["deepcopy", "pickle"]
)
def test_a_copied_kernel_continues_as_the_original(entry: IndicatorEntry, age: int, duplicate: object) -> None:
    candles, parts = random_walk(400), len(entry.parts)
    original = entry.build(entry.defaults, 105_120.0)
    original.run(*candles.slice(0, age).columns(), np.empty((age, parts)))
    twin = duplicate(original)
    rest, ours, theirs = candles.slice(age), np.empty((400 - age, parts)), np.empty((400 - age, parts))
    original.run(*rest.columns(), ours)
    twin.run(*rest.columns(), theirs)
    assert_same(ours, theirs)


@every_indicator
def test_a_kernel_answers_singly_what_it_writes_by_the_block(entry: IndicatorEntry) -> None:
    candles, parts = random_walk(120), len(entry.parts)
    block, kernel = np.empty((120, parts)), entry.build(entry.defaults, 105_120.0)
    entry.build(entry.defaults, 105_120.0).run(*candles.columns(), block)
    for row, candle in zip(block, candles, strict=True):
        kernel.update(candle.open_ms, candle.open, candle.high, candle.low, candle.close, candle.volume)
        assert_same(row, np.array([kernel.value(k) for k in range(parts)]))


@every_indicator
def test_a_flat_market_has_no_extremes(entry: IndicatorEntry) -> None:
    last = new_set(entry).run(flat_market(400))[-1]
    for column, reading in zip(columns_of(entry), last.tolist(), strict=True):
        expected = ON_A_FLAT_MARKET[column]
        assert reading == expected or (reading != reading and expected != expected), column


@every_indicator
def test_no_volume_means_no_money_flow_and_changes_nothing_else(entry: IndicatorEntry) -> None:
    traded = random_walk(300)
    silent = Candles(*traded.columns()[:5], np.zeros(300))
    readings = dict(zip(columns_of(entry), new_set(entry).run(silent).T, strict=True))
    if entry.name == "mfi":
        assert np.isnan(readings["mfi(14)"]).all()
    elif entry.name == "vwap":
        assert_same(readings["vwap"], (silent.high + silent.low + silent.close) / 3)
    elif entry.name in ("obv", "volume_sma"):
        assert all((np.isnan(reading) | (reading == 0)).all() for reading in readings.values())
    else:
        assert_same(new_set(entry).run(traded), np.array(list(readings.values())).T)


@every_indicator
def test_a_frozen_hour_is_forgotten_when_the_market_moves_again(entry: IndicatorEntry) -> None:
    indicators = new_set(entry)
    indicators.run(flat_market(400))
    moved = indicators.run(random_walk(400))
    assert np.isfinite(moved[-300:]).all()


@every_indicator
@given(market=markets())
def test_readings_stay_in_their_range(entry: IndicatorEntry, market: Candles) -> None:
    block = new_set(entry).run(market)
    for column, readings in zip(columns_of(entry), block.T, strict=True):
        part = entry.parts[parse_operand(column).part_index]
        defined = readings[~np.isnan(readings)]
        assert ((defined >= part.low) & (defined <= part.high)).all(), column


@every_indicator
@given(market=markets(), doublings=st.integers(-30, 30))
def test_readings_follow_the_price_scale_to_the_bit(entry: IndicatorEntry, market: Candles, doublings: int) -> None:
    scale = 2.0**doublings
    stamps, open_, high, low, close, volume = market.columns()
    scaled = Candles(stamps, open_ * scale, high * scale, low * scale, close * scale, volume)
    for column, plain, other in zip(
        columns_of(entry), new_set(entry).run(market).T, new_set(entry).run(scaled).T, strict=True
    ):
        operand = parse_operand(column)
        priced = operand.name in IN_UNITS_OF_PRICE or operand.part in PRICES_OF_BANDS
        assert_same(other, plain * scale if priced else plain)


@every_indicator
def test_every_parameter_works_at_both_its_bounds(entry: IndicatorEntry) -> None:
    candles, parts = random_walk(50), len(entry.parts)
    for at, parameter in enumerate(entry.parameters):
        for bound in (parameter.low, parameter.high):
            values = list(entry.defaults)
            values[at] = bound
            if entry.name == "macd" and values[0] >= values[1]:
                with pytest.raises(ValueError, match="must be shorter"):
                    entry.build(values, 105_120.0)
            else:
                entry.build(values, 105_120.0).run(*candles.columns(), np.empty((50, parts)))


@pytest.mark.parametrize("entry", [*INDICATORS, CANDLE_FIELDS], ids=lambda entry: entry.name)
def test_every_part_can_be_written_and_read_back(entry: IndicatorEntry) -> None:
    for column in columns_of(entry):
        operand = parse_operand(column)
        assert str(operand) == column
        assert operand.entry is entry


def test_the_table_names_every_indicator_once_and_in_bounds() -> None:
    names = [entry.name for entry in INDICATORS]
    assert len(names) == len(set(names))
    for entry in INDICATORS:
        assert entry.title
        assert all(parameter.accepts(parameter.default) for parameter in entry.parameters)
        assert all(isfinite(parameter.low) and isfinite(parameter.high) for parameter in entry.parameters)
