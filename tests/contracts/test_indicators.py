"""What every indicator promises, asked of every row of the table."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from math import inf, isfinite, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.bank import Bank
from sigma_engine.kernels.indicators import CANDLE_FIELDS, INDICATORS, IndicatorEntry
from sigma_engine.strategy.indicator_set import IndicatorSet
from sigma_engine.strategy.operands import Operand, parse_operand

FIVE_MINUTES_MS = 300_000
PRICE, VOLUME = 100.1, 5.0

Values = tuple[float, ...]

FIRST_DEFINED: dict[str, Callable[..., tuple[int, ...]]] = {
    "rsi": lambda n: (n,),
    "macd": lambda fast, slow, signal: (slow + signal - 2,) * 3,
    "stoch": lambda n, smooth, signal: (n + smooth + signal - 3,) * 2,
    "ema": lambda n: (n - 1,),
    "sma": lambda n: (n - 1,),
    "bb": lambda n, width: (n - 1,) * 4,
    "atr": lambda n: (n,),
    "adx": lambda n: (2 * n - 1, n, n),
    "cci": lambda n: (n - 1,),
    "mfi": lambda n: (n,),
    "obv": lambda n: (0, n - 1),
    "vwap": lambda: (0,),
    "mc": lambda n, horizon: (n,) * 3,
    "gk_vol": lambda n: (n - 1,) * 2,
    "zscore": lambda n: (n - 1,),
    "lr_slope": lambda n: (n - 1,),
    "er": lambda n: (n,),
    "volume_sma": lambda n: (n - 1,),
}
"""The candle at which each part begins, by the indicator's parameters (quant.md §1)."""
# A frozen market has no oversold, no trend and no odds; its averages and distances are what they are.
ON_A_FLAT_MARKET: dict[str, tuple[object, ...]] = {
    "rsi": (nan,),
    "macd": (0.0, 0.0, 0.0),
    "stoch": (nan, nan),
    "ema": (PRICE,),
    "sma": (PRICE,),
    "bb": (PRICE, PRICE, PRICE, nan),
    "atr": (0.0,),
    "adx": (nan, nan, nan),
    "cci": (nan,),
    "mfi": (nan,),
    "obv": (VOLUME, VOLUME),
    "vwap": (pytest.approx(PRICE, rel=1e-14),),
    "mc": (nan, 0.0, 0.0),
    "gk_vol": (0.0, 0.0),
    "zscore": (nan,),
    "lr_slope": (0.0,),
    "er": (nan,),
    "volume_sma": (VOLUME,),
}
JUNK: tuple[dict[str, float], ...] = (
    *({name: value} for name in ("open", "high", "low", "close") for value in (nan, inf, -inf, 0.0, -1.0)),
    *({"volume": value} for value in (nan, inf, -inf, -1.0)),
    {"high": 0.01, "low": 0.01},
    {"close": 1e9},
)
IN_UNITS_OF_PRICE = {"macd", "ema", "sma", "atr", "vwap", "lr_slope"}
PRICES_OF_BANDS = {"upper", "middle", "lower"}


def columns_of(entry: IndicatorEntry, values: Values | None = None) -> list[str]:
    names = [(part.name, "") if part.bare else (entry.name, part.name) for part in entry.parts]
    return [str(Operand(name, entry.defaults if values is None else values, part)) for name, part in names]


def new_set(entry: IndicatorEntry, values: Values | None = None) -> IndicatorSet:
    return IndicatorSet(columns_of(entry, values), Timeframe.M5)


@st.composite
def parameters(draw: st.DrawFn, entry: IndicatorEntry) -> Values:
    """The defaults, or odd ones short enough to warm up within the drawn markets."""
    if draw(st.booleans()):
        return entry.defaults
    drawn: list[float] = []
    for parameter in entry.parameters:
        if parameter.whole:
            least = drawn[0] + 1 if parameter.name == "slow" else parameter.low
            drawn.append(draw(st.integers(int(least), 45 if parameter.name == "slow" else 30)))
        else:
            tenths = st.integers(round(parameter.low * 10), round(parameter.high * 10))
            value = draw(tenths) / 10
            drawn.append(int(value) if value.is_integer() else value)
    return tuple(drawn)


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


def rising_market(count: int) -> Candles:
    """Every candle higher than the one before, so that nothing is undefined once it is warm."""
    rng = np.random.default_rng(5)
    close = 100.0 * np.exp(np.cumsum(rng.uniform(0.0005, 0.003, count)))
    open_ = np.concatenate([[100.0], close[:-1]])
    stamps = np.arange(count, dtype=np.int64) * FIVE_MINUTES_MS
    return Candles(stamps, open_, close * 1.0001, open_ * 0.9999, close, rng.lognormal(0, 1, count))


