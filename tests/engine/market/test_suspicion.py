"""A seam between two markets shows in price step and volume together, in neither alone."""

import numpy as np
import pytest

from sigma_engine.domain.candle import Candles
from sigma_engine.market.suspicion import suspicion

BARS, SEAM = 800, 500


def spliced(decimals: tuple[int, int], volume: tuple[float, float]) -> Candles:
    chance = np.random.default_rng(3)
    before = np.arange(BARS) < SEAM
    price = 100 + np.cumsum(chance.normal(0, 0.1, BARS))
    close = np.where(before, price.round(decimals[0]), price.round(decimals[1]))
    amount = np.where(before, volume[0], volume[1]) * chance.lognormal(0, 0.3, BARS)
    stamps = 1_735_689_600_000 + 300_000 * np.arange(BARS)
    return Candles(stamps, close, close + 1, close - 1, close, amount)


@pytest.mark.parametrize("decimals", [(1, 3), (3, 1)])
@pytest.mark.parametrize("volume", [(700.0, 100.0), (100.0, 700.0)])
def test_another_price_step_with_another_volume_is_suspicious(decimals, volume):
    (said,) = suspicion(spliced(decimals, volume))

    assert "from 2025-01-02 17:" in said


def test_another_price_step_alone_is_not():
    assert suspicion(spliced((1, 3), (100.0, 100.0))) == ()


def test_another_volume_alone_is_not():
    assert suspicion(spliced((2, 2), (700.0, 100.0))) == ()


def test_whole_prices_and_short_files_are_not_judged():
    assert suspicion(spliced((0, 0), (700.0, 100.0))) == ()
    assert suspicion(spliced((1, 3), (700.0, 100.0)).slice(SEAM - 20, SEAM + 20)) == ()
