"""How figures are written."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.theme.format import NOTHING, clock_time, day_time, duration, money, percent, price


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (money(Decimal("1284.07"), signed=True), "+1,284.07"),
        (money(Decimal("-23.02")), "−23.02"),
        (money(0, signed=True), "0.00"),
        (money(-0.004, signed=True), "0.00"),
        (money(10_000, decimals=0), "10,000"),
        (price(96_861, 1), "96,861.0"),
        (price(Decimal("0.00001"), 5), "0.00001"),
        (percent(-0.018), "−1.8%"),
        (percent(0.0014, 2, signed=True), "+0.14%"),
        (percent(Decimal("0.1")), "10.0%"),
        (money(math.nan), NOTHING),
        (percent(math.inf), NOTHING),
        (clock_time(1_763_902_800_000), "13:00:00"),
        (day_time(1_763_902_800_000), "23 Nov 13:00"),
        (duration(45_000), "45 s"),
        (duration(12 * 60_000), "12 min"),
        (duration(185 * 60_000), "3 h 05"),
        (duration(52 * 3_600_000), "2 d 4 h"),
        (duration(-1), "0 s"),
    ],
)
def test_figures_are_written_for_people(written: str, expected: str) -> None:
    assert written == expected


@given(amount=st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_money_reads_back_to_the_same_amount(amount: Decimal) -> None:
    written = money(amount, signed=True)
    assert Decimal(written.replace("−", "-").replace(",", "")) == amount
    assert "-" not in written
