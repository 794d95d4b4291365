"""Every indicator against somebody else's: TA-Lib where it has it, pandas and the published formula elsewhere."""

from collections.abc import Callable
from math import erf, sqrt

import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.indicators import INDICATORS
from sigma_engine.strategy.indicator_set import IndicatorSet
from sigma_engine.strategy.operands import parse_operand

Column = NDArray[np.float64]
DAY_MS = 86_400_000


def stochastic(c: Candles) -> tuple[Column, Column]:
    return talib.STOCH(c.high, c.low, c.close, fastk_period=14, slowk_period=3, slowd_period=3)


def z_score(c: Candles) -> Column:
    return (c.close - talib.SMA(c.close, 20)) / talib.STDDEV(c.close, 20)


def percent_b(c: Candles) -> Column:
    upper, _, lower = talib.BBANDS(c.close, 20, 2, 2)
    return (c.close - lower) / (upper - lower)


def vwap(c: Candles) -> Column:
    typical, day = pd.Series((c.high + c.low + c.close) / 3), c.open_ms // DAY_MS
    return ((typical * c.volume).groupby(day).cumsum() / pd.Series(c.volume).groupby(day).cumsum()).to_numpy()


def returns(c: Candles) -> "pd.Series[float]":
    return np.log(pd.Series(c.close)).diff()


def probability_up(c: Candles) -> Column:
    drifts = returns(c).rolling(50).mean() * sqrt(12) / returns(c).rolling(50).std()
    return np.array([(1 + erf(z / sqrt(2))) / 2 for z in drifts])


def garman_klass(c: Candles) -> Column:
    variances = 0.5 * np.log(c.high / c.low) ** 2 - (2 * np.log(2) - 1) * np.log(c.close / c.open) ** 2
    return np.sqrt(pd.Series(variances).rolling(20).mean()).to_numpy()


def efficiency_ratio(c: Candles) -> Column:
    closes = pd.Series(c.close)
    return (closes.diff(20).abs() / closes.diff().abs().rolling(20).sum()).to_numpy()


ORACLES: dict[str, Callable[[Candles], Column]] = {
    "rsi(14)": lambda c: talib.RSI(c.close, 14),
    "macd.line": lambda c: talib.MACD(c.close)[0],
    "macd.signal": lambda c: talib.MACD(c.close)[1],
    "macd.hist": lambda c: talib.MACD(c.close)[2],
    "macd(8,17,5).hist": lambda c: talib.MACD(c.close, 8, 17, 5)[2],
    "stoch.k": lambda c: stochastic(c)[0],
    "stoch.d": lambda c: stochastic(c)[1],
    "ema(9)": lambda c: talib.EMA(c.close, 9),
    "ema(20)": lambda c: talib.EMA(c.close, 20),
    "ema(50)": lambda c: talib.EMA(c.close, 50),
    "ema(200)": lambda c: talib.EMA(c.close, 200),
    "sma(20)": lambda c: talib.SMA(c.close, 20),
    "bb.upper": lambda c: talib.BBANDS(c.close, 20, 2, 2)[0],
    "bb.middle": lambda c: talib.BBANDS(c.close, 20, 2, 2)[1],
    "bb.lower": lambda c: talib.BBANDS(c.close, 20, 2, 2)[2],
    "bb(30,2.5).lower": lambda c: talib.BBANDS(c.close, 30, 2.5, 2.5)[2],
    "bb.percent_b": percent_b,
    "atr(14)": lambda c: talib.ATR(c.high, c.low, c.close, 14),
    "adx(14)": lambda c: talib.ADX(c.high, c.low, c.close, 14),
    "di_plus(14)": lambda c: talib.PLUS_DI(c.high, c.low, c.close, 14),
    "di_minus(14)": lambda c: talib.MINUS_DI(c.high, c.low, c.close, 14),
    "cci(20)": lambda c: talib.CCI(c.high, c.low, c.close, 20),
    "mfi(14)": lambda c: talib.MFI(c.high, c.low, c.close, c.volume, 14),
    "obv": lambda c: talib.OBV(c.close, c.volume),
    "obv.ema": lambda c: talib.EMA(talib.OBV(c.close, c.volume), 20),
    "vwap": vwap,
    "mc.prob_up": probability_up,
    "mc.drift": lambda c: returns(c).rolling(50).mean().to_numpy(),
    "mc.sigma": lambda c: returns(c).rolling(50).std().to_numpy(),
    "gk_vol": lambda c: garman_klass(c) * sqrt(105_120),
    "gk_vol.per_bar": garman_klass,
    "zscore(20)": z_score,
    "lr_slope(10)": lambda c: talib.LINEARREG_SLOPE(c.close, 10),
    "er(20)": efficiency_ratio,
    "volume_sma(20)": lambda c: talib.SMA(c.volume, 20),
}


