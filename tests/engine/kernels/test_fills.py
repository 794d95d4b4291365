"""Account arithmetic against exact fractions and the venue's own example."""

from fractions import Fraction
from math import floor, isnan, ulp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels import fills

GRIDS = [(1.0, 10.0), (1.0, 100.0), (1.0, 100_000.0), (5.0, 1000.0), (5.0, 1.0), (25.0, 10.0), (1.0, 1.0)]
PRICES = st.floats(1e-4, 2e5, allow_nan=False)
QUANTITIES = st.floats(1e-4, 1e6, allow_nan=False)


@pytest.mark.parametrize(("units", "scale"), GRIDS)
@given(price=PRICES)
def test_a_price_on_the_tick_is_nearest_to_the_exact_multiple(units: float, scale: float, price: float) -> None:
    rounded = fills.on_tick(price, units, scale)
    ticks = round(Fraction(rounded) * Fraction(scale) / Fraction(units))
    assert rounded == float(Fraction(ticks) * Fraction(units) / Fraction(scale))
    assert abs(rounded - price) <= units / scale / 2 * (1 + 1e-9)


@pytest.mark.parametrize(("units", "scale"), GRIDS)
@given(steps=st.integers(0, 10_000_000))
def test_a_quantity_already_on_the_step_stays(units: float, scale: float, steps: int) -> None:
    quantity = float(Fraction(steps) * Fraction(units) / Fraction(scale))
    assert fills.on_step(quantity, units, scale) == quantity


@given(quantity=QUANTITIES)
def test_a_quantity_never_grows_by_more_than_float_noise(quantity: float) -> None:
    assert fills.on_step(quantity, 1.0, 1000.0) <= quantity + 1e-9 * 1e-3 + 1e-12


@given(amount=st.floats(-1e6, 1e6, allow_nan=False))
def test_money_has_eight_decimals(amount: float) -> None:
    exact = Fraction(floor(Fraction(amount) * 10**8 + Fraction(1, 2)), 10**8)
    float_noise = Fraction(ulp(amount))  # a tie may fall to either side
    assert abs(Fraction(fills.money(amount)) - exact) <= Fraction(1, 10**8) + float_noise
    assert fills.money(fills.money(amount)) == fills.money(amount)


@pytest.mark.parametrize(("direction", "worse"), [(1, 100.1), (-1, 99.9)])
def test_slippage_is_always_against_the_order(direction: int, worse: float) -> None:
    assert fills.fill_price(100.0, direction, 0.001, 1.0, 10.0) == worse


@given(entry=PRICES, price=PRICES, quantity=QUANTITIES)
def test_what_a_long_wins_a_short_loses(entry: float, price: float, quantity: float) -> None:
    long, short = fills.profit(1, quantity, entry, price), fills.profit(-1, quantity, entry, price)
    assert long == pytest.approx(-short, abs=1.1e-8, rel=1e-12)


def test_a_positive_funding_rate_makes_longs_pay_and_shorts_receive() -> None:
    assert fills.funding(1, 0.5, 60_000.0, 0.0001) == -3.0
    assert fills.funding(-1, 0.5, 60_000.0, 0.0001) == 3.0


@pytest.mark.parametrize(("sign", "expected"), [(1, 63_316.58), (-1, 76_616.92)])
def test_liquidation_is_where_the_venue_says(sign: int, expected: float) -> None:
    """The worked example of the venue's rule: 70,000, 10x, maintenance 0.5 %."""
    bound = fills.margin(70_000.0, 0.01, 10.0)
    assert fills.liquidation(sign, 70_000.0, 0.01, bound, 0.005, 1.0, 100.0) == expected


def test_paid_funding_brings_liquidation_nearer() -> None:
    bound = fills.margin(70_000.0, 0.01, 10.0) + fills.funding(1, 0.01, 70_000.0, 0.001)
    assert fills.liquidation(1, 70_000.0, 0.01, bound, 0.005, 1.0, 100.0) == pytest.approx(63_386.93, abs=0.01)


def test_no_position_has_no_liquidation() -> None:
    assert isnan(fills.liquidation(1, 70_000.0, 0.0, 0.0, 0.005, 1.0, 100.0))
