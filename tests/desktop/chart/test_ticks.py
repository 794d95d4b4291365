import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.panels.chart.ticks import bar_at, price_ticks, time_at, time_ticks
from sigma_engine import as_datetime

MINUTE, DAY = 60_000, 86_400_000
NOON = 1_763_899_200_000 - 1_763_899_200_000 % DAY + DAY // 2


def bars(count: int, interval_ms: int, begin: int = NOON) -> np.ndarray:
    return begin + interval_ms * np.arange(count, dtype=np.int64)


@given(st.floats(1e-4, 1e6), st.floats(1e-3, 1), st.floats(100, 1500), st.integers(0, 6))
def test_prices_are_round_in_view_and_not_crowded(low: float, share: float, height: float, decimals: int) -> None:
    high = low * (1 + share)
    ticks = price_ticks(low, high, height, decimals)
    places = [tick.at for tick in ticks]
    assert all(low - 1e-9 <= place <= high + 1e-9 for place in places)
    gaps = np.diff(places) * height / (high - low)
    assert (gaps >= 27).all()
    assert (gaps <= 90).all()


def test_labels_have_the_digits_the_steps_need_and_no_more() -> None:
    assert [tick.label for tick in price_ticks(96_500, 97_100, 200, 1)][:3] == ["96,500", "96,600", "96,700"]
    assert [tick.label for tick in price_ticks(0.17, 0.1702, 120, 5)][:3] == ["0.17000", "0.17005", "0.17010"]
    assert all("." in tick.label for tick in price_ticks(10.0, 11.0, 120, 2))


def test_a_scale_of_nothing_has_no_labels() -> None:
    assert price_ticks(float("nan"), float("nan"), 300, 2) == ()
    assert price_ticks(5.0, 5.0, 300, 2) == ()
    assert time_ticks(np.empty(0, np.int64), MINUTE, 0, 100, 7.5) == ()


@pytest.mark.parametrize("interval_ms", [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 240 * MINUTE, DAY])
@pytest.mark.parametrize("bar_px", [0.02, 0.5, 3.0, 7.5, 40.0])
def test_times_are_round_and_their_labels_do_not_touch(interval_ms: int, bar_px: float) -> None:
    stamps = bars(30_000, interval_ms)
    ticks = time_ticks(stamps, interval_ms, 20_000 - 1200 / bar_px, 20_000, bar_px)
    assert ticks
    assert (np.diff([tick.at for tick in ticks]) * bar_px >= 44).all()
    for tick in ticks:
        when = as_datetime(time_at(stamps, interval_ms, tick.at))
        assert when.second == 0
        assert ":" not in tick.label or f"{when:%H:%M}" == tick.label


def test_midnight_shows_the_date_and_stands_out() -> None:
    stamps = bars(600, 5 * MINUTE)
    ticks = time_ticks(stamps, 5 * MINUTE, 0, 300, 7.5)
    midnight = bar_at(stamps, 5 * MINUTE, NOON + DAY // 2)
    (tick,) = [tick for tick in ticks if tick.at == midnight]
    assert tick.label == "24 Nov"
    assert tick.strong
    assert not any(tick.strong for tick in ticks if tick.at != midnight)


def test_years_show_as_months_and_the_year() -> None:
    stamps = bars(2000, DAY)
    labels = [tick.label for tick in time_ticks(stamps, DAY, 0, 900, 1.0)]
    assert "2026" in labels
    assert "Jul" in labels


def test_time_goes_on_evenly_beyond_the_last_bar() -> None:
    stamps = bars(100, 5 * MINUTE)
    assert time_at(stamps, 5 * MINUTE, 102) == int(stamps[-1]) + 3 * 5 * MINUTE
    assert bar_at(stamps, 5 * MINUTE, int(stamps[-1]) + 10 * MINUTE) == 101
    assert max(tick.at for tick in time_ticks(stamps, 5 * MINUTE, 20, 140, 7.5)) > 99


def test_a_gap_in_the_candles_moves_a_label_to_the_first_candle_after_it() -> None:
    stamps = np.concatenate([bars(30, MINUTE), bars(60, MINUTE, NOON + 125 * MINUTE)])
    for tick in time_ticks(stamps, MINUTE, 0, 90, 7.5):
        assert 0 <= tick.at < 90
    assert bar_at(stamps, MINUTE, NOON + 60 * MINUTE) == 30
