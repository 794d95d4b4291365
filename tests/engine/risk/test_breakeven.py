"""Break-even: what a coin wins, what costs demand, what the forecast expects."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.decision import BreakEven, CostPart
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Forecast
from sigma_engine.kernels import sizing
from sigma_engine.risk.breakeven import weigh
from sigma_engine.risk.sizing import Protection
from tests.engine.risk.forecasts import forecast, signal

COSTS = (CostPart("fees", 0.0010, ""), CostPart("slippage", 0.0004, ""))


def weighed(
    given_forecast: Forecast | None,
    side: PositionSide = PositionSide.LONG,
    stop: float = 0.2,
    target: float = 0.4,
) -> BreakEven:
    return weigh(signal(given_forecast), side, Protection(stop_distance=stop, target_distance=target), COSTS)


@pytest.mark.parametrize(
    ("target", "stop", "coin", "needed"), [(0.4, 0.2, 1 / 3, 0.5667), (0.8, 0.4, 1 / 3, 0.45), (0.6, 0.6, 0.5, 0.6167)]
)
def test_the_published_example(target: float, stop: float, coin: float, needed: float) -> None:
    """Target .4 %, stop .2 %, costs .14 %: a coin wins 33.3 %, 56.7 % are needed; twice as far, 45 %."""
    found = weighed(None, stop=stop, target=target)
    assert found.cost == pytest.approx(0.0014)
    assert found.coin == pytest.approx(coin)
    assert found.needed == pytest.approx(needed, abs=1e-4)


@pytest.mark.parametrize("side", PositionSide)
@pytest.mark.parametrize(("target", "stop"), [(0.4, 0.2), (0.1, 0.3), (2.0, 0.2), (0.3, 0.3)])
def test_a_forecast_without_drift_expects_what_a_coin_does_and_loses_the_costs(
    side: PositionSide, target: float, stop: float
) -> None:
    """Also where most trades are undecided at the barrier's time, and whichever of the two lies nearer."""
    found = weighed(forecast(target / 100, stop / 100), side, stop, target)
    assert found.expected == pytest.approx(found.coin, abs=1e-12)
    assert found.edge == pytest.approx(-found.cost, abs=1e-15)


@given(won=st.floats(0.0, 1.0), touched=st.floats(0.0, 1.0), drift=st.floats(-0.002, 0.002))
def test_the_edge_is_positive_exactly_where_more_is_expected_than_needed(
    won: float, touched: float, drift: float
) -> None:
    given_forecast = forecast(
        p_target=won * touched, p_stop=(1 - won) * touched, expected_move=drift, expected_move_error=0.001
    )
    found = weighed(given_forecast)
    if 0.0 < found.expected < 1.0:
        assert found.edge == pytest.approx(
            found.expected * (found.target - found.cost) - (1 - found.expected) * (found.stop + found.cost), abs=1e-15
        )
        assert found.edge == pytest.approx((found.expected - found.needed) * (found.target + found.stop), abs=1e-15)


def test_an_expected_move_is_worth_what_it_brings_while_the_trade_is_open() -> None:
    up = forecast(expected_move=0.001, expected_move_error=0.0004)
    long, short = weighed(up), weighed(up, PositionSide.SHORT)
    gained = long.edge + long.cost
    assert 0.0 < gained < 0.001
    assert short.edge + short.cost == pytest.approx(-gained, rel=0.02)
    far = weighed(forecast(0.2, 0.2, expected_move=0.001, expected_move_error=0.0004), stop=20.0, target=20.0)
    assert far.edge == pytest.approx(0.001 - 0.0014), "nothing is touched: all of it"


def test_the_error_of_the_odds_becomes_the_error_of_the_edge() -> None:
    found = weighed(forecast(p_target_error=0.02))
    assert found.expected_error == pytest.approx(0.02)
    assert found.edge_error == pytest.approx(0.02 * 0.006)
    assert math.isnan(weighed(forecast()).edge_error), "nobody knows the error"


def test_without_a_forecast_costs_coin_and_need_are_known_and_the_rest_is_not() -> None:
    found = weighed(None)
    assert math.isnan(found.expected)
    assert math.isnan(found.edge)
    assert found.needed > found.coin


def test_without_a_target_only_the_costs_are_known() -> None:
    found = weighed(forecast(), target=math.nan)
    assert found.cost == pytest.approx(0.0014)
    assert all(math.isnan(figure) for figure in (found.target, found.coin, found.needed, found.expected, found.edge))


def test_break_even_in_odds_is_break_even_in_probability() -> None:
    """1/(1 + b) with net odds b is (d + c)/(u + d)."""
    odds = sizing.net_odds(0.004, 0.002, 0.0014)
    assert 1 / (1 + odds) == pytest.approx(weighed(None).needed)