every_indicator = pytest.mark.parametrize("entry", INDICATORS, ids=lambda entry: entry.name)


@every_indicator
@given(data=st.data())
def test_readings_begin_at_the_documented_candle_and_never_stop(entry: IndicatorEntry, data: st.DataObject) -> None:
    values = data.draw(parameters(entry))
    block = new_set(entry, values).run(rising_market(160))
    for readings, first in zip(block.T, FIRST_DEFINED[entry.name](*values), strict=True):
        assert np.isnan(readings[:first]).all()
        assert np.isfinite(readings[first:]).all()


@every_indicator
@given(market=markets(), cut=st.integers(0, 110), data=st.data())
def test_a_block_a_split_block_and_single_candles_give_the_same_bits(
    entry: IndicatorEntry, market: Candles, cut: int, data: st.DataObject
) -> None:
    values = data.draw(parameters(entry))
    whole = new_set(entry, values).run(market)
    split, single = new_set(entry, values), new_set(entry, values)
    assert_same(whole, np.vstack([split.run(market.slice(0, cut)), split.run(market.slice(min(cut, len(market))))]))
    assert_same(whole, np.array([single.update(candle) for candle in market]))


@every_indicator
@given(market=markets(), future=markets(), cut=st.integers(1, 109), data=st.data())
def test_what_comes_later_changes_nothing(
    entry: IndicatorEntry, market: Candles, future: Candles, cut: int, data: st.DataObject
) -> None:
    values = data.draw(parameters(entry))
    past = market.slice(0, cut)
    seen_ahead = new_set(entry, values).run(past.joined(future))
    assert_same(new_set(entry, values).run(past), seen_ahead[: len(past)])


@every_indicator
@given(market=markets(), data=st.data())
def test_a_preview_says_what_a_close_would_and_changes_nothing(
    entry: IndicatorEntry, market: Candles, data: st.DataObject
) -> None:
    values = data.draw(parameters(entry))
    previewed, untouched = new_set(entry, values), new_set(entry, values)
    for candle in market:
        last = untouched.update(candle)
        forming = previewed.preview(candle)
        previewed.preview(replace(candle, high=candle.high * 2, volume=7.0))
        assert_same(forming, last)
        assert_same(previewed.update(candle), last)


@every_indicator
@given(market=markets(), cut=st.integers(0, 110), data=st.data())
@pytest.mark.parametrize("saved", ["a set", "its copy", "a kernel"])
def test_what_was_saved_goes_on_bit_for_bit(
    entry: IndicatorEntry, saved: str, market: Candles, cut: int, data: st.DataObject
) -> None:
    values = data.draw(parameters(entry))
    before, after = market.slice(0, cut), market.slice(min(cut, len(market)))
    if saved == "a kernel":
        kernel = entry.build(values, 105_120.0)
        sources = [(0, part) for part in range(len(entry.parts))]
        Bank([kernel], sources).run(*before.columns(), np.empty((len(before), len(sources))))
        banks = [Bank([each], sources) for each in (kernel, pickle.loads(pickle.dumps(kernel)))]
        ours, theirs = np.empty((2, len(after), len(sources)))
        banks[0].run(*after.columns(), ours)
        banks[1].run(*after.columns(), theirs)
    else:
        original = new_set(entry, values)
        original.run(before)
        twin = original.copy() if saved == "its copy" else pickle.loads(pickle.dumps(original))
        ours, theirs = original.run(after), twin.run(after)
    assert_same(ours, theirs)


@every_indicator
@given(data=st.data())
def test_a_flat_market_has_no_extremes(entry: IndicatorEntry, data: st.DataObject) -> None:
    last = new_set(entry, data.draw(parameters(entry))).run(flat_market(300))[-1]
    for reading, expected in zip(last.tolist(), ON_A_FLAT_MARKET[entry.name], strict=True):
        assert reading == expected or (reading != reading and expected != expected)


@every_indicator
@given(frozen=st.integers(1, 60), data=st.data())
def test_a_market_that_freezes_shows_no_new_extreme(entry: IndicatorEntry, frozen: int, data: st.DataObject) -> None:
    values = data.draw(parameters(entry))
    market = random_walk(150)
    last = float(market.close[-1])
    still = [Candle((150 + at) * FIVE_MINUTES_MS, last, last, last, last, 0.0) for at in range(frozen)]
    readings = new_set(entry, values).run(market.joined(Candles.from_rows(still)))
    if entry.name in ("rsi", "adx", "mfi"):  # ratios of what moved and flowed stay where they were, or end
        held = readings[149:, 0]
        bound = 100.0 if entry.name != "rsi" else held[0] + 1e-6
        assert (np.isnan(held) | (held <= bound)).all()
    elif entry.name in ("zscore", "er", "mc", "stoch"):
        ended = readings[149 + max(int(sum(values)) + 1, 1) :]
        assert np.isnan(ended[:, 0]).all()
    else:
        assert not np.isinf(readings).any()


