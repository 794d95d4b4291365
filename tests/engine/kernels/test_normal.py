"""The normal distribution against Python's own, and its far tail against logarithms."""

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels import normal

STANDARD = NormalDist()


@pytest.mark.parametrize("p", [1e-300, 1e-16, 1e-6, 0.02, 0.0749, 0.0751, 0.4, 0.5, 0.925, 0.99, 1 - 1e-12])
def test_quantiles_are_those_of_the_standard_library(p: float) -> None:
    assert normal.quantile(p) == pytest.approx(STANDARD.inv_cdf(p), rel=1e-14, abs=1e-15)


@given(st.floats(-8, 8))
def test_the_function_is_that_of_the_standard_library(x: float) -> None:
    assert normal.cdf(x) == pytest.approx(STANDARD.cdf(x), rel=1e-9, abs=1e-15)


@given(st.floats(1e-12, 1 - 1e-12))
def test_a_quantile_and_the_function_undo_each_other(p: float) -> None:
    assert normal.cdf(normal.quantile(p)) == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, 1.1, math.nan, math.inf])
def test_a_quantile_outside_the_open_unit_interval_is_undefined(p: float) -> None:
    assert math.isnan(normal.quantile(p))


@pytest.mark.parametrize("x", [29.9, 30.1, 36.0])
def test_the_far_tail_follows_the_plain_product_while_that_can_be_computed(x: float) -> None:
    assert normal.scaled_tail(100.0, x) == pytest.approx(math.exp(100.0) * normal.cdf(-x), rel=1e-5)


def test_the_far_tail_stays_finite_where_both_factors_overflow() -> None:
    # exp(5000) P(Z > 100): the exponents cancel, Mills' ratio at 100 remains.
    assert normal.scaled_tail(5000.0, 100.0) == pytest.approx(0.0039890, rel=1e-3)
