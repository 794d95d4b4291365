"""What the readings do on pure noise: the base rates of quant.md §1 and §2.2, so that "strong" is known to be rare."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.volatility import BlendedVolatility
from sigma_engine.strategy.indicator_set import IndicatorSet

BARS, TICKS, SIGMA = 100_000, 40, 0.001


@pytest.fixture(scope="module")
def noise() -> Candles:
    """A random walk without drift or clustering, forty ticks a bar."""
    rng = np.random.default_rng(2026)
    ticks = rng.standard_normal((BARS, TICKS)) * (SIGMA / math.sqrt(TICKS))
    path = np.cumsum(ticks.ravel()).reshape(BARS, TICKS)
    price = 60_000 * np.exp(path - path.mean())
    opened = np.concatenate([[60_000 * math.exp(-path.mean())], price[:-1, -1]])
    high, low = np.maximum(price.max(axis=1), opened), np.minimum(price.min(axis=1), opened)
    stamps = np.arange(BARS, dtype=np.int64) * 300_000
    return Candles(stamps, opened, high, low, np.ascontiguousarray(price[:, -1]), np.ones(BARS))


def column(candles: Candles, operand: str) -> NDArray[np.float64]:
    return IndicatorSet([operand], Timeframe.M5).run(candles)[300:, 0]


@pytest.mark.parametrize(
    ("operand", "level", "above_pct", "tolerance"),
    [
        ("adx(14)", 20, 58, 2.0),
        ("adx(14)", 25, 37, 2.0),
        ("adx(14)", 30, 22, 2.0),
        ("adx(14)", 40, 7, 1.0),
        ("er(20)", 0.36, 20, 1.0),
        ("er(20)", 0.46, 10, 1.0),
        ("er(20)", 0.54, 5, 1.0),
    ],
)
def test_how_often_a_trend_is_seen_where_there_is_none(
    noise: Candles, operand: str, level: float, above_pct: float, tolerance: float
) -> None:
    assert 100 * np.mean(column(noise, operand) > level) == pytest.approx(above_pct, abs=tolerance)


@pytest.mark.parametrize(("level", "below_pct"), [(30, 4.5), (20, 0.27)])
def test_how_often_the_rsi_is_oversold(noise: Candles, level: float, below_pct: float) -> None:
    rsi = column(noise, "rsi(14)")
    both = (np.mean(rsi < level) + np.mean(rsi > 100 - level)) / 2
    assert 100 * both == pytest.approx(below_pct, rel=0.25)


@pytest.mark.parametrize(("level", "beyond_pct"), [(2.0, 11.6), (2.5, 2.7), (3.0, 0.29)])
def test_how_often_the_z_score_is_extreme(noise: Candles, level: float, beyond_pct: float) -> None:
    assert 100 * np.mean(np.abs(column(noise, "zscore(20)")) > level) == pytest.approx(beyond_pct, rel=0.15)


def test_the_slope_of_noise_has_the_published_spread(noise: Candles) -> None:
    """sd(slope) = sigma sqrt(6 (n^2 + 1) / (5 n (n^2 - 1))) = .350 sigma for n = 10; over ATR more than .5: 3.4 %."""
    slope = column(noise, "lr_slope(10)")
    price = noise.close[300:]
    assert np.std(slope / price) == pytest.approx(0.350 * SIGMA, rel=0.02)
    per_atr = slope / column(noise, "atr(14)")
    assert 100 * np.mean(np.abs(per_atr) > 0.5) == pytest.approx(3.4, abs=0.8)


def test_the_plain_model_loses_to_a_coin_by_the_published_margin(noise: Candles) -> None:
    """The Brier score of a drift estimated on noise: 1/4 + asin(c / (1 + c)) / (2 pi), c = 12/50: .2810."""
    said = IndicatorSet(["mc(50,12).prob_up"], Timeframe.M5).run(noise)[:, 0]
    at = np.arange(300, BARS - 12, 6)
    rose = noise.close[at + 12] > noise.close[at]
    c = 12 / 50
    published = 0.25 + math.asin(c / (1 + c)) / (2 * math.pi)
    assert published == pytest.approx(0.2810, abs=5e-5)
    assert np.mean((said[at] - rose) ** 2) == pytest.approx(published, abs=0.003)


@pytest.mark.parametrize(("decay", "half_life"), [(0.94, 11.2), (0.99, 69.0)])
def test_both_averages_of_the_volatility_have_the_published_half_lives(decay: float, half_life: float) -> None:
    assert math.log(0.5) / math.log(decay) == pytest.approx(half_life, abs=0.05)


def test_a_shock_fades_from_the_volatility_at_both_paces() -> None:
    volatility = BlendedVolatility()
    for _ in range(50):
        volatility.update(0.0)
    after = [volatility.update(1.0 if at == 0 else 0.0) ** 2 for at in range(200)]
    expected = [0.6 * 0.06 * 0.94**at + 0.4 * 0.01 * 0.99**at for at in range(200)]
    assert after == pytest.approx(expected, rel=1e-9)