@every_indicator
@given(market=markets(), at=st.integers(0, 110), junk=st.sampled_from(JUNK), data=st.data())
def test_what_is_no_candle_changes_nothing_and_reads_undefined(
    entry: IndicatorEntry, market: Candles, at: int, junk: dict[str, float], data: st.DataObject
) -> None:
    values = data.draw(parameters(entry))
    rows = list(market)
    at = min(at, len(rows) - 1)
    broken = replace(rows[at], **junk)
    spoilt = Candles.from_rows([*rows[:at], broken, *rows[at:]])
    block, single = new_set(entry, values).run(spoilt), new_set(entry, values)
    assert np.isnan(block[at]).all()
    assert_same(np.delete(block, at, axis=0), new_set(entry, values).run(market))
    assert_same(block, np.array([single.update(candle) for candle in spoilt]))


@every_indicator
@given(market=markets(), data=st.data())
def test_only_the_day_and_longer_candles_look_at_the_clock(
    entry: IndicatorEntry, market: Candles, data: st.DataObject
) -> None:
    values = data.draw(parameters(entry))
    stamps, *numbers = market.columns()
    shuffled = Candles(np.array(data.draw(st.permutations(stamps.tolist())), np.int64), *numbers)
    ours = new_set(entry, values).run(shuffled)
    if entry.name == "vwap":
        assert np.isfinite(ours).all()
    else:
        assert_same(ours, new_set(entry, values).run(market))


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
@given(market=markets(), data=st.data())
def test_readings_stay_in_their_range(entry: IndicatorEntry, market: Candles, data: st.DataObject) -> None:
    values = data.draw(parameters(entry))
    block = new_set(entry, values).run(market)
    for column, readings in zip(columns_of(entry, values), block.T, strict=True):
        part = entry.parts[parse_operand(column).part_index]
        defined = readings[~np.isnan(readings)]
        assert ((defined >= part.low) & (defined <= part.high)).all(), column


@every_indicator
@given(market=markets(), doublings=st.integers(-30, 30), data=st.data())
def test_readings_follow_the_price_scale_to_the_bit(
    entry: IndicatorEntry, market: Candles, doublings: int, data: st.DataObject
) -> None:
    values = data.draw(parameters(entry))
    scale = 2.0**doublings
    stamps, open_, high, low, close, volume = market.columns()
    scaled = Candles(stamps, open_ * scale, high * scale, low * scale, close * scale, volume)
    blocks = [new_set(entry, values).run(each).T for each in (market, scaled)]
    for column, plain, other in zip(columns_of(entry, values), *blocks, strict=True):
        operand = parse_operand(column)
        priced = operand.name in IN_UNITS_OF_PRICE or operand.part in PRICES_OF_BANDS
        assert_same(other, plain * scale if priced else plain)


@every_indicator
def test_every_parameter_works_at_both_its_bounds(entry: IndicatorEntry) -> None:
    for at, parameter in enumerate(entry.parameters):
        for bound in (parameter.low, parameter.high):
            values = list(entry.defaults)
            values[at] = bound
            if entry.name == "macd" and values[0] >= values[1]:
                with pytest.raises(ValueError, match="must be shorter"):
                    entry.build(values, 105_120.0)
            else:
                block = new_set(entry, tuple(int(v) if float(v).is_integer() else v for v in values))
                assert np.isfinite(block.run(rising_market(2_100))[-1]).all()


@every_indicator
def test_nothing_drifts_in_a_hundred_thousand_candles(entry: IndicatorEntry) -> None:
    """After prices a million times as large, calm readings are those of a fresh start."""
    wild, calm = random_walk(100_000, seed=1), random_walk(5_000, seed=2)
    stamps, *prices, volume = wild.columns()
    huge = Candles(stamps, *(price * 1e6 for price in prices), volume * 1e9)
    after = new_set(entry)
    after.run(huge)
    ours, fresh = after.run(calm)[-1], new_set(entry).run(calm)[-1]
    if entry.name == "obv":
        return  # a running sum by definition
    np.testing.assert_allclose(ours, fresh, rtol=1e-9)


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