@pytest.mark.parametrize("column", ORACLES)
def test_the_indicator_agrees_with_the_oracle(column: str, candles: Candles) -> None:
    assert_agrees(IndicatorSet([column], Timeframe.M5).run(candles)[:, 0], ORACLES[column](candles))


def test_every_indicator_has_an_oracle() -> None:
    asked = {parse_operand(column).entry.name for column in ORACLES}
    assert asked == {entry.name for entry in INDICATORS}


Periods = st.integers(2, 60)
ANY_PERIOD: dict[str, Callable[[Candles, int], Column]] = {
    "rsi({n})": lambda c, n: talib.RSI(c.close, n),
    "ema({n})": lambda c, n: talib.EMA(c.close, n),
    "sma({n})": lambda c, n: talib.SMA(c.close, n),
    "bb({n},2.5).upper": lambda c, n: talib.BBANDS(c.close, n, 2.5, 2.5)[0],
    "bb({n},0.7).lower": lambda c, n: talib.BBANDS(c.close, n, 0.7, 0.7)[2],
    "atr({n})": lambda c, n: talib.ATR(c.high, c.low, c.close, n),
    "adx({n})": lambda c, n: talib.ADX(c.high, c.low, c.close, n),
    "di_plus({n})": lambda c, n: talib.PLUS_DI(c.high, c.low, c.close, n),
    "di_minus({n})": lambda c, n: talib.MINUS_DI(c.high, c.low, c.close, n),
    "cci({n})": lambda c, n: talib.CCI(c.high, c.low, c.close, n),
    "mfi({n})": lambda c, n: talib.MFI(c.high, c.low, c.close, c.volume, n),
    "obv({n}).ema": lambda c, n: talib.EMA(talib.OBV(c.close, c.volume), n),
    "zscore({n})": lambda c, n: exact_z_score(c, n),
    "lr_slope({n})": lambda c, n: talib.LINEARREG_SLOPE(c.close, n),
    "volume_sma({n})": lambda c, n: talib.SMA(c.volume, n),
    "mc({n},7).drift": lambda c, n: returns(c).rolling(n).mean().to_numpy(),
    "mc({n},7).sigma": lambda c, n: returns(c).rolling(n).std().to_numpy(),
}


def exact_z_score(c: Candles, n: int) -> Column:
    windows = np.lib.stride_tricks.sliding_window_view(c.close, n)
    return np.r_[np.full(n - 1, np.nan), (c.close[n - 1 :] - windows.mean(axis=1)) / windows.std(axis=1)]


def assert_agrees(ours: Column, theirs: Column) -> None:
    assert np.array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9 * np.nanmax(np.abs(theirs)))


@pytest.mark.parametrize("text", ANY_PERIOD)
@given(n=Periods, seed=st.integers(0, 99))
def test_the_indicator_agrees_at_any_period(text: str, n: int, seed: int) -> None:
    candles = trending_walk(seed)
    ours = IndicatorSet([text.format(n=n)], Timeframe.M5).run(candles)[:, 0]
    assert_agrees(ours, ANY_PERIOD[text](candles, n))


@given(fast=st.integers(2, 20), longer=st.integers(1, 30), signal=st.integers(2, 20), seed=st.integers(0, 99))
def test_macd_agrees_at_any_periods(fast: int, longer: int, signal: int, seed: int) -> None:
    candles, slow = trending_walk(seed), fast + longer
    parts = [f"macd({fast},{slow},{signal}).{part}" for part in ("line", "signal", "hist")]
    ours = IndicatorSet(parts, Timeframe.M5).run(candles)
    for column, theirs in zip(ours.T, talib.MACD(candles.close, fast, slow, signal), strict=True):
        assert_agrees(column, theirs)


@given(n=Periods, smooth=st.integers(1, 10), signal=st.integers(1, 10), seed=st.integers(0, 99))
def test_the_stochastic_agrees_at_any_periods(n: int, smooth: int, signal: int, seed: int) -> None:
    c = trending_walk(seed)
    parts = [f"stoch({n},{smooth},{signal}).{part}" for part in "kd"]
    ours = IndicatorSet(parts, Timeframe.M5).run(c)
    theirs = talib.STOCH(c.high, c.low, c.close, fastk_period=n, slowk_period=smooth, slowd_period=signal)
    for column, other in zip(ours.T, theirs, strict=True):
        assert_agrees(column, other)


