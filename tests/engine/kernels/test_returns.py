"""Surprises and predictors against their definitions."""

import math
from array import array
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.returns import PREDICTORS, Returns, bounded
from sigma_engine.kernels.volatility import BlendedVolatility

DAY_MS = 86_400_000


def advanced(closes: list[float]) -> Returns:
    returns = Returns()
    for close in closes:
        returns.advance(close)
    return returns


def walk(seed: int, count: int) -> list[float]:
    return (60_000 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 1e-3, count)))).tolist()


def predictors(returns: Returns, open_ms: int = 0, drift: float = 0.0, deviation: float = 1e-3) -> list[float]:
    x = array("d", [math.nan] * (PREDICTORS + 2))
    returns.predictors(x, 1, open_ms, drift, deviation, 0.65, 0.0)
    assert math.isnan(x[0])
    assert math.isnan(x[-1])
    return x[1:-1].tolist()


def test_a_surprise_is_a_return_in_units_of_what_was_expected_of_it() -> None:
    closes = walk(1, 200)
    volatility, expected = BlendedVolatility(), math.nan
    for before, after in pairwise(closes[:-1]):
        expected = volatility.update(math.log(after / before))
    assert advanced(closes).surprise == pytest.approx(math.log(closes[-1] / closes[-2]) / expected)


def test_predictors_are_of_unit_size_on_noise() -> None:
    returns, rows = Returns(), []
    for close in walk(2, 20_000):
        returns.advance(close)
        rows.append(predictors(returns))
    spread = np.array(rows)[1_000:, 1:5].std(axis=0)
    assert spread == pytest.approx([1, 1, 1, 1], abs=0.15)


def test_the_time_of_day_goes_round_once_a_day() -> None:
    returns = advanced(walk(3, 100))
    assert predictors(returns, 5 * DAY_MS)[8:] == pytest.approx([0, math.sqrt(2)])
    assert predictors(returns, 5 * DAY_MS + DAY_MS // 4)[8:] == pytest.approx([math.sqrt(2), 0], abs=1e-12)


def test_the_drift_is_its_own_z() -> None:
    x = predictors(advanced(walk(4, 100)), drift=2e-4, deviation=1e-3)
    assert (x[0], x[5], x[6]) == (1.0, pytest.approx(0.2 * math.sqrt(50)), 0.5)


@pytest.mark.parametrize("bad", [math.nan, 0.0, -1.0, math.inf])
def test_a_close_that_is_no_price_gives_no_return_and_poisons_nothing(bad: float) -> None:
    returns = advanced([*walk(5, 200), bad, *walk(6, 200)])
    assert math.isfinite(returns.sigma)
    assert all(math.isfinite(x) for x in predictors(returns))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_bounded_is_within_four_and_never_undefined(x: float) -> None:
    assert -4 <= bounded(x) <= 4


def test_a_copy_goes_its_own_way() -> None:
    returns = advanced(walk(7, 100))
    twin, before = returns.copy(), (returns.close, returns.sigma, returns.quick)
    twin.advance(1.0)
    assert (returns.close, returns.sigma, returns.quick) == before
