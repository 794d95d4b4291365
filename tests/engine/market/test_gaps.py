"""Holes are bridged or cut by one stated rule."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.market.gaps import bridge_gaps

HOUR_MS = 3_600_000


def series(hours: list[int]) -> Candles:
    return Candles.from_rows([Candle(hour * HOUR_MS, 10 + hour, 12 + hour, 9 + hour, 11 + hour, 3) for hour in hours])


def test_a_series_without_holes_stays_itself():
    candles = series([5, 6, 7])
    bridged = bridge_gaps(candles, Timeframe.H1)

    assert list(bridged.candles) == list(candles)
    assert bridged.note() == ""


def test_a_hole_is_filled_with_flat_candles_at_the_close_before_that_nobody_traded():
    bridged = bridge_gaps(series([0, 3]), Timeframe.H1)

    assert list(bridged.candles)[1:3] == [Candle(HOUR_MS, 11, 11, 11, 11, 0), Candle(2 * HOUR_MS, 11, 11, 11, 11, 0)]
    assert bridged.note() == "2 missing candles filled flat at the close before"


def test_a_hole_of_a_day_is_filled_and_a_longer_one_cuts():
    filled = bridge_gaps(series([0, 24]), Timeframe.H1)
    cut = bridge_gaps(series([0, 1, 26, 27, 28]), Timeframe.H1)

    assert (filled.filled, filled.cut, len(filled.candles)) == (23, 0, 25)
    assert (cut.filled, cut.cut) == (0, 2)
    assert cut.candles.open_ms.tolist() == [26 * HOUR_MS, 27 * HOUR_MS, 28 * HOUR_MS]
    assert "2 candles beyond a gap of more than a day left out" in cut.note()


def test_of_equally_long_stretches_the_latest_is_kept():
    assert bridge_gaps(series([0, 1, 50, 51]), Timeframe.H1).candles.open_ms[0] == 50 * HOUR_MS


def test_one_candle_and_none_are_left_alone():
    assert len(bridge_gaps(series([4]), Timeframe.H1).candles) == 1
    assert len(bridge_gaps(Candles.empty(), Timeframe.H1).candles) == 0


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60, unique=True).map(sorted))
def test_whatever_the_holes_nothing_is_invented_but_flat_candles_and_nothing_real_is_changed(hours):
    candles = series(hours)
    bridged = bridge_gaps(candles, Timeframe.H1)

    assert (np.diff(bridged.candles.open_ms) == HOUR_MS).all()
    real = {candle.open_ms: candle for candle in candles}
    kept = [candle for candle in bridged.candles if candle.open_ms in real]
    assert all(real[candle.open_ms] == candle for candle in kept)
    assert len(kept) == len(candles) - bridged.cut
    assert len(bridged.candles) - len(kept) == bridged.filled
    assert all(
        candle.volume == 0 and candle.high == candle.low == candle.open == candle.close
        for candle in bridged.candles
        if candle.open_ms not in real
    )


@pytest.mark.parametrize("column", ["open", "close", "volume"])
def test_bridged_columns_are_contiguous_as_kernels_want_them(column):
    assert getattr(bridge_gaps(series([0, 3, 4]), Timeframe.H1).candles, column).flags.c_contiguous
