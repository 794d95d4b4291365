"""Where a position ends: the fill table of contracts.md §4, row by row, for both sides."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels import exits
from sigma_engine.kernels.exits import Ending

PRICES = st.floats(1.0, 1e5)


def mirrored(sign: int, *prices: float) -> tuple[float, ...]:
    """The same distances from 100 on the other side for a short."""
    return tuple(100 + sign * (price - 100) for price in prices)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("opening", "ending"),
    [
        (100, Ending.NONE),
        (95, Ending.STOP),
        (94, Ending.STOP),
        (80, Ending.LIQUIDATION),
        (110, Ending.TARGET),
        (95.1, Ending.NONE),
    ],
)
def test_a_gap_ends_the_position_at_the_open(sign: int, opening: float, ending: Ending) -> None:
    price, stop, target, liquidation = mirrored(sign, opening, 95, 110, 82)
    assert exits.at_open(sign, price, stop, target, liquidation) == ending


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("best", "worst", "ending"),
    [
        (105, 96, Ending.NONE),
        (105, 95, Ending.STOP),
        (110, 96, Ending.TARGET),
        (111, 94, Ending.STOP),
        (111, 80, Ending.STOP),
    ],
)
def test_inside_a_candle_the_stop_comes_before_the_target(sign: int, best: float, worst: float, ending: Ending) -> None:
    best, worst, stop, target, liquidation = mirrored(sign, best, worst, 95, 110, 82)
    high, low = max(best, worst), min(best, worst)
    assert exits.inside(sign, high, low, stop, target, liquidation) == ending


@pytest.mark.parametrize("sign", [1, -1])
def test_without_a_stop_liquidation_ends_it(sign: int) -> None:
    best, worst, target, liquidation = mirrored(sign, 101, 81, 110, 82)
    high, low = max(best, worst), min(best, worst)
    assert exits.inside(sign, high, low, nan, target, liquidation) == Ending.LIQUIDATION


@pytest.mark.parametrize("sign", [1, -1])
def test_a_stop_behind_liquidation_does_not_protect(sign: int) -> None:
    best, worst, stop, liquidation = mirrored(sign, 101, 79, 80, 82)
    high, low = max(best, worst), min(best, worst)
    assert exits.inside(sign, high, low, stop, nan, liquidation) == Ending.LIQUIDATION


@given(sign=st.sampled_from([1, -1]), stop=PRICES, extreme=PRICES, distance=st.floats(0.01, 1e4))
def test_trailing_never_moves_the_stop_back(sign: int, stop: float, extreme: float, distance: float) -> None:
    assert sign * (exits.trailed(sign, stop, extreme, distance) - stop) >= 0


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("best", "moved"), [(104.9, False), (105, True), (120, True)])
def test_breakeven_waits_for_its_multiple_of_the_risk(sign: int, best: float, moved: bool) -> None:
    stop, extreme = mirrored(sign, 95, best)
    assert (exits.at_breakeven(sign, stop, 100, extreme, 5, 1.0) == 100) is moved
