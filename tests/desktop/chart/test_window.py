import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.panels.chart.window import WIDEST_BAR_PX, TimeWindow

windows = st.builds(
    lambda count, width, ahead: TimeWindow().sized(width).grown(count, ahead),
    st.integers(1, 100_000),
    st.floats(100, 3000),
    st.floats(0, 30),
)


@given(windows)
def test_while_following_the_newest_bar_is_in_view_with_room_beside_it(window: TimeWindow) -> None:
    assert window.following
    assert window.left < window.count - 1 < window.right


@given(windows, st.integers(1, 500))
def test_a_followed_window_moves_with_new_bars(window: TimeWindow, more: int) -> None:
    assert window.grown(window.count + more, window.ahead).right == pytest.approx(window.right + more)


def test_a_window_that_was_panned_away_stays_where_it_is() -> None:
    window = TimeWindow().sized(900).grown(1000, 0).panned(-100)
    assert not window.following
    assert window.grown(1001, 0).right == window.right


def test_panning_back_to_the_newest_bar_follows_again() -> None:
    window = TimeWindow().sized(900).grown(1000, 0).panned(-40)
    assert not window.panned(20).following
    assert window.panned(60).following


@given(windows, st.floats(0.1, 10), st.floats(0, 1))
def test_zooming_keeps_the_bar_under_the_pointer(window: TimeWindow, factor: float, share: float) -> None:
    away = window.panned(-window.count / 2 - 5)
    at_px = share * away.width_px
    zoomed = away.zoomed(factor, at_px)
    assert zoomed.left + at_px / zoomed.bar_px == pytest.approx(away.left + at_px / away.bar_px, abs=1e-6)


@given(windows, st.floats(0.1, 10))
def test_zooming_while_following_goes_on_following(window: TimeWindow, factor: float) -> None:
    zoomed = window.zoomed(factor, 10.0)
    assert zoomed.following
    assert zoomed.right == zoomed.newest_right


@given(windows)
def test_zooming_out_ends_where_everything_is_seen_and_zooming_in_at_the_widest_bar(window: TimeWindow) -> None:
    out = window.zoomed(1e-9, 0.0)
    assert out.left <= 1e-6
    assert window.zoomed(1e9, 0.0).bar_px == WIDEST_BAR_PX


@given(windows, st.floats(-1e6, 1e6))
def test_no_panning_loses_the_candles_from_sight(window: TimeWindow, bars: float) -> None:
    panned = window.panned(bars)
    assert panned.left < window.count
    assert panned.right > -0.5


def test_the_first_and_the_newest_bar_are_a_step_away() -> None:
    window = TimeWindow().sized(900).grown(1000, 0)
    first = window.earliest()
    assert first.left == -0.5
    assert not first.following
    assert first.latest() == window


def test_a_wider_window_shows_more_bars_of_the_same_width() -> None:
    window = TimeWindow().sized(900).grown(1000, 0)
    wider = window.sized(1800)
    assert wider.bar_px == window.bar_px
    assert wider.bars == 2 * window.bars


def test_room_for_the_forecast_is_made_but_never_more_than_a_third() -> None:
    window = TimeWindow().sized(900).grown(1000, 20)
    assert window.newest_right == 1000 - 0.5 + 20
    assert window.grown(1000, 500).newest_right < 1000 + window.bars / 3
