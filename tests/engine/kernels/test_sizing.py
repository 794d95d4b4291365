"""Kelly and the caps against the published numbers of quant.md §4."""

from math import inf, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels import sizing


def test_kelly_of_the_published_example() -> None:
    assert sizing.kelly(0.55, 1.2) == pytest.approx(0.175)


def test_estimation_error_shrinks_kelly_as_baker_and_mchale_say() -> None:
    assert sizing.shrunk_kelly(0.175, 0.55, 1.2, 100) == pytest.approx(0.1376184, abs=1e-7)


def test_the_standard_error_of_kelly_is_the_published_one() -> None:
    """n = 100, b = 1.2, p = .55: sd .0912072, k .7863906."""
    shrinking = sizing.shrunk_kelly(0.175, 0.55, 1.2, 100) / 0.175
    assert shrinking == pytest.approx(0.7863906, abs=1e-7)
    assert 0.175 * sqrt((1 - shrinking) / shrinking) == pytest.approx(0.0912072, abs=1e-7)


def test_a_prior_at_break_even_pulls_kelly_down() -> None:
    """p0 = 1/(1 + b), a0 = 10, n = 100: p becomes .5413223 and f .1590909."""
    pulled = sizing.beta_kelly(0.55, 1.2, 100, 10.0)
    assert pulled == pytest.approx(0.1590909, abs=1e-7)
    assert sizing.kelly(0.5413223, 1.2) == pytest.approx(pulled, abs=1e-6)


@given(
    probability=st.floats(0, 1),
    odds=st.floats(0.01, 50),
    samples=st.integers(0, 10**7),
)
def test_the_prudent_figure_is_the_smaller_of_the_two_and_never_above_full_kelly(
    probability: float, odds: float, samples: int
) -> None:
    full = sizing.kelly(probability, odds)
    prudent = sizing.prudent_kelly(probability, odds, samples, 10.0)
    assert prudent == min(
        sizing.shrunk_kelly(full, probability, odds, samples), sizing.beta_kelly(probability, odds, samples, 10.0)
    )
    assert prudent <= max(full, 0.0)
    if samples == 0:
        assert prudent <= 1e-12


@pytest.mark.parametrize(("share", "halved"), [(1.0, 0.5), (0.5, 0.125), (0.25, 0.0078125)])
def test_how_often_an_account_is_ever_halved(share: float, halved: float) -> None:
    assert sizing.drawdown_probability(0.5, share) == pytest.approx(halved, rel=1e-12)


def test_drawdowns_at_the_edges() -> None:
    assert sizing.drawdown_probability(0.5, 2.0) == 1.0
    assert sizing.drawdown_probability(0.5, 0.0) == 0.0
    assert sizing.drawdown_probability(0.0, 0.25) == 0.0
    assert sizing.drawdown_probability(1.0, 0.25) == 1.0


def test_volatility_beyond_its_target_shrinks_a_size_and_calm_is_capped() -> None:
    """5m sd .0015 is 48.63 % a year."""
    assert 0.4 / sizing.volatility_multiple(0.0015, 105_120, 0.4, 1.0) == pytest.approx(0.4863, abs=5e-5)
    assert sizing.volatility_multiple(0.0015, 105_120, 0.4, 1.0) == pytest.approx(0.8225, abs=5e-5)
    assert sizing.volatility_multiple(0.0001, 105_120, 0.4, 1.5) == 1.5
    assert sizing.volatility_multiple(0.0, 105_120, 0.4, 1.5) == 1.5


def test_without_a_measured_forecast_kelly_risks_nothing() -> None:
    assert sizing.shrunk_kelly(0.175, 0.55, 1.2, 0) == 0.0


def test_a_losing_bet_stays_negative() -> None:
    assert sizing.shrunk_kelly(-0.2, 0.3, 1.0, 100) == -0.2
    assert sizing.kelly(0.9, 0.0) == -inf


def test_costs_make_net_odds_worse_on_both_sides() -> None:
    """Target 0.4 %, stop 0.2 %, cost 0.14 %: the coin's 33.3 % becomes 56.7 %."""
    odds = sizing.net_odds(0.004, 0.002, 0.0014)
    assert 1 / (1 + odds) == pytest.approx(0.5667, abs=1e-4)


def test_the_risked_share_is_lost_at_the_stop_costs_included() -> None:
    quantity = sizing.risk_quantity(10_000, 0.01, 150.0, 10.0)
    assert quantity * (150 + 10) == pytest.approx(100)


def test_the_stop_lies_within_its_share_of_the_way_to_liquidation() -> None:
    leverage = sizing.leverage_inside_liquidation(0.05, 0.005, 0.7)
    assert 0.7 * (1 / leverage - 0.005) == pytest.approx(0.05)
