"""Kelly and the caps against the published numbers of quant.md §4."""

from math import inf

import pytest

from sigma_engine.kernels import sizing


def test_kelly_of_the_published_example() -> None:
    assert sizing.kelly(0.55, 1.2) == pytest.approx(0.175)


def test_estimation_error_shrinks_kelly_as_baker_and_mchale_say() -> None:
    assert sizing.shrunk_kelly(0.175, 0.55, 1.2, 100) == pytest.approx(0.1376184, abs=1e-7)


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
