"""The gate in front of every decision."""

import math
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sigma_engine.domain.candle import Candle
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.market.quality import check

BEFORE = 1_735_689_600_000
GOOD = Candle(BEFORE + 60_000, 10, 12, 9, 11, 3)


def test_a_sound_candle_that_follows_the_last_passes():
    assert check(BEFORE, GOOD, Timeframe.M1) is None


def test_the_first_candle_of_a_symbol_has_nothing_to_follow():
    assert check(None, GOOD, Timeframe.M1) is None


def test_a_flat_candle_without_volume_passes_for_nobody_traded():
    assert check(BEFORE, Candle(BEFORE + 60_000, 10, 10, 10, 10, 0), Timeframe.M1) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"close": math.nan}, "close is no finite number"),
        ({"high": math.inf}, "high is no finite number"),
        ({"low": 0.0}, "low is 0"),
        ({"open": -1.0}, "open is -1"),
        ({"volume": -2.0}, "volume is -2"),
        ({"volume": math.nan}, "volume is no finite number"),
        ({"high": 10.5}, "high 10.5 is below open or close"),
        ({"low": 10.5}, "low 10.5 is above open or close"),
        ({"high": 1e308}, "high is 1e+308, more than any market has"),
        ({"low": 5e-324}, "low is 4.94066e-324, less than any market has"),
        ({"high": 10_000.0}, "high 10000 is more than 1000 times low 9"),
        ({"volume": 1e300}, "volume is 1e+300, more than any market has"),
        ({"open_ms": BEFORE + 60_001}, "it does not open on the 1m grid"),
        ({"open_ms": BEFORE}, "it was already there"),
        ({"open_ms": BEFORE - 60_000}, "it is older than the one before it"),
        ({"open_ms": BEFORE + 120_000}, "1 candle is missing before it"),
        ({"open_ms": BEFORE + 240_000}, "3 candles are missing before it"),
    ],
)
def test_a_candle_that_cannot_be_trusted_is_stopped_with_the_reason(change, reason):
    assert check(BEFORE, replace(GOOD, **change), Timeframe.M1) == reason


@given(st.lists(st.floats(), min_size=5, max_size=5), st.integers(-3, 4))
def test_what_passes_is_finite_positive_ordered_and_contiguous(values, step):
    candle = Candle(BEFORE + step * 60_000, *values)

    if check(BEFORE, candle, Timeframe.M1) is None:
        assert all(map(math.isfinite, values))
        assert 0 < candle.low <= min(candle.open, candle.close) <= max(candle.open, candle.close) <= candle.high
        assert candle.volume >= 0
        assert step == 1
