"""Random walks: the closed form against published figures, and the bank of paths against the closed form."""

import math
import pickle
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels import barriers, paths
from sigma_engine.kernels.paths import PathBank

DRIFT, SIGMA, BARS = 1e-4, 2e-3, 12
LOG_MEAN, LOG_SPREAD = DRIFT * BARS, SIGMA * math.sqrt(BARS)


@pytest.fixture(scope="module")
def bank() -> PathBank:
    return PathBank(BARS)


# quant.md §2.1: price 100, drift 1e-4, sigma 2e-3, 12 bars. Halving sigma^2 off the drift again, or counting time in
# anything but bars, misses every one of these figures.
def test_the_chance_of_a_rise_is_that_of_the_reference() -> None:
    assert paths.p_up(DRIFT, SIGMA, BARS) == pytest.approx(0.568754885, abs=5e-10)


def test_the_expected_price_is_that_of_the_reference() -> None:
    assert paths.expected_price(100, DRIFT, SIGMA, BARS) == pytest.approx(100.122474939, abs=5e-10)


@pytest.mark.parametrize(
    ("p", "price"),
    [
        (0.15, 99.403722716),
        (0.85, 100.841583687),
        (0.05, 98.985592157),
        (0.95, 101.267554243),
        (0.025, 98.769727618),
        (0.975, 101.488877865),
    ],
)
def test_the_bands_are_those_of_the_reference(p: float, price: float) -> None:
    assert paths.price_quantile(100, p, DRIFT, SIGMA, BARS) == pytest.approx(price, abs=5e-9)


@given(st.floats(0.01, 0.99), st.floats(-1e-3, 1e-3), st.floats(1e-5, 1e-2), st.integers(1, 288))
def test_a_quantile_is_exceeded_with_the_rest_of_the_chance(p: float, drift: float, sigma: float, bars: int) -> None:
    level = paths.price_quantile(60_000, p, drift, sigma, bars)
    assert paths.p_above(60_000, level, drift, sigma, bars) == pytest.approx(1 - p, abs=1e-6)


@given(st.floats(-1e-3, 1e-3), st.floats(1e-5, 1e-2), st.integers(1, 288))
def test_rise_and_fall_share_the_chances(drift: float, sigma: float, bars: int) -> None:
    assert paths.p_up(drift, sigma, bars) + paths.p_up(-drift, sigma, bars) == pytest.approx(1)


def test_where_nothing_moves_neither_side_is_likelier() -> None:
    assert paths.p_up(0.0, 0.0, 12) == 0.5
    assert paths.p_up(1e-4, 0.0, 12) == 1.0
    assert math.isnan(paths.p_up(math.nan, 1e-3, 12))


def test_the_bank_begins_with_the_published_outputs_of_its_generator(bank: PathBank) -> None:
    """splitmix64 with seed 0 is published to begin with these two numbers; inverted they are the first two normals."""
    published = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4)
    normals = [NormalDist().inv_cdf(((output >> 11) + 0.5) / 2**53) for output in published]
    np.testing.assert_allclose(bank.unit_walks()[0, :2], np.cumsum(normals), rtol=1e-12)


def test_a_longer_bank_continues_a_shorter_one(bank: PathBank) -> None:
    longer = PathBank(24).unit_walks()
    np.testing.assert_array_equal(longer[:, :BARS], bank.unit_walks())


def test_the_normals_of_the_bank_look_normal(bank: PathBank) -> None:
    steps = np.diff(bank.unit_walks(), axis=1, prepend=0).ravel()
    count = len(steps)
    assert abs(steps.mean()) < 4 / math.sqrt(count)
    assert abs(steps.var() - 1) < 4 * math.sqrt(2 / count)
    assert abs((steps**4).mean() - 3) < 4 * math.sqrt(96 / count)


