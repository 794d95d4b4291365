"""The practice exchange's arithmetic against decimals and fractions."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.practice.money import floored, nearest, raised, rated, scaled, value_of

amounts = st.integers(-(10**20), 10**20)
positive = st.integers(1, 10**12)


@given(amounts, st.integers(-(10**12), 10**12), positive)
def test_what_does_not_divide_is_rounded_half_away_from_zero(amount: int, numerator: int, denominator: int) -> None:
    with localcontext(prec=100):
        exact = Decimal(amount) * numerator / denominator
        assert scaled(amount, numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_halves_on_either_side() -> None:
    assert [scaled(amount, 1, 2) for amount in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]


@given(positive, positive)
def test_values_and_shares_are_within_half_a_part(price: int, quantity: int) -> None:
    for result in (value_of(price, quantity), rated(price, quantity)):
        assert abs(result - Fraction(price * quantity, 10**8)) <= Fraction(1, 2)


@given(st.integers(0, 10**15), positive)
def test_steps(number: int, step: int) -> None:
    assert floored(number, step) <= number <= raised(number, step) <= floored(number, step) + step
    assert abs(2 * (nearest(number, step) - number)) <= step
    assert not any(each % step for each in (floored(number, step), raised(number, step), nearest(number, step)))