def trending_walk(seed: int) -> Candles:
    """300 candles, no two of them within each other, so that direction is always defined."""
    rng = np.random.default_rng(seed)
    close = 6e4 + np.cumsum(rng.normal(0, 30, 300))
    low = close - rng.uniform(10, 20, 300)
    open_, high = close - rng.uniform(0, 10, 300), close + rng.uniform(10, 20, 300)
    return Candles(np.arange(300, dtype=np.int64) * 300_000, open_, high, low, close, rng.lognormal(3, 1, 300))


def closes(*prices: float) -> Candles:
    return Candles.from_rows([Candle(at * 300_000, price, price, price, price, 1.0) for at, price in enumerate(prices)])


def test_rsi_gives_the_published_numbers() -> None:
    prices = (44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.10, 45.42, 45.84, 46.08, 45.89, 46.03, 45.61, 46.28, 46.28)
    prices += (46.00, 46.03, 46.41, 46.22, 45.64)
    rsi = IndicatorSet(["rsi(14)"], Timeframe.M5).run(closes(*prices))[:, 0]
    assert rsi[14:] == pytest.approx([70.4641, 66.2496, 66.4809, 69.3469, 66.2947, 57.9150], abs=5e-5)


def test_garman_klass_of_one_known_candle_repeated() -> None:
    candle = [Candle(at * 300_000, 100.0, 102.0, 99.0, 101.0, 1.0) for at in range(20)]
    annual, per_bar = IndicatorSet(["gk_vol", "gk_vol.per_bar"], Timeframe.M5).run(Candles.from_rows(candle))[-1]
    assert per_bar == pytest.approx(0.0201830, abs=5e-8)
    assert annual == pytest.approx(6.543772, abs=5e-7)


def test_a_year_has_as_many_candles_as_the_timeframe_says() -> None:
    candle = [Candle(at * 3_600_000, 100.0, 102.0, 99.0, 101.0, 1.0) for at in range(20)]
    annual, per_bar = IndicatorSet(["gk_vol", "gk_vol.per_bar"], Timeframe.H1).run(Candles.from_rows(candle))[-1]
    assert annual / per_bar == pytest.approx(93.5949, abs=5e-5)


def test_the_odds_of_a_rise_take_off_no_second_half_variance() -> None:
    drift, sigma = 1e-4, 2e-3
    reach = sigma * sqrt(49 / 50)  # fifty returns of drift +- reach have the sample deviation sigma
    steps = np.cumsum([0.0] + [drift + reach, drift - reach] * 25)
    odds, m, s = IndicatorSet(["mc.prob_up", "mc.drift", "mc.sigma"], Timeframe.M5).run(closes(*100 * np.exp(steps)))[
        -1
    ]
    assert (m, s) == pytest.approx((drift, sigma), rel=1e-9)
    assert odds == pytest.approx(0.568754885, abs=5e-10)


def test_the_volume_weighted_price_begins_anew_at_midnight_of_the_opening_stamp() -> None:
    rows = [(DAY_MS - 600_000, 10.0, 1.0), (DAY_MS - 300_000, 20.0, 3.0), (DAY_MS, 40.0, 2.0), (DAY_MS + 1, 50.0, 2.0)]
    candles = Candles.from_rows([Candle(stamp, price, price, price, price, volume) for stamp, price, volume in rows])
    assert IndicatorSet(["vwap"], Timeframe.M5).run(candles)[:, 0].tolist() == [10.0, 17.5, 40.0, 45.0]


def test_a_z_score_never_passes_its_bound() -> None:
    spike = closes(*[100.0] * 19, 500.0)
    assert IndicatorSet(["zscore(20)"], Timeframe.M5).run(spike)[-1, 0] == pytest.approx(sqrt(19))


def test_typical_prices_equal_but_for_their_last_bit_are_a_flat_market() -> None:
    one, other = (100.4, 100.1, 100.1), (100.3, 100.1, 100.2)  # high, low, close
    assert sum(one) != sum(other)
    shapes = [one if at % 3 else other for at in range(20)]
    rows = [Candle(at * 300_000, low, high, low, close, 1.0) for at, (high, low, close) in enumerate(shapes)]
    assert np.isnan(IndicatorSet(["cci(20)"], Timeframe.M5).run(Candles.from_rows(rows))).all()


def test_candles_without_direction_leave_the_trend_as_it_was() -> None:
    trend = [Candle(at, 100.0 + at, 101.0 + at, 99.0 + at, 100.0 + at, 1.0) for at in range(60)]
    inside = [Candle(60 + at, 159.0, 160.0, 158.0, 159.0, 1.0) for at in range(3)]
    strength = IndicatorSet(["adx(14)"], Timeframe.M5).run(Candles.from_rows(trend + inside))[:, 0]
    assert strength[-4:].tolist() == pytest.approx([100.0] * 4)