@given(st.floats(-2.5, 2.5))
def test_the_share_of_rising_paths_agrees_with_the_closed_form(bank: PathBank, z: float) -> None:
    drift = z * SIGMA / math.sqrt(BARS)
    plain_error = math.sqrt(0.25 / 500)
    assert abs(bank.p_up(drift, SIGMA) - paths.p_up(drift, SIGMA, BARS)) < 4 * plain_error
    assert bank.p_up_error(drift, SIGMA) <= plain_error


def test_the_share_counts_the_paths_that_are_drawn(bank: PathBank) -> None:
    drawn = bank.prices(100.0, DRIFT, SIGMA)
    assert drawn.shape == (1000, BARS + 1)
    assert (drawn[:, 0] == 100).all()
    assert bank.p_up(DRIFT, SIGMA) == (drawn[:, -1] > 100).mean()


def test_the_mean_of_the_paths_agrees_with_the_closed_form(bank: PathBank) -> None:
    ends = bank.prices(100.0, DRIFT, SIGMA)[:, -1]
    pairs = (ends[:500] + ends[500:]) / 2
    assert abs(ends.mean() - paths.expected_price(100, DRIFT, SIGMA, BARS)) < 4 * pairs.std() / math.sqrt(500)


def test_mirrored_paths_balance(bank: PathBank) -> None:
    assert bank.p_up(0.0, SIGMA) == 0.5
    assert bank.p_up_error(0.0, SIGMA) == 0.0
    assert bank.p_up(DRIFT, SIGMA) == pytest.approx(1 - bank.p_up(-DRIFT, SIGMA))


@pytest.mark.parametrize("coverage", [0.7, 0.9, 0.95])
def test_bands_of_the_paths_agree_with_the_closed_form(bank: PathBank, coverage: float) -> None:
    low, high, error = bank.band(coverage, DRIFT, SIGMA)
    drawn = np.log(bank.prices(1.0, DRIFT, SIGMA)[:, -1])
    assert ((low <= drawn) & (drawn <= high)).mean() == pytest.approx(coverage, abs=0.002)
    exact = math.log(paths.price_quantile(1.0, 0.5 - coverage / 2, DRIFT, SIGMA, BARS))
    assert abs(low - exact) < 4 * error
    assert low + high == pytest.approx(2 * LOG_MEAN)
    assert 0 < error < 0.2 * LOG_SPREAD


@pytest.mark.parametrize(
    ("near", "far", "drift", "sigma", "bars"),
    [(0.006, 0.004, 5e-5, 0.0015, 24), (0.01, 0.01, 0.0, 0.002, 50), (0.02, 0.01, -1e-4, 0.003, 100)],
)
def test_touches_of_the_paths_agree_with_the_closed_form(
    near: float, far: float, drift: float, sigma: float, bars: int
) -> None:
    drawn = PathBank(bars)
    share = drawn.first_share(near, far, drift, sigma)
    assert abs(share - barriers.first(near, far, drift, sigma, bars)) < 4 * drawn.error
    assert 0 < drawn.error < math.sqrt(0.25 / 500)


def test_bridges_see_the_touches_between_bars_that_ends_do_not_show() -> None:
    """quant.md §2.5: one look a bar gives .3804, the truth is .4066."""
    walks = np.concatenate([PathBank(24).unit_walks(), -PathBank(24).unit_walks()])
    at = 5e-5 * np.arange(1, 25) + 0.0015 * walks
    reached, stopped = at >= 0.006, at <= -0.004
    first = np.where(reached.any(1), reached.argmax(1), 99) < np.where(stopped.any(1), stopped.argmax(1), 99)
    assert first.mean() < 0.39
    assert PathBank(24).first_share(0.006, 0.004, 5e-5, 0.0015) == pytest.approx(0.4066, abs=0.012)


def test_a_pickled_bank_draws_the_same_paths(bank: PathBank) -> None:
    again = pickle.loads(pickle.dumps(bank))
    np.testing.assert_array_equal(again.prices(1.0, DRIFT, SIGMA), bank.prices(1.0, DRIFT, SIGMA))
