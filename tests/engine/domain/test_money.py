"""From a kernel's float to the amount it stands for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.money import bare, exact, require_positive
from sigma_engine.errors import DomainError


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_an_amount_reads_back_to_the_float_it_came_from(value: float) -> None:
    assert float(exact(value)) == value


@given(st.decimals("-1000000", "1000000", places=8))
def test_money_rounded_to_eight_places_comes_across_exactly(amount: Decimal) -> None:
    assert exact(float(amount)) == amount


@pytest.mark.parametrize(("value", "text"), [(0.1, "0.1"), (64_000.0, "64000"), (1e-8, "1E-8"), (-2.5, "-2.5")])
def test_the_digits_are_the_shortest(value: float, text: str) -> None:
    assert str(exact(value)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_amount(value: float) -> None:
    with pytest.raises(DomainError):
        exact(value)


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("Infinity"), 1.0])
def test_a_positive_amount_is_a_finite_decimal_above_zero(amount: Decimal) -> None:
    with pytest.raises(DomainError, match="a quantity is a finite positive Decimal"):
        require_positive("a quantity", amount)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_an_amount_without_spare_zeros_is_the_same_amount(amount: Decimal) -> None:
    _, digits, exponent = bare(amount).as_tuple()
    assert bare(amount) == amount
    assert exponent >= 0 or digits[-1] != 0


@pytest.mark.parametrize(
    ("text", "shortest"),
    [("10000.000000000000000000", "10000"), ("0.1200", "0.12"), ("0.000", "0"), ("100", "100"), ("-5.50", "-5.5")],
)
def test_zeros_an_exchange_writes_behind_an_amount_are_dropped(text: str, shortest: str) -> None:
    assert str(bare(Decimal(text))) == shortest
