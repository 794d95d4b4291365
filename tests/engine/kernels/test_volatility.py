"""The blended volatility against its definition, as a fold."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.volatility import WARM_UP_RETURNS, BlendedVolatility

returns = st.lists(st.floats(-0.05, 0.05), min_size=WARM_UP_RETURNS, max_size=200)


def folded(values: list[float]) -> BlendedVolatility:
    volatility = BlendedVolatility()
    for value in values:
        volatility.update(value)
    return volatility


def by_definition(values: list[float]) -> float:
    """Both averages in matrix form: weights of the seed and of each return after it."""
    squares = np.square(values)
    seed, rest = squares[:50].mean(), squares[50:]
    variance = 0.0
    for share, decay in ((0.6, 0.94), (0.4, 0.99)):
        weights = (1 - decay) * decay ** np.arange(len(rest) - 1, -1, -1)
        variance += share * (decay ** len(rest) * seed + (weights * rest).sum())
    return math.sqrt(variance)


@given(returns)
def test_it_is_the_blend_of_two_weighted_averages(values: list[float]) -> None:
    last = folded(values[:-1]).update(values[-1])
    assert last == pytest.approx(by_definition(values), rel=1e-9, abs=1e-12)


def test_it_is_undefined_until_fifty_returns_are_known() -> None:
    volatility = BlendedVolatility()
    said = [volatility.update(0.001) for _ in range(50)]
    assert all(math.isnan(value) for value in said[:49])
    assert said[49] == pytest.approx(0.001)


def test_a_jump_is_answered_at_once_and_forgotten_by_the_half() -> None:
    volatility = folded([0.001] * 100)
    jumped = volatility.update(0.01)
    assert jumped > 2 * 0.001
    for _ in range(100):
        later = volatility.update(0.001)
    assert 0.001 < later < jumped / 2


def test_an_undefined_return_changes_nothing() -> None:
    volatility = folded([0.001, -0.002] * 40)
    before = volatility.copy().update(0.003)
    volatility.update(math.nan)
    assert volatility.copy().update(0.003) == before


def test_a_copy_and_a_pickle_go_on_from_the_same_state() -> None:
    volatility = folded([0.001, -0.002] * 40)
    twins = [volatility.copy(), pickle.loads(pickle.dumps(volatility))]
    assert [twin.update(0.004) for twin in twins] == [volatility.update(0.004)] * 2
