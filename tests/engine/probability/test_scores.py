"""The scores against the golden numbers of quant.md §3 and against their own definitions."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.probability import scores

SAID = np.array([0.1, 0.3, 0.3, 0.6, 0.6, 0.6, 0.8, 0.8, 0.9, 0.9])
ROSE = np.array([0, 0, 1, 1, 0, 1, 1, 1, 1, 0], dtype=bool)
"""The worked example of quant.md §3."""


def grouped() -> tuple[scores.ReliabilityBin, ...]:
    """One bin for each probability of the example."""
    return scores.reliability_bins(SAID, ROSE, least=1, most=10)


forecasts = st.lists(st.tuples(st.sampled_from([i / 20 for i in range(21)]), st.booleans()), min_size=1, max_size=400)


def arrays(pairs: list[tuple[float, bool]]) -> tuple[scores.Figures, scores.Flags]:
    return np.array([p for p, _ in pairs]), np.array([y for _, y in pairs], dtype=bool)


def test_the_brier_score_and_its_parts() -> None:
    assert scores.brier(SAID, ROSE) == pytest.approx(0.217)
    parts = scores.murphy(grouped())
    assert parts == pytest.approx((0.0503333, 0.0733333, 0.24), abs=5e-8)
    assert scores.skill(0.217, parts.uncertainty) == pytest.approx(0.0958333, abs=5e-8)


def test_log_loss() -> None:
    assert scores.log_loss(SAID, ROSE) == pytest.approx(0.6458183, abs=5e-8)
    assert scores.log_loss(np.full(10, 0.6), ROSE) == pytest.approx(0.6730117, abs=5e-8)


def test_a_mistaken_certainty_costs_a_bounded_surprise() -> None:
    assert scores.log_loss(np.array([1.0]), np.array([False])) == pytest.approx(-math.log(1e-6))
    assert scores.log_loss(np.array([0.0]), np.array([True])) == pytest.approx(-math.log(1e-6))


def test_the_mean_distance_of_said_and_happened() -> None:
    assert scores.calibration_error(grouped()) == pytest.approx(0.19)


def test_spiegelhalters_z() -> None:
    tested = scores.spiegelhalter(SAID, ROSE)
    assert tested.figure == pytest.approx(0.7100469, abs=5e-8)
    assert tested.p == pytest.approx(math.erfc(0.7100469 / math.sqrt(2)), abs=1e-7)


def test_a_coin_cannot_be_miscalibrated_and_a_mistaken_certainty_is_wholly_so() -> None:
    assert math.isnan(scores.spiegelhalter(np.full(10, 0.5), ROSE).figure)
    assert math.isnan(scores.spiegelhalter(np.full(10, 0.5), ROSE).p)
    assert scores.spiegelhalter(np.ones(10), ROSE) == (math.inf, 0.0)
    assert math.isnan(scores.spiegelhalter(np.ones(10), np.ones(10, dtype=bool)).figure)


def test_honest_forecasts_fail_spiegelhalters_test_as_often_as_its_p_value_says() -> None:
    random = np.random.default_rng(5)
    said = random.uniform(0.2, 0.8, (2_000, 300))
    failed = [scores.spiegelhalter(row, random.random(300) < row).p < 0.05 for row in said]
    assert np.mean(failed) == pytest.approx(0.05, abs=0.015)


def test_the_wilson_interval() -> None:
    assert scores.wilson(68, 100) == pytest.approx((0.58337, 0.76331), abs=5e-6)
    assert scores.wilson(0, 30)[0] == 0.0
    assert scores.wilson(30, 30)[1] == 1.0
    assert all(math.isnan(end) for end in scores.wilson(0, 0))


def test_one_degree_of_freedom_is_exceeded_at_3_841_one_time_in_twenty() -> None:
    assert scores.chi_square_tail(3.841458820694124) == pytest.approx(0.05, abs=1e-12)
    assert scores.chi_square_tail(6.634896601021213) == pytest.approx(0.01, abs=1e-12)
    assert scores.chi_square_tail(0.0) == 1.0
    assert math.isnan(scores.chi_square_tail(math.nan))


def test_climatology_begins_as_a_coin_and_learns_only_from_before() -> None:
    share = scores.past_share(np.array([True, True, False, True]), prior_weight=2.0)
    assert share == pytest.approx([1 / 2, 2 / 3, 3 / 4, 3 / 5])
    assert len(scores.past_share(np.array([], dtype=bool))) == 0


@given(forecasts)
def test_no_later_outcome_changes_an_earlier_climatology(pairs: list[tuple[float, bool]]) -> None:
    _, rose = arrays(pairs)
    changed = np.append(rose[:-1], ~rose[-1])
    np.testing.assert_array_equal(scores.past_share(rose), scores.past_share(changed))


@given(forecasts)
def test_the_parts_make_up_the_score_when_all_in_a_bin_said_the_same(pairs: list[tuple[float, bool]]) -> None:
    said, rose = arrays(pairs)
    bins = scores.reliability_bins(said, rose, least=1, most=len(said))
    assert [each.said for each in bins] == pytest.approx(np.unique(said))
    parts = scores.murphy(bins)
    whole = parts.reliability - parts.resolution + parts.uncertainty
    assert whole == pytest.approx(scores.brier(said, rose), abs=1e-12)


@given(forecasts)
def test_bins_hold_every_forecast_once_enough_each_and_part_no_ties(pairs: list[tuple[float, bool]]) -> None:
    said, rose = arrays(pairs)
    bins = scores.reliability_bins(said, rose)
    assert sum(each.n for each in bins) == len(said)
    assert sum(round(each.n * each.happened) for each in bins) == np.count_nonzero(rose)
    assert len(bins) == 1 or all(each.n >= 50 for each in bins)
    assert len(bins) <= 10
    assert all(a.high < b.low for a, b in pairwise(bins))
    assert all(each.interval_low <= each.happened <= each.interval_high for each in bins)


def test_bins_are_quantiles_where_nothing_ties() -> None:
    said = np.random.default_rng(1).random(1_000)
    assert [each.n for each in scores.reliability_bins(said, said > 0.5)] == [100] * 10


def test_of_no_forecast_nothing_can_be_told() -> None:
    said, rose = np.empty(0), np.empty(0, dtype=bool)
    assert scores.reliability_bins(said, rose) == ()
    unknown = [
        scores.brier(said, rose),
        scores.log_loss(said, rose),
        scores.calibration_error(()),
        *scores.murphy(()),
        *scores.spiegelhalter(said, rose),
        scores.skill(0.1, 0.0),
    ]
    assert all(math.isnan(figure) for figure in unknown)
