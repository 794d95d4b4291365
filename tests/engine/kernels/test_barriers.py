"""Two barriers and a random walk: the published figures, both series, the limits, and symmetry."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sigma_engine.kernels import barriers

# Up, down, drift, sigma, bars -> P(up first), P(down first): quant.md §2.5, checked there by simulation with bridges.
ORACLES = [
    ((0.006, 0.004, 5e-5, 0.0015, 24), 0.4066286403, 0.5082233336),
    ((0.01, 0.01, 0.0, 0.002, 50), 0.4460114778, 0.4460114778),
    ((0.02, 0.01, -1e-4, 0.003, 100), 0.2596024876, 0.7332825817),
    ((0.003, 0.003, 0.0, 0.001, 4), 0.1336076072, 0.1336076072),
]

distances = st.floats(1e-4, 0.2)
drifts = st.floats(-1e-3, 1e-3)
sigmas = st.floats(1e-4, 1e-2)
horizons = st.integers(1, 288)


@pytest.mark.parametrize(("given_", "up", "down"), ORACLES)
def test_the_figures_of_the_reference(given_: tuple[float, ...], up: float, down: float) -> None:
    above, below, drift, sigma, bars = given_
    assert barriers.first(above, below, drift, sigma, bars) == pytest.approx(up, abs=1e-10)
    assert barriers.first(below, above, -drift, sigma, bars) == pytest.approx(down, abs=1e-10)


def waves(up: float, down: float, drift: float, sigma: float, bars: float, terms: int = 400) -> float:
    """The eigenfunction series of quant.md §2.5 with very many terms, written out as it stands there."""
    width, rate = up + down, 2 * drift / sigma**2
    ever = down / width if rate == 0 else (1 - math.exp(rate * down)) / (math.exp(-rate * up) - math.exp(rate * down))
    total = 0.0
    for j in range(1, terms + 1):
        decay = (drift**2 / sigma**2 + j**2 * math.pi**2 * sigma**2 / width**2) / 2
        strength = math.pi * sigma**2 / width**2 * j * math.sin(j * math.pi * down / width)
        total += (-1) ** (j + 1) * strength * math.exp(-decay * bars) / decay
    return ever - math.exp(drift * up / sigma**2) * total


@given(distances, distances, drifts, sigmas, horizons)
def test_short_and_long_horizons_follow_one_curve(
    up: float, down: float, drift: float, sigma: float, bars: int
) -> None:
    assume(0.02 < sigma**2 * bars / (up + down) ** 2 < 20)
    assume(1e-6 < abs(drift) * (up + down) / sigma**2 < 5)
    found = barriers.first(up, down, drift, sigma, bars)
    assert found == pytest.approx(waves(up, down, drift, sigma, bars), abs=1e-9)


@given(distances, distances, drifts, sigmas, horizons)
def test_chances_stay_chances(up: float, down: float, drift: float, sigma: float, bars: int) -> None:
    above = barriers.first(up, down, drift, sigma, bars)
    below = barriers.first(down, up, -drift, sigma, bars)
    assert 0 <= above <= 1
    assert 0 <= below <= 1
    assert above + below <= 1 + 1e-9


@given(distances, distances, drifts, sigmas, horizons)
def test_another_barrier_can_only_take_chances_away(
    up: float, down: float, drift: float, sigma: float, bars: int
) -> None:
    alone = barriers.touch(up, drift, sigma, bars)
    assert barriers.first(up, down, drift, sigma, bars) <= alone + 1e-9
    assert barriers.first(up, math.inf, drift, sigma, bars) == alone


@given(distances, distances, drifts, sigmas)
def test_a_long_horizon_comes_down_to_the_odds_without_one(up: float, down: float, drift: float, sigma: float) -> None:
    ever = barriers.first_ever(up, down, drift, sigma)
    assert barriers.first(up, down, drift, sigma, 1e9) == pytest.approx(ever, abs=1e-9)


def test_without_drift_the_nearer_barrier_is_likelier_in_proportion() -> None:
    assert barriers.first_ever(0.03, 0.01, 0.0, 0.002) == 0.25
    assert barriers.first_ever(0.03, 0.01, 1e-15, 0.002) == pytest.approx(0.25)


def test_one_barrier_without_drift_follows_the_reflection_principle() -> None:
    # 2 Phi(-u / (s sqrt T)) with u = 2 s sqrt T.
    assert barriers.touch(0.02, 0.0, 0.001, 100) == pytest.approx(0.04550026389635842, rel=1e-12)


@given(distances, st.floats(0, 1), st.floats(1e-6, 1e-3), horizons)
def test_extreme_drifts_neither_overflow_nor_leave_the_unit_interval(
    distance: float, drift: float, sigma: float, bars: int
) -> None:
    assert 0 <= barriers.touch(distance, drift, sigma, bars) <= 1 + 1e-6
    assert 0 <= barriers.first(distance, distance, drift, sigma, bars) <= 1
    assert 0 <= barriers.first(distance, distance, -drift, sigma, bars) <= 1


@pytest.mark.parametrize(
    ("near", "far", "drift", "sigma", "bars", "expected"),
    [
        (0.0, 0.01, 0.0, 0.001, 10, 1.0),  # already there
        (0.01, 0.0, 0.0, 0.001, 10, 0.0),  # already at the other one
        (math.inf, 0.01, 0.0, 0.001, 10, 0.0),  # no such barrier
        (0.01, 0.01, 0.0, 0.0, 10, 0.0),  # nothing moves
        (0.01, 0.01, 0.0, 0.001, 0, 0.0),  # no time
        (0.01, 0.01, 0.002, 0.0, 10, 1.0),  # a certain way there
    ],
)
def test_the_edges(near: float, far: float, drift: float, sigma: float, bars: int, expected: float) -> None:
    assert barriers.first(near, far, drift, sigma, bars) == expected


@pytest.mark.parametrize(("near", "far", "sigma", "bars"), [(0.006, 0.004, 0.0015, 24), (0.05, 0.004, 0.0015, 24)])
def test_the_mean_time_is_what_the_chances_of_not_having_touched_yet_add_up_to(
    near: float, far: float, sigma: float, bars: int
) -> None:
    middles = [(step + 0.5) * bars / 4000 for step in range(4000)]
    untouched = [
        1 - barriers.first(near, far, 0.0, sigma, time) - barriers.first(far, near, 0.0, sigma, time)
        for time in middles
    ]
    assert barriers.mean_time(near, far, sigma, bars) == pytest.approx(sum(untouched) * bars / 4000, rel=1e-6)


@given(distances, distances, sigmas, horizons)
def test_the_mean_time_lies_within_the_horizon_and_tends_to_the_closed_form_without_one(
    near: float, far: float, sigma: float, bars: int
) -> None:
    assert 0 <= barriers.mean_time(near, far, sigma, bars) <= bars
    assert barriers.mean_time(near, far, sigma, bars) == pytest.approx(barriers.mean_time(far, near, sigma, bars))
    assert barriers.mean_time(near, far, sigma, 1e9) == pytest.approx(near * far / sigma**2)


def test_the_mean_time_at_the_edges() -> None:
    assert barriers.mean_time(0.0, 0.01, 0.001, 10.0) == 0.0
    assert barriers.mean_time(0.01, 0.01, 0.001, 0.0) == 0.0
    assert barriers.mean_time(0.01, 0.01, 0.0, 10.0) == 10.0
    assert barriers.mean_time(math.inf, math.inf, 0.001, 10.0) == 10.0
    assert math.isnan(barriers.mean_time(math.nan, 0.01, 0.001, 10.0))


@pytest.mark.parametrize("at", range(5))
def test_an_undefined_input_gives_an_undefined_chance(at: int) -> None:
    given_ = [0.01, 0.01, 0.0, 0.001, 10.0]
    given_[at] = math.nan
    assert math.isnan(barriers.first(*given_))
