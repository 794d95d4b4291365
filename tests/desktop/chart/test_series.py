import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.panels.chart.overlays import OVERLAYS, Overlay
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_engine import Candle, Candles, IndicatorSet, Timeframe
from tests.desktop import market

MINUTE = 60_000


def series(candles: Candles, shown: Timeframe = Timeframe.M1, overlays: tuple[Overlay, ...] = OVERLAYS) -> ChartSeries:
    return ChartSeries(candles, Timeframe.M1, shown, overlays)


def curves(chart: ChartSeries) -> np.ndarray:
    return np.vstack([values for _, values in chart.curves.parts()])


def assert_same(left: ChartSeries, right: ChartSeries) -> None:
    np.testing.assert_array_equal(left.open_ms, right.open_ms)
    np.testing.assert_allclose(left.pyramid.level(0), right.pyramid.level(0), rtol=1e-12)
    np.testing.assert_allclose(curves(left), curves(right), rtol=1e-9)


@pytest.mark.parametrize("shown", [Timeframe.M1, Timeframe.M5, Timeframe.M15])
@given(cut=st.integers(0, 400))
def test_candles_taken_in_one_by_one_give_what_loading_them_gives(shown: Timeframe, cut: int) -> None:
    candles = market.candles(count=400)
    grown = series(candles.slice(0, cut), shown)
    for candle in candles.slice(cut):
        grown.tick(candle)
        grown.close(candle)
    assert_same(grown, series(candles, shown))


def test_overlays_are_the_engines_own_indicators() -> None:
    candles = market.candles(count=500)
    operands = [operand for overlay in OVERLAYS for operand in overlay.operands]
    expected = IndicatorSet(operands, Timeframe.M1).run(candles)
    np.testing.assert_array_equal(curves(series(candles)), expected.T)


def test_overlays_of_longer_candles_are_computed_on_the_longer_candles() -> None:
    candles = market.candles(count=1500, end_ms=market.END_MS // (5 * MINUTE) * 5 * MINUTE)
    chart = series(candles, Timeframe.M5)
    long = Candles(chart.open_ms, *chart.pyramid.level(0))
    operands = [operand for overlay in OVERLAYS for operand in overlay.operands]
    np.testing.assert_array_equal(curves(chart), IndicatorSet(operands, Timeframe.M5).run(long).T)


def test_a_tick_moves_the_last_candle_and_nothing_before_it() -> None:
    candles = market.candles(count=100)
    chart = series(candles)
    before = curves(chart).copy()
    chart.tick(Candle(market.END_MS, 10.0, 11.0, 9.0, 10.5, 1.0))
    chart.tick(Candle(market.END_MS, 10.0, 12.0, 9.0, 11.5, 2.0))
    assert chart.count == 101
    assert chart.candle(-1) == Candle(market.END_MS, 10.0, 12.0, 9.0, 11.5, 2.0)
    assert chart.candle(99) == candles[99]
    np.testing.assert_array_equal(curves(chart)[:, :100], before)


def test_a_tick_that_says_the_same_as_the_close_gives_the_same_curves() -> None:
    candles = market.candles(count=300)
    ticked = series(candles.slice(0, 299))
    ticked.tick(candles[299])
    np.testing.assert_array_equal(curves(ticked), curves(series(candles)))


def test_candles_that_were_closed_before_change_nothing() -> None:
    candles = market.candles(count=50)
    chart = series(candles)
    chart.close(candles[49])
    chart.tick(candles[48])
    assert_same(chart, series(candles))


def test_other_overlays_are_laid_over_closed_and_forming_candles_alike() -> None:
    candles = market.candles(count=300)
    chart = series(candles.slice(0, 299), overlays=())
    chart.tick(candles[299])
    chart.lay(OVERLAYS)
    np.testing.assert_array_equal(curves(chart), curves(series(candles)))
    chart.close(candles[299])
    np.testing.assert_array_equal(curves(chart), curves(series(candles)))


def test_without_overlays_there_are_no_curves() -> None:
    chart = series(market.candles(count=30), overlays=())
    chart.tick(Candle(market.END_MS, 10.0, 11.0, 9.0, 10.5, 1.0))
    assert chart.curves.parts() == []
    assert chart.curves.count == chart.count == 31


def test_a_time_lies_in_the_candle_that_was_open_then() -> None:
    chart = series(market.candles(count=60), Timeframe.M15)
    first = int(chart.open_ms[0])
    assert chart.bar_of(first - 1) == -1
    assert chart.bar_of(first + 15 * MINUTE - 1) == 0
    assert chart.bar_of(first + 15 * MINUTE) == 1
    assert chart.time_at(chart.count + 1) == int(chart.open_ms[-1]) + 2 * 15 * MINUTE


def test_a_series_begins_with_nothing() -> None:
    chart = series(Candles.empty())
    assert chart.count == 0
    chart.tick(Candle(market.END_MS, 10.0, 11.0, 9.0, 10.5, 1.0))
    assert chart.count == 1
