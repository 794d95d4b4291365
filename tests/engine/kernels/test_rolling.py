"""Windows put together from a tail and a head: exact where exactness is promised, bounded elsewhere, forgetful."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.rolling import Extremes, Moments, Total
from sigma_engine.kernels.window import Window
from sigma_engine.strategy.indicator_set import IndicatorSet

prices = st.lists(st.floats(-7, 7).map(lambda power: 10.0**power), min_size=1, max_size=90)
EPSILON = 2.0**-52


def closes(series: list[float]) -> Candles:
    return Candles.from_rows([Candle(at * 300_000, x, x, x, x, x) for at, x in enumerate(series)])


def readings(series: list[float], *operands: str) -> np.ndarray:
    return IndicatorSet(operands, Timeframe.M5).run(closes(series))


@given(series=prices, size=st.integers(2, 25))
def test_moments_are_those_of_exact_arithmetic_within_the_rounding_of_their_own_values(
    series: list[float], size: int
) -> None:
    ours = readings(series, f"sma({size})", f"bb({size},1).upper")
    for at in range(size - 1, len(series)):
        window = [Fraction(x) for x in series[at - size + 1 : at + 1]]
        mean = sum(window) / size
        deviation = sqrt(sum((x - mean) ** 2 for x in window) / size)
        reach = float(max(window))
        assert ours[at, 0] == pytest.approx(float(mean), abs=4 * size * EPSILON * reach)
        assert ours[at, 1] == pytest.approx(float(mean) + deviation, abs=1e-7 * deviation + 8 * size * EPSILON * reach)


@given(series=prices, size=st.integers(2, 25), price=st.floats(1e-6, 1e6))
def test_equal_values_are_exactly_themselves_whatever_was_before(series: list[float], size: int, price: float) -> None:
    last = readings(series + [price] * size, f"bb({size},2).middle", f"bb({size},2).upper", f"zscore({size})")[-1]
    assert last[:2].tolist() == [price, price]
    assert np.isnan(last[2])


@given(series=prices, size=st.integers(2, 25))
def test_the_past_is_forgotten_when_it_leaves(series: list[float], size: int) -> None:
    quiet = [100.0 + at % 7 for at in range(2 * size)]
    operands = (f"sma({size})", f"bb({size},2).upper", f"er({size})", f"mfi({size})")
    np.testing.assert_allclose(readings(series + quiet, *operands)[-1], readings(quiet, *operands)[-1], rtol=1e-12)


@given(series=prices, size=st.integers(2, 25))
def test_extremes_are_the_greatest_and_the_least(series: list[float], size: int) -> None:
    ours = readings(series, f"stoch({size},1,1).k")[:, 0]
    for at in range(size - 1, len(series)):
        window = series[at - size + 1 : at + 1]
        span = max(window) - min(window)
        expected = 100.0 * ((window[-1] - min(window)) / span) if span > 0 else np.nan
        np.testing.assert_equal(ours[at], expected)


@pytest.mark.parametrize("kind", [Total, Moments, Extremes, Window])
def test_a_window_of_nothing_is_refused(kind: type) -> None:
    with pytest.raises(ValueError, match="at least one value, not 0"):
        kind(0)
