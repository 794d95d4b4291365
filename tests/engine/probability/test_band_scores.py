"""Coverage, its tests, sharpness and places against the golden numbers of quant.md §3 and their definitions."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from sigma_engine.probability import band_scores

CHI_SQUARE_95 = 3.841458820694124


def test_kupiecs_likelihood_ratio() -> None:
    tested = band_scores.kupiec(20, 250, 0.05)
    assert tested.figure == pytest.approx(4.03952, abs=5e-6)
    assert tested.p == pytest.approx(math.erfc(math.sqrt(4.03952 / 2)), abs=1e-6)


@pytest.mark.parametrize(
    ("n", "rate", "fewest", "most"),
    [
        (255, 0.05, 7, 20),
        (510, 0.05, 17, 35),
        (1000, 0.05, 38, 64),
        (1000, 0.01, 5, 16),
        (255, 0.10, 17, 35),
        (1000, 0.10, 82, 119),
    ],
)
def test_the_misses_kupiec_accepts_at_five_percent(n: int, rate: float, fewest: int, most: int) -> None:
    accepted = [misses for misses in range(n + 1) if band_scores.kupiec(misses, n, rate).p > 0.05]
    assert accepted == list(range(fewest, most + 1))


def test_a_band_that_is_never_or_always_missed_is_tested_too() -> None:
    assert band_scores.kupiec(0, 100, 0.05).figure == pytest.approx(-200 * math.log(0.95))
    assert band_scores.kupiec(100, 100, 0.05).figure == pytest.approx(-200 * math.log(0.05))
    assert math.isnan(band_scores.kupiec(0, 0, 0.05).p)


def test_christoffersens_ratio_of_misses_that_come_together() -> None:
    missed = np.array([0] * 20 + [1, 1] + [0] * 30 + [1, 1, 1] + [0] * 45, dtype=bool)
    assert band_scores.transitions(missed) == (92, 2, 2, 3)
    assert band_scores.christoffersen(missed).figure == pytest.approx(13.512083, abs=5e-7)
    assert band_scores.christoffersen(missed).p == pytest.approx(2.369e-4, rel=1e-3)


def test_misses_that_come_alone_are_not_suspicious() -> None:
    missed = np.random.default_rng(11).random(2_000) < 0.1
    assert band_scores.christoffersen(missed).p > 0.05


@pytest.mark.parametrize("missed", [[], [1], [0, 0, 0], [1, 1, 1], [0, 0, 1]])
def test_independence_cannot_be_told_without_something_to_compare(missed: list[int]) -> None:
    assert math.isnan(band_scores.christoffersen(np.array(missed, dtype=bool)).p)


def test_the_interval_score_is_the_width_and_a_fine_for_each_miss() -> None:
    low, high = np.full(3, -1.0), np.full(3, 1.0)
    score = band_scores.interval_score(low, high, np.array([0.0, 1.5, -3.0]), 0.90)
    assert score == pytest.approx([2.0, 2.0 + 20 * 0.5, 2.0 + 20 * 2.0])


def test_the_interval_score_is_least_for_the_true_quantiles() -> None:
    outcome = np.random.default_rng(3).normal(size=200_000)
    true = NormalDist().inv_cdf(0.95)

    def score(width: float) -> float:
        low, high = np.full(len(outcome), -width), np.full(len(outcome), width)
        return float(np.mean(band_scores.interval_score(low, high, outcome, 0.90)))

    assert score(true) < min(score(true * 0.9), score(true * 1.1))


def test_the_pinball_loss_leans_to_its_level() -> None:
    stated = np.zeros(2)
    assert band_scores.pinball(stated, np.array([1.0, -1.0]), 0.9) == pytest.approx((0.9 + 0.1) / 2)
    assert math.isnan(band_scores.pinball(np.empty(0), np.empty(0), 0.9))


def test_two_pinball_losses_are_an_interval_score() -> None:
    outcome = np.random.default_rng(4).normal(size=500)
    low, high = np.full(500, -1.2), np.full(500, 1.3)
    both = band_scores.pinball(low, outcome, 0.05) + band_scores.pinball(high, outcome, 0.95)
    assert np.mean(band_scores.interval_score(low, high, outcome, 0.90)) == pytest.approx(both * 2 / 0.10)


def test_the_crps_of_a_normal_forecast() -> None:
    assert band_scores.crps_normal(0.0) == pytest.approx(0.2336950, abs=5e-8)
    assert band_scores.crps_normal(1.0) == pytest.approx(0.6024414, abs=5e-8)
    assert band_scores.crps_normal(5.0, 3.0, 2.0) == pytest.approx(2 * 0.6024414, abs=1e-7)
    assert band_scores.crps_normal(5.0, 3.0, 0.0) == 2.0
    assert math.isnan(band_scores.crps_normal(0.0, 0.0, math.nan))


def test_even_places_are_a_tenth_each_and_hardly_distant() -> None:
    places = (np.arange(1_000) + 0.5) / 1_000
    assert band_scores.place_shares(places) == pytest.approx([0.1] * 10)
    assert band_scores.place_distance(places) == pytest.approx(0.0005)


def test_bands_too_narrow_put_the_places_at_the_ends() -> None:
    outcome = np.random.default_rng(6).normal(size=2_000)
    places = np.array([NormalDist(0, 0.5).cdf(each) for each in outcome])
    shares = band_scores.place_shares(places)
    assert min(shares[0], shares[-1]) > 0.2 > max(shares[1:-1])
    assert band_scores.place_distance(places) > 1.36 / math.sqrt(2_000)


def test_an_unknown_place_counts_nowhere_and_the_last_belongs_to_the_last_tenth() -> None:
    assert band_scores.place_shares(np.array([math.nan, 0.0, 1.0])) == (0.5, *[0.0] * 8, 0.5)
    assert band_scores.place_distance(np.array([math.nan, 0.5])) == 0.5
    assert math.isnan(band_scores.place_distance(np.array([math.nan])))
    assert all(math.isnan(share) for share in band_scores.place_shares(np.empty(0)))


LEVELS = np.array([0.025, 0.05, 0.15, 0.85, 0.95, 0.975])


def test_places_among_the_quantiles_of_a_normal_are_its_own() -> None:
    normal = NormalDist(0.1, 2.0)
    quantiles = np.array([[normal.inv_cdf(level) for level in LEVELS]] * 7)
    outcome = np.array([-9.0, -4.0, -1.0, 0.1, 1.0, 4.0, 9.0])
    places = band_scores.places_among(outcome, LEVELS, quantiles)
    assert places == pytest.approx([normal.cdf(each) for each in outcome])


def test_a_place_among_unknown_or_collapsed_quantiles_is_unknown() -> None:
    quantiles = np.array([[math.nan] * 6, [0.0] * 6])
    assert all(math.isnan(place) for place in band_scores.places_among(np.zeros(2), LEVELS, quantiles))
