import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.panels.chart.pyramid import Pyramid, Row
from sigma_engine import Candle, Candles


def walk(count: int, seed: int) -> Candles:
    random = np.random.default_rng(seed)
    close = 100 + np.cumsum(random.normal(0, 1, count))
    opening = close + random.normal(0, 1, count)
    high = np.maximum(opening, close) + random.uniform(0, 1, count)
    low = np.minimum(opening, close) - random.uniform(0, 1, count)
    return Candles(np.arange(count, dtype=np.int64), opening, high, low, close, random.uniform(0, 9, count))


def buckets(candles: Candles, size: int) -> np.ndarray:
    """What a level has to hold, bucket by bucket."""
    parts = [candles.slice(start, start + size) for start in range(0, len(candles), size)]
    rows = [(p.open[0], p.high.max(), p.low.min(), p.close[-1], p.volume.sum()) for p in parts]
    return np.array(rows).T


def assert_true_to(pyramid: Pyramid, candles: Candles) -> None:
    for level in range(pyramid.depth):
        np.testing.assert_allclose(pyramid.level(level), buckets(candles, 1 << level), rtol=1e-12)


counts, seeds = st.integers(1, 3000), st.integers(0, 2**32 - 1)


@given(counts, seeds)
def test_every_level_holds_the_buckets_of_its_size(count: int, seed: int) -> None:
    candles = walk(count, seed)
    assert_true_to(Pyramid(candles), candles)


@given(st.integers(1, 1100), st.integers(1, 40), seeds)
def test_appending_gives_what_building_anew_gives(count: int, more: int, seed: int) -> None:
    candles = walk(count + more, seed)
    pyramid = Pyramid(candles.slice(0, count))
    for candle in candles.slice(count):
        pyramid.append(candle)
    assert pyramid.depth == Pyramid(candles).depth
    assert_true_to(pyramid, candles)


@given(st.integers(1, 2100), seeds, st.floats(50, 150), st.floats(0, 30))
def test_replacing_the_last_candle_gives_what_building_anew_gives(
    count: int, seed: int, price: float, reach: float
) -> None:
    candles = walk(count, seed)
    pyramid = Pyramid(candles)
    pyramid.replace_last(Candle(count, price, price + reach, price - reach, price, 3.0))
    for column, value in zip(candles.columns()[1:], (price, price + reach, price - reach, price, 3.0), strict=True):
        column[-1] = value
    assert_true_to(pyramid, candles)


def test_an_empty_pyramid_grows_from_nothing() -> None:
    candles = walk(1500, 1)
    pyramid = Pyramid(Candles.empty())
    for candle in candles:
        pyramid.append(candle)
    assert_true_to(pyramid, candles)


@pytest.mark.parametrize(("bars", "pixels", "level"), [(900, 1000, 0), (1001, 1000, 1), (4000, 1000, 2), (1e9, 10, 5)])
def test_the_finest_level_with_a_pixel_a_bucket_is_picked(bars: float, pixels: float, level: int) -> None:
    pyramid = Pyramid(walk(10_000, 2))
    assert pyramid.depth == 6
    assert pyramid.pick(bars, pixels) == level


@given(counts, seeds, st.integers(-50, 3050), st.integers(-50, 3050))
def test_extremes_are_those_of_the_candles_looked_at(count: int, seed: int, start: int, stop: int) -> None:
    candles = walk(count, seed)
    part = candles.slice(max(0, start), max(0, stop))
    extremes = Pyramid(candles).extremes(start, stop)
    if not len(part):
        assert np.isnan(extremes).all()
    elif len(part) <= 2048:
        assert extremes == (part.low.min(), part.high.max(), part.volume.max())
    else:
        assert extremes[0] <= part.low.min()
        assert extremes[1] >= part.high.max()


def test_a_million_candles_are_searched_by_the_bucket() -> None:
    candles = walk(1_000_000, 3)
    low, high, _ = Pyramid(candles).extremes(0, len(candles))
    assert (low, high) == (candles.low.min(), candles.high.max())


def test_rows_are_named_in_the_order_of_the_columns() -> None:
    assert [row.name for row in Row] == ["OPEN", "HIGH", "LOW", "CLOSE", "VOLUME"]
