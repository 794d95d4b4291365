"""The regime by hand-made bars: every way in, every way out, and the five bars in between."""

import math
import pickle
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.regime import RegimeVote

TRENDING, RANGING, MIXED = 0, 1, 2
Bar = tuple[float, float, float]

NEUTRAL: Bar = (22.0, 0.25, 0.0)  # neither enters nor, from trending, stays
QUIET: Bar = (15.0, 0.1, 0.1)
STRONG: Bar = (35.0, 0.25, 0.0)


def states(*bars: Bar, vote: RegimeVote | None = None) -> list[int]:
    vote = vote or RegimeVote()
    return [vote.step(*bar) for bar in bars]


def settled(bar: Bar, state: int) -> RegimeVote:
    """A vote that has been in ``state`` for more than five bars of ``bar``."""
    vote = RegimeVote()
    states(*[bar] * 12, vote=vote)
    assert vote.state == state
    return vote


def test_it_starts_mixed_and_stays_so_for_five_bars() -> None:
    assert states(*[STRONG] * 6) == [MIXED] * 5 + [TRENDING]


@pytest.mark.parametrize("bar", [(30.1, 0.2, 0.0), (20.0, 0.47, 0.0)])
def test_one_strong_measure_is_enough_to_be_trending(bar: Bar) -> None:
    assert states(*[NEUTRAL] * 5, bar)[-1] == TRENDING


@pytest.mark.parametrize("bar", [(30.0, 0.46, 0.5), (30.0, 0.2, 0.0)])
def test_a_measure_at_its_threshold_is_not_beyond_it(bar: Bar) -> None:
    assert states(*[NEUTRAL] * 5, *[bar] * 5)[-1] == MIXED


@pytest.mark.parametrize("slope", [0.6, -0.6])
def test_a_steep_slope_counts_once_it_held_for_three_of_five_bars(slope: float) -> None:
    steep, flat = (22.0, 0.25, slope), NEUTRAL
    assert states(*[flat] * 5, steep, flat, steep, flat, steep)[-2:] == [MIXED, TRENDING]
    assert states(*[flat] * 5, steep, flat, flat, steep, flat, steep, flat, flat, steep)[-1] == MIXED


def test_trending_is_left_when_both_measures_fall_back() -> None:
    assert states((24.9, 0.35, 0.0), vote=settled(STRONG, TRENDING)) == [MIXED]


@pytest.mark.parametrize("bar", [(25.0, 0.1, 0.0), (10.0, 0.36, 0.0)])
def test_trending_stays_while_one_measure_holds_it(bar: Bar) -> None:
    assert states(bar, vote=settled(STRONG, TRENDING)) == [TRENDING]


def test_trending_stays_while_the_slope_would_enter_it_again() -> None:
    steep = (24.0, 0.1, 0.7)
    assert states(*[steep] * 8, vote=settled((31.0, 0.1, 0.7), TRENDING)) == [TRENDING] * 8


def test_trending_may_turn_into_ranging_at_once() -> None:
    assert states(QUIET, vote=settled(STRONG, TRENDING)) == [RANGING]


@pytest.mark.parametrize("bar", [(20.0, 0.1, 0.0), (10.0, 0.2, 0.0), (10.0, 0.1, 0.25), (10.0, 0.1, -0.3)])
def test_ranging_needs_all_three_measures_quiet(bar: Bar) -> None:
    assert states(*[NEUTRAL] * 5, bar)[-1] == MIXED
    assert states(*[NEUTRAL] * 5, QUIET)[-1] == RANGING


@pytest.mark.parametrize("bar", [(23.1, 0.1, 0.0), (10.0, 0.31, 0.0)])
def test_ranging_is_left_when_one_measure_rises(bar: Bar) -> None:
    assert states(bar, vote=settled(QUIET, RANGING)) == [MIXED]


@pytest.mark.parametrize("bar", [(23.0, 0.3, 0.4), (22.0, 0.1, 0.9)])
def test_ranging_stays_within_its_leaving_thresholds(bar: Bar) -> None:
    assert states(*[bar] * 8, vote=settled(QUIET, RANGING)) == [RANGING] * 8


def test_ranging_may_turn_into_trending_at_once() -> None:
    assert states(STRONG, vote=settled(QUIET, RANGING)) == [TRENDING]


def test_a_new_state_lasts_five_bars_whatever_comes() -> None:
    vote = settled(STRONG, TRENDING)
    assert states(QUIET, *[STRONG] * 5, vote=vote) == [RANGING] * 5 + [TRENDING]


def test_undefined_measures_change_no_state() -> None:
    undefined = (math.nan, math.nan, math.nan)
    assert states(*[undefined] * 9) == [MIXED] * 9
    assert states(*[undefined] * 9, vote=settled(STRONG, TRENDING)) == [TRENDING] * 9
    assert states(*[undefined] * 9, vote=settled(QUIET, RANGING)) == [RANGING] * 9


bars = st.lists(st.tuples(st.floats(0, 60), st.floats(0, 1), st.floats(-1, 1)), min_size=20, max_size=80)


@given(bars)
def test_every_state_lasts_at_least_five_bars(given_: list[Bar]) -> None:
    said = states(*given_)
    changes = [0, *(at for at, (a, b) in enumerate(pairwise(said), 1) if a != b)]
    assert all(later - earlier >= 5 for earlier, later in pairwise(changes))


@given(bars)
def test_a_copy_and_a_pickle_go_on_from_the_same_state(given_: list[Bar]) -> None:
    vote = RegimeVote()
    states(*given_[:10], vote=vote)
    copied, thawed = vote.copy(), pickle.loads(pickle.dumps(vote))
    rest = states(*given_[10:], vote=vote)
    assert states(*given_[10:], vote=copied) == rest
    assert states(*given_[10:], vote=thawed) == rest
