"""Longer timeframes built from shorter candles: what pandas resamples, never before it is known."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError
from sigma_engine.strategy.indicator_set import IndicatorSet

MINUTES_5 = Timeframe.M5.interval_ms
COLUMNS = ("price", "high", "low", "open", "volume", "ema(3)", "rsi(2)", "vwap", "gk_vol(2)", "macd(2,3,2).hist")
HIGHER = st.sampled_from([Timeframe.M15, Timeframe.M30, Timeframe.H1, Timeframe.H2])


@st.composite
def markets(draw: st.DrawFn) -> Candles:
    """Five-minute candles from any time of day, some of them missing."""
    gaps = draw(st.lists(st.sampled_from([1, 1, 1, 1, 1, 1, 2, 5, 30]), min_size=1, max_size=150))
    stamps = MINUTES_5 * (draw(st.integers(0, 600)) + np.cumsum(gaps, dtype=np.int64))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    close = 100 + np.cumsum(rng.normal(0, 0.3, len(gaps)))
    open_ = np.concatenate([[100.0], close[:-1]])
    high, low = np.maximum(open_, close) + rng.random(len(gaps)), np.minimum(open_, close) - rng.random(len(gaps))
    return Candles(stamps, open_, high, low, close, rng.random(len(gaps)))


def resampled(market: Candles, higher: Timeframe) -> tuple[Candles, NDArray[np.int64]]:
    """Pandas' longer candles, and for each the base candle after which it is known."""
    names = ("open", "high", "low", "close", "volume")
    frame = pd.DataFrame(dict(zip(names, market.columns()[1:], strict=True)))
    period = market.open_ms // higher.interval_ms
    whole = frame.groupby(period).agg({"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"})
    ends = np.flatnonzero(np.r_[np.diff(period) != 0, True])
    in_time = market.open_ms[ends] + MINUTES_5 == (period[ends] + 1) * higher.interval_ms
    stamps = whole.index.to_numpy() * higher.interval_ms
    columns = (np.ascontiguousarray(whole[name], np.float64) for name in names)
    return Candles(stamps, *columns), np.where(in_time, ends, ends + 1)


def written(higher: Timeframe) -> list[str]:
    return [f"{column}@{higher}" for column in COLUMNS]


@given(market=markets(), higher=HIGHER)
def test_the_readings_are_those_of_the_last_complete_longer_candle(market: Candles, higher: Timeframe) -> None:
    longer, known_from = resampled(market, higher)
    expected = np.full((len(market) + 1, len(COLUMNS)), np.nan)
    for at, reading in zip(known_from, IndicatorSet(COLUMNS, higher).run(longer), strict=True):
        expected[at:] = reading
    ours = IndicatorSet(written(higher), Timeframe.M5).run(market)
    np.testing.assert_allclose(ours, expected[:-1], rtol=1e-12, equal_nan=True)


@given(market=markets(), higher=HIGHER, cut=st.integers(0, 150))
def test_what_comes_later_changes_nothing(market: Candles, higher: Timeframe, cut: int) -> None:
    whole = IndicatorSet(written(higher), Timeframe.M5).run(market)
    np.testing.assert_array_equal(IndicatorSet(written(higher), Timeframe.M5).run(market.slice(0, cut)), whole[:cut])


@given(market=markets(), higher=HIGHER, cut=st.integers(0, 150))
def test_single_candles_a_copy_and_a_restored_set_say_the_same(market: Candles, higher: Timeframe, cut: int) -> None:
    whole = IndicatorSet(written(higher), Timeframe.M5).run(market)
    single = IndicatorSet(written(higher), Timeframe.M5)
    rows = [single.update(candle) for candle in market.slice(0, cut)]
    for twin in (single.copy(), pickle.loads(pickle.dumps(single))):
        rest = [twin.update(candle) for candle in market.slice(min(cut, len(market)))]
        np.testing.assert_array_equal(np.array([*rows, *rest]).reshape(whole.shape), whole)


def test_a_preview_of_the_last_candle_within_shows_the_longer_one() -> None:
    candles = [Candle(at * MINUTES_5, 100.0 + at, 101.0 + at, 99.0 + at, 100.5 + at, 1.0) for at in range(6)]
    hourly = IndicatorSet(["price@15m", "price"], Timeframe.M5)
    hourly.run(Candles.from_rows(candles[:5]))
    assert hourly.preview(candles[5]).tolist() == [105.5, 105.5]
    assert hourly.preview(Candle(5 * MINUTES_5, 105.0, 108.0, 104.0, 107.0, 1.0)).tolist() == [107.0, 107.0]
    assert hourly.update(candles[5]).tolist() == [105.5, 105.5]


def test_a_year_counts_the_candles_of_the_longer_timeframe() -> None:
    rng = np.random.default_rng(1)
    close = 100 + np.cumsum(rng.normal(0, 0.3, 600))
    open_ = np.concatenate([[100.0], close[:-1]])
    stamps = np.arange(600, dtype=np.int64) * MINUTES_5
    market = Candles(stamps, open_, np.maximum(open_, close) + 0.1, np.minimum(open_, close) - 0.1, close, close)
    annual, per_bar = IndicatorSet(["gk_vol@1h", "gk_vol.per_bar@1h"], Timeframe.M5).run(market)[-1]
    assert annual / per_bar == pytest.approx(93.5949, abs=5e-5)


def test_each_timeframe_has_a_kernel_of_its_own_and_a_column_says_which() -> None:
    texts = ["RSI( 14 ) @1H", "rsi(14)", "rsi(14)@4h", "stoch.k@1h", "stoch.d@1h"]
    assert IndicatorSet(texts, Timeframe.M5).columns == (
        "rsi(14)@1h",
        "rsi(14)",
        "rsi(14)@4h",
        "stoch.k@1h",
        "stoch.d@1h",
    )


@pytest.mark.parametrize(
    ("text", "base", "sentence"),
    [
        ("rsi(14)@5m", Timeframe.M5, "rsi(14)@5m cannot be built from 5m candles: after the @, name one of 15m"),
        ("rsi(14)@3m", Timeframe.M5, "rsi(14)@3m cannot be built from 5m candles: after the @, name one of 15m"),
        ("rsi(14)@5m", Timeframe.M3, "rsi(14)@5m cannot be built from 3m candles: after the @, name one of 15m"),
        ("rsi(14)@soon", Timeframe.H4, "There is no timeframe 'soon'; write one of 1m, 3m, 5m"),
        ("rsi(14)@1h", Timeframe.D1, "rsi(14)@1h cannot be built from 1d candles: after the @, leave it out"),
    ],
)
def test_a_timeframe_that_the_candles_do_not_fill_is_refused(text: str, base: Timeframe, sentence: str) -> None:
    with pytest.raises(SpecError) as refused:
        IndicatorSet([text], base)
    assert sentence in str(refused.value)
