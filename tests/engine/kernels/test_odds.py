"""Barrier odds: the closed form first, then what trials taught."""

import math
from array import array
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.barriers import first
from sigma_engine.kernels.odds import BarrierOdds, above, below

SIGMA, CLOSE, STOP, TARGET, BARS = 0.0015, 60_000.0, 240.0, 360.0, 24


def quoted(odds: BarrierOdds, stop: float = STOP, target: float = TARGET, sigma: float = SIGMA) -> list[float]:
    out = array("d", [math.nan] * 8)
    odds.state(CLOSE, 0.0, sigma, stop, target)
    odds.quote(out, 1)
    assert math.isnan(out[0])
    assert math.isnan(out[7])
    return out[1:7].tolist()


def test_without_trials_it_is_the_closed_form_of_both_sides() -> None:
    up, down = above(TARGET, CLOSE), below(STOP, CLOSE)
    up_stop, down_target = above(STOP, CLOSE), below(TARGET, CLOSE)
    expected = [
        first(up, down, 0, SIGMA, BARS),
        first(down, up, 0, SIGMA, BARS),
        first(down_target, up_stop, 0, SIGMA, BARS),
        first(up_stop, down_target, 0, SIGMA, BARS),
    ]
    assert quoted(BarrierOdds(BARS, 1000, 20))[:4] == pytest.approx(expected, rel=1e-12)


@given(st.floats(1, 59_000), st.floats(1, 59_000), st.floats(1e-5, 0.05))
def test_target_and_stop_together_are_never_more_than_certain(stop: float, target: float, sigma: float) -> None:
    long_target, long_stop, short_target, short_stop, *_ = quoted(calm(), stop, target, sigma)
    for one, other in ((long_target, long_stop), (short_target, short_stop)):
        assert 0 <= one <= 1
        assert 0 <= other <= 1
        assert one + other <= 1 + 1e-12


@cache
def calm() -> BarrierOdds:
    """Odds that are only read."""
    return taught(0.5)


def taught(volatility: float, trials: int = 400) -> BarrierOdds:
    """Odds that watched a market ``volatility`` times as wild as its sigma says."""
    odds, rng, index = BarrierOdds(BARS, 1000, 20), np.random.default_rng(11), 0
    for _ in range(trials):
        quoted(odds)
        odds.begin(index, CLOSE, STOP, TARGET)
        price = CLOSE
        for _bar in range(BARS):
            ticks = price * np.exp(np.cumsum(rng.standard_normal(30) * SIGMA * volatility / math.sqrt(30)))
            index, price = index + 1, float(ticks[-1])
            odds.follow(index, float(ticks.max()), float(ticks.min()))
    odds.fit(index)
    return odds


def test_a_market_calmer_than_said_lowers_both_and_a_wilder_one_raises_them() -> None:
    plain, calm, wild = quoted(BarrierOdds(BARS, 1000, 20)), quoted(taught(0.75)), quoted(taught(1.3))
    for k in range(4):
        assert calm[k] < plain[k]
    assert wild[1] > plain[1]
    assert wild[3] > plain[3]


def test_in_the_market_it_describes_it_stays_what_it_was_within_its_error() -> None:
    plain, said = quoted(BarrierOdds(BARS, 1000, 20)), quoted(taught(1.0, 800))
    assert said[0] == pytest.approx(plain[0], abs=3 * said[4])
    assert said[2] == pytest.approx(plain[2], abs=3 * said[5])
    assert 0.005 < said[4] < 0.05


def test_errors_shrink_with_trials() -> None:
    assert quoted(taught(1.0, 600))[4] < quoted(taught(1.0, 60))[4]


@pytest.mark.parametrize("target", [math.nan, math.inf])
def test_without_a_target_only_the_stop_can_be_touched(target: float) -> None:
    long_target, long_stop, short_target, short_stop, error, _ = quoted(taught(0.9, 50), target=target)
    assert (long_target, short_target, error) == (0.0, 0.0, 0.0)
    assert 0 < long_stop < 1
    assert 0 < short_stop < 1


def test_a_tie_inside_a_candle_counts_as_the_stop() -> None:
    odds = BarrierOdds(BARS, 1000, 20)
    before = quoted(odds)
    for index in range(0, 400, 2):
        quoted(odds)
        odds.begin(index, CLOSE, STOP, TARGET)
        odds.follow(index + 1, CLOSE + 2 * TARGET, CLOSE - 2 * TARGET)
    odds.fit(400)
    after = quoted(odds)
    assert odds.trials == 200
    assert after[1] > before[1]
    assert after[0] < before[0]


def test_an_undefined_stop_begins_no_trial() -> None:
    odds = BarrierOdds(BARS, 1000, 20)
    quoted(odds, stop=math.nan)
    odds.begin(0, CLOSE, math.nan, TARGET)
    odds.follow(1, CLOSE * 2, CLOSE / 2)
    assert odds.trials == 0


def test_a_copy_goes_its_own_way() -> None:
    odds = taught(1.0, 20)
    twin, before = odds.copy(), quoted(odds)
    quoted(twin)
    twin.begin(10_000, CLOSE, STOP, TARGET)
    twin.follow(10_001, CLOSE + 2 * TARGET, CLOSE)
    twin.fit(10_001)
    assert quoted(odds) == before
    assert (odds.trials, twin.trials) == (20, 21)


def test_odds_that_were_simulated_elsewhere_are_corrected_the_same_way() -> None:
    odds, out = taught(0.75), array("d", [0.0] * 6)
    expected = quoted(odds)
    plain = quoted(BarrierOdds(BARS, 1000, 20))
    odds.take(*plain[:4])
    odds.quote(out, 0)
    assert out.tolist() == pytest.approx(expected, rel=1e-12)


def test_a_trial_whose_last_candle_is_missing_teaches_nothing() -> None:
    odds = BarrierOdds(BARS, 1000, 20)
    quoted(odds)
    odds.begin(0, CLOSE, STOP, TARGET)
    for index in range(1, BARS):
        odds.follow(index, CLOSE, CLOSE)
    odds.follow(BARS + 1, CLOSE + TARGET, CLOSE)
    odds.fit(BARS + 1)
    assert odds.trials == 0
    assert quoted(odds)[:4] == pytest.approx(quoted(BarrierOdds(BARS, 1000, 20))[:4], rel=1e-12)
    quoted(odds)
    odds.begin(2 * BARS, CLOSE, STOP, TARGET)
    odds.follow(2 * BARS + 1, CLOSE + TARGET, CLOSE - TARGET)
    assert odds.trials == 1
