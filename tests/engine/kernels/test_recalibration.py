"""Recalibration against a penalised logistic regression solved by numpy, and what it must never do."""

import math
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.recalibration import Recalibration, logistic, logit

PENALTIES = (25.0, 50.0, 50.0)


def outcomes(seed: int, count: int, theta: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(count), rng.standard_normal((count, len(theta) - 1))])
    p = rng.uniform(0.2, 0.8, count)
    truth = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + x @ np.array(theta))))
    return x, p, (rng.random(count) < truth).astype(float)


def learned(x: np.ndarray, p: np.ndarray, y: np.ndarray, penalties: tuple[float, ...] = PENALTIES) -> Recalibration:
    recalibration = Recalibration(penalties, 10_000, 20)
    for at in range(len(y)):
        recalibration.learn(at, array("d", x[at].tolist()), 0, float(p[at]), float(y[at]), 1.0)
    recalibration.fit(len(y))
    return recalibration


def test_theta_is_one_newton_step_of_the_penalised_likelihood() -> None:
    x, p, y = outcomes(1, 900, (0.2, 0.3, -0.2))
    curvature = (x * (p * (1 - p))[:, None]).T @ x + np.diag(PENALTIES)
    expected = np.linalg.solve(curvature, x.T @ (y - p))
    recalibration = learned(x, p, y)
    assert recalibration.theta == pytest.approx(expected, rel=1e-9)
    at = array("d", [1.0, 0.5, -2.0])
    assert recalibration.error(at, 0) == pytest.approx(
        math.sqrt(np.array(at) @ np.linalg.inv(curvature) @ at), rel=1e-9
    )


def test_it_finds_what_was_planted_once_there_is_evidence() -> None:
    x, p, y = outcomes(2, 20_000, (-0.15, 0.2, -0.1))
    assert learned(x, p, y).theta == pytest.approx((-0.15, 0.2, -0.1), abs=0.06)


def test_a_probability_that_was_right_is_left_alone() -> None:
    x, p, y = outcomes(3, 20_000, (0.0, 0.0, 0.0))
    assert learned(x, p, y).theta == pytest.approx((0, 0, 0), abs=0.06)


@given(st.integers(0, 30), st.integers(0, 2**31))
def test_few_outcomes_move_little(count: int, seed: int) -> None:
    x, p, y = outcomes(seed, count, (1.0, 1.0, 1.0))
    recalibration = learned(x, p, y)
    assert abs(recalibration.theta[0]) <= count / PENALTIES[0]


def test_before_the_first_fit_nothing_is_corrected_and_no_error_is_known() -> None:
    recalibration = Recalibration(PENALTIES, 100, 3)
    at = array("d", [1.0, 2.0, 3.0])
    assert recalibration.shift(at, 0) == 0.0
    assert math.isnan(recalibration.error(at, 0))


def test_it_forgets_what_lies_beyond_its_memory() -> None:
    recalibration = Recalibration((1.0,), 10, 2)
    at = array("d", [1.0])
    for index in range(10):
        recalibration.learn(index, at, 0, 0.5, 1.0, 1.0)
    recalibration.fit(10)
    assert recalibration.theta[0] > 1
    recalibration.fit(25)
    assert recalibration.theta[0] == 0.0


@given(st.floats(0, 1))
def test_logit_and_logistic_undo_each_other_within_their_limits(p: float) -> None:
    bounded = min(max(p, 1 / (1 + math.exp(6))), 1 / (1 + math.exp(-6)))
    assert logistic(logit(p)) == pytest.approx(bounded, abs=1e-12)


def test_a_copy_goes_its_own_way() -> None:
    x, p, y = outcomes(4, 50, (0.5, 0.5, 0.5))
    recalibration = learned(x, p, y)
    twin, before = recalibration.copy(), recalibration.theta
    twin.learn(50, array("d", [1.0, 1.0, 1.0]), 0, 0.5, 1.0, 20.0)
    twin.fit(50)
    assert recalibration.theta == before != twin.theta
