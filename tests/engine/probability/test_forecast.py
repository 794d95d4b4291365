"""The forecast as a fold: what it says, when it says nothing, and that it never claims an edge."""

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.signal import Forecast
from sigma_engine.kernels import barriers, paths
from sigma_engine.probability.forecast import Drift, Forecaster, Protection

DRIFT = Drift(1e-4, 2e-3)
PROTECTION = Protection(stop=150.0, target=375.0)


def candles(count: int, sigma: float = 1e-3, start: float = 60_000.0) -> Candles:
    close = start * np.exp(np.cumsum(np.random.default_rng(7).normal(0, sigma, count)))
    return Candles(np.arange(count, dtype=np.int64) * 300_000, close, close, close, close, np.ones(count))


def warm(count: int = 300, *, horizon: int = 12, barrier: int = 24, sigma: float = 1e-3) -> Forecaster:
    forecaster = Forecaster(horizon, barrier)
    forecaster.warm_up(candles(count, sigma))
    return forecaster


def candle(close: float) -> Candle:
    return Candle(0, close, close, close, close, 1.0)


def forecast(forecaster: Forecaster, close: float = 60_000.0, protection: Protection = PROTECTION) -> Forecast:
    said = forecaster.update(candle(close), DRIFT, protection)
    assert said is not None
    return said


def test_nothing_is_said_until_fifty_returns_are_known() -> None:
    forecaster = Forecaster(12, 24)
    said = [forecaster.update(each, DRIFT, PROTECTION) for each in candles(52)]
    assert [each is None for each in said] == [True] * 50 + [False] * 2


def test_nothing_is_said_while_the_plain_model_is_undefined() -> None:
    assert warm().update(candle(60_000.0), Drift(math.nan, math.nan), PROTECTION) is None


def test_no_edge_is_claimed_before_one_is_measured() -> None:
    said = forecast(warm())
    assert (said.p_up, said.calibrated) == (0.5, False)


def test_the_plain_model_is_told_beside_it_in_closed_form_and_in_paths() -> None:
    said = forecast(warm())
    assert said.p_up_plain == pytest.approx(0.568754885, abs=5e-10)
    assert said.paths == 1000
    assert abs(said.p_up_paths - said.p_up_plain) < 4 * math.sqrt(0.25 / 500)
    assert 0 < said.standard_error < math.sqrt(0.25 / 500)


def test_bands_are_normal_quantiles_of_the_volatility_around_the_close() -> None:
    said = forecast(warm(), 61_000.0)
    assert [share for share, _, _ in said.bands] == [0.7, 0.9, 0.95]
    for share, low, high in said.bands:
        width = NormalDist().inv_cdf(0.5 + share / 2) * said.sigma * math.sqrt(12)
        assert (low, high) == pytest.approx((61_000 * math.exp(-width), 61_000 * math.exp(width)))


def test_the_volatility_is_that_of_the_returns() -> None:
    last = float(candles(2000).close[-1])
    assert forecast(warm(2000), last).sigma == pytest.approx(1e-3, rel=0.3)


def test_stop_and_target_are_weighed_without_drift_for_both_sides() -> None:
    said = forecast(warm())
    up, down = math.log(1 + 375 / 60_000), -math.log(1 - 150 / 60_000)
    assert said.p_target == barriers.first(up, down, 0.0, said.sigma, 24)
    assert said.p_stop == barriers.first(down, up, 0.0, said.sigma, 24)
    down, up = -math.log(1 - 375 / 60_000), math.log(1 + 150 / 60_000)
    assert said.p_target_short == barriers.first(down, up, 0.0, said.sigma, 24)
    assert said.p_stop_short == barriers.first(up, down, 0.0, said.sigma, 24)


@given(st.floats(10, 5000), st.floats(10, 20_000), st.floats(1e-4, 1e-2))
def test_without_drift_no_stop_and_target_pay(stop: float, target: float, sigma: float) -> None:
    """Touching is a fair game: what remains open is worth nothing on average, so neither side can win."""
    said = forecast(warm(100, sigma=sigma, barrier=288), protection=Protection(stop, target))
    up, down = math.log(1 + target / 60_000), -math.log(1 - stop / 60_000)
    open_share = 1 - said.p_target - said.p_stop
    assert said.p_target * up - said.p_stop * down == pytest.approx(0, abs=open_share * max(up, down) + 1e-9)


@pytest.mark.parametrize("none", [math.nan, math.inf])
def test_without_a_target_only_the_stop_can_be_touched(none: float) -> None:
    said = forecast(warm(), protection=Protection(150.0, none))
    assert (said.p_target, said.p_target_short) == (0.0, 0.0)
    assert said.p_stop == pytest.approx(barriers.touch(-math.log(1 - 150 / 60_000), 0.0, said.sigma, 24))


def test_a_frozen_market_touches_nothing_and_favours_nobody() -> None:
    forecaster = Forecaster(12, 24)
    forecaster.warm_up(Candles.from_rows([candle(100.0)] * 60))
    said = forecaster.update(candle(100.0), Drift(0.0, 0.0), Protection(1.0, 2.0))
    assert said is not None
    assert (said.sigma, said.p_target, said.p_stop, said.p_up_plain, said.p_up_paths) == (0.0, 0.0, 0.0, 0.5, 0.5)
    assert all((low, high) == (100.0, 100.0) for _, low, high in said.bands)


def test_a_preview_says_what_the_close_will_say_and_changes_nothing() -> None:
    forecaster = warm()
    forming = [forecaster.preview(candle(close), DRIFT, PROTECTION) for close in (60_100.0, 59_000.0, 60_100.0)]
    assert forming[0] == forming[2] != forming[1]
    assert forecaster.update(candle(60_100.0), DRIFT, PROTECTION) == forming[0]


def test_a_copy_goes_its_own_way() -> None:
    forecaster = warm()
    twin = forecaster.copy()
    twin.update(candle(70_000.0), DRIFT, PROTECTION)
    assert forecast(forecaster) == forecast(warm())


def test_the_scale_of_prices_changes_only_prices() -> None:
    coins, cents = Forecaster(12, 24), Forecaster(12, 24)
    block = candles(300)
    coins.warm_up(block)
    cents.warm_up(Candles(block.open_ms, *(column * 2**-20 for column in block.columns()[1:])))
    large = forecast(coins)
    small = forecast(cents, 60_000 * 2**-20, Protection(150 * 2**-20, 375 * 2**-20))
    scaled = tuple((share, low * 2**20, high * 2**20) for share, low, high in small.bands)
    assert replace(small, bands=scaled) == large


@pytest.mark.parametrize("horizon", [1, 6, 48])
def test_every_horizon_has_its_own_bank_of_paths(horizon: int) -> None:
    said = forecast(warm(horizon=horizon))
    assert said.horizon_bars == horizon
    assert abs(said.p_up_paths - paths.p_up(DRIFT.mean, DRIFT.sigma, horizon)) < 4 * math.sqrt(0.25 / 500)
