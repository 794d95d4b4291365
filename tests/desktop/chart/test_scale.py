import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.panels.chart.scale import PriceScale, fitted, spread


def test_the_higher_price_is_further_up() -> None:
    scale = PriceScale(100.0, 200.0, 400.0)
    assert (scale.y(200.0), scale.y(150.0), scale.y(100.0)) == (0.0, 200.0, 400.0)


@given(st.floats(1e-5, 1e6), st.floats(0.001, 2), st.floats(200, 2000), st.floats(0, 100))
def test_prices_in_view_stay_clear_of_the_figures_and_of_the_volume(
    low: float, share: float, height: float, head: float
) -> None:
    scale = fitted(low, low * (1 + share), (), height, head)
    assert scale.y(low * (1 + share)) == pytest.approx(head, abs=1e-3)
    assert scale.y(low) == pytest.approx(height * 0.79, rel=1e-3)


def test_a_price_nearby_is_brought_into_view_and_one_far_off_is_not() -> None:
    scale = fitted(100.0, 110.0, (98.0, 113.0, 150.0), 500.0, 30.0)
    assert scale.shows(98.0)
    assert scale.y(113.0) >= 30.0 - 1e-9
    assert not scale.shows(150.0)


def test_a_market_that_does_not_move_still_has_a_scale() -> None:
    scale = fitted(5.0, 5.0, (), 300.0, 30.0)
    assert scale.low < 5.0 < scale.high


def test_where_nothing_is_known_there_is_a_scale_all_the_same() -> None:
    assert fitted(math.nan, math.nan, (1.0,), 300.0, 30.0) == PriceScale(0.0, 1.0, 300.0)


def test_stretching_shows_more_around_the_same_middle() -> None:
    plain, wide = fitted(100, 110, (), 500, 30), fitted(100, 110, (), 500, 30, 2.0)
    assert wide.high - wide.low == pytest.approx(2 * (plain.high - plain.low))
    assert wide.high + wide.low == pytest.approx(plain.high + plain.low)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=6))
def test_tags_make_room_for_each_other_and_the_last_one_stays(places: list[float]) -> None:
    moved = spread(places, 20.0)
    assert moved[-1] == places[-1]
    assert (np.diff(sorted(moved)) >= 20.0 - 1e-9).all()


def test_tags_that_are_apart_stay_where_they_are() -> None:
    assert spread([10.0, 300.0, 100.0], 20.0) == [10.0, 300.0, 100.0]
    assert spread([], 20.0) == []
