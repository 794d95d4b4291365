"""The pool of outcomes against numpy's own quantiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.normal import quantile
from sigma_engine.kernels.pool import OutcomePool

values = st.lists(st.floats(-5, 5), min_size=1, max_size=120)


def filled(outcomes: list[float], capacity: int = 40, seeds: int = 10) -> OutcomePool:
    pool = OutcomePool(capacity, seeds)
    for outcome in outcomes:
        pool.push(outcome)
    return pool


def kept(outcomes: list[float], capacity: int = 40, seeds: int = 10) -> np.ndarray:
    """What such a pool holds by its definition: seeds from the middle outwards, then outcomes, the newest only."""
    middle = (seeds - 1) // 2
    ranks = [middle + ((k + 1) // 2 if k % 2 else -(k // 2)) for k in range(seeds)]
    seeded = [quantile((rank + 1) / (seeds + 1)) for rank in ranks]
    return np.sort([*seeded, *outcomes][-capacity:])


@given(values, st.floats(0.01, 0.99))
def test_quantiles_are_those_of_the_newest_outcomes_with_what_is_left_of_the_seeds(
    outcomes: list[float], p: float
) -> None:
    expected = np.quantile(kept(outcomes), p, method="weibull")
    assert filled(outcomes).quantile(p) == pytest.approx(expected, abs=1e-5)


@given(values, st.floats(-6, 6))
def test_the_place_of_an_outcome_counts_those_below_it(outcomes: list[float], x: float) -> None:
    pool = filled(outcomes)
    assert pool.below(x) == np.count_nonzero(kept(outcomes) < x)
    assert 0 < pool.place(x) < 1


@pytest.mark.parametrize("p", [0.025, 0.05, 0.15, 0.5, 0.85, 0.95, 0.975])
def test_a_fresh_pool_is_a_normal_distribution(p: float) -> None:
    assert OutcomePool(1000, 250).quantile(p) == pytest.approx(quantile(p), abs=1e-3)
    assert OutcomePool().quantile(p) == pytest.approx(quantile(p), abs=0.03)


def test_once_a_thousand_outcomes_matured_nothing_of_the_seeds_is_left() -> None:
    outcomes = np.random.default_rng(1).standard_t(4, 1000).tolist()
    pool = filled(outcomes, 1000, 250)
    for p in (0.025, 0.15, 0.85, 0.975):
        assert pool.quantile(p) == pytest.approx(np.quantile(outcomes, p, method="weibull"), abs=1e-5)


def test_the_error_of_a_quantile_is_its_spread_over_samples() -> None:
    rng = np.random.default_rng(2)
    samples = rng.standard_normal((400, 1000))
    spread = np.quantile(samples, 0.05, axis=1).std()
    assert filled(samples[0].tolist(), 1000, 250).error(0.05) == pytest.approx(spread, rel=0.4)


def test_an_undefined_outcome_changes_nothing() -> None:
    pool = filled([0.5, -0.5])
    before = (pool.count, pool.matured, pool.quantile(0.3))
    pool.push(float("nan"))
    assert (pool.count, pool.matured, pool.quantile(0.3)) == before


@given(values, values)
def test_a_copy_goes_its_own_way(first: list[float], later: list[float]) -> None:
    pool = filled(first)
    twin, before = pool.copy(), pool.quantile(0.4)
    for each in later:
        twin.push(each)
    assert pool.quantile(0.4) == before
    assert twin.quantile(0.4) == filled([*first, *later]).quantile(0.4)


def test_a_pool_without_room_for_its_seeds_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with 2 to 10 seeds, not 11"):
        OutcomePool(10, 11)
