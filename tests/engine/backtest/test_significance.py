"""Published figures for the tests against luck (quant.md §6), and what drawing trades again must keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigma_engine.backtest.significance import (
    bootstrap,
    deflated_benchmark,
    expected_maximum,
    minimum_backtest_years,
    minimum_track_record,
    probabilistic_sharpe,
    trade_returns,
)

TRADING_DAYS = 250
DAILY = 2.5 / TRADING_DAYS**0.5
HALF_A_YEAR = 0.5 / TRADING_DAYS


@pytest.mark.parametrize(("skew", "kurtosis", "golden"), [(-2.448, 10.164, 0.9133611), (0.0, 3.0, 0.9816749)])
def test_a_hedge_funds_probabilistic_sharpe_of_bailey_and_lopez_de_prado_2012(
    skew: float, kurtosis: float, golden: float
) -> None:
    assert probabilistic_sharpe(0.458, 24, skew, kurtosis) == pytest.approx(golden, abs=5e-8)


@pytest.mark.parametrize(
    ("skew", "kurtosis", "trials", "golden"), [(-3, 10, 100, 0.9003968), (-3, 10, 46, 0.9505017), (0, 3, 88, 0.9504908)]
)
def test_the_deflated_sharpe_of_bailey_and_lopez_de_prado_2014(
    skew: float, kurtosis: float, trials: int, golden: float
) -> None:
    benchmark = deflated_benchmark(HALF_A_YEAR, trials)
    assert probabilistic_sharpe(DAILY, 1250, skew, kurtosis, benchmark) == pytest.approx(golden, abs=5e-8)


def test_the_best_of_a_hundred_daily_ratios_without_skill() -> None:
    assert deflated_benchmark(HALF_A_YEAR, 100) == pytest.approx(0.1131720, abs=5e-8)


@pytest.mark.parametrize(("trials", "golden"), [(1, 0.0), (10, 1.574598), (100, 2.530603), (1000, 3.255122)])
def test_the_expected_maximum_of_normals(trials: int, golden: float) -> None:
    assert expected_maximum(trials) == pytest.approx(golden, abs=5e-7)


@pytest.mark.parametrize(
    ("periods", "skew", "kurtosis", "years"),
    [(250, 0, 3, 2.731188), (52, 0, 3, 2.828834), (12, 0, 3, 3.239801), (12, -0.72, 5.78, 4.991258)],
)
def test_the_shortest_track_record_for_a_ratio_of_two_against_one(
    periods: int, skew: float, kurtosis: float, years: float
) -> None:
    needed = minimum_track_record(2 / periods**0.5, skew, kurtosis, benchmark=1 / periods**0.5)
    assert needed / periods == pytest.approx(years, abs=5e-7)


@pytest.mark.parametrize(("trials", "years"), [(45, 4.998), (7, 1.923)])
def test_forty_five_trials_need_five_years(trials: int, years: float) -> None:
    assert minimum_backtest_years(trials, 1.0) == pytest.approx(years, abs=5e-4)


def test_a_two_valued_sample_at_its_limit_is_no_division_by_zero() -> None:
    assert probabilistic_sharpe(1.0, 10, 2.0, 5.0) == 1.0


def draws(seed: int, count: int, mean: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 0.01, count)


def test_the_same_trades_give_the_same_bands_and_others_do_not() -> None:
    assert bootstrap(draws(1, 100)) == bootstrap(draws(1, 100))
    assert bootstrap(draws(1, 100)) != bootstrap(draws(2, 100))


def test_fewer_than_two_blocks_are_not_drawn_again() -> None:
    assert bootstrap(draws(1, 9)) is None


def test_equal_trades_leave_nothing_to_chance() -> None:
    drawn = bootstrap(np.full(50, 0.01))
    assert drawn is not None
    assert drawn.return_band_pct == pytest.approx((100 * (1.01**50 - 1),) * 2)
    assert drawn.drawdown_band_pct == (0, 0)
    assert (drawn.loss_probability, drawn.ruin_probability) == (0, 0)


def test_losing_half_is_ruin_and_losing_is_a_loss() -> None:
    drawn = bootstrap(np.full(50, -0.02))
    assert drawn is not None
    assert (drawn.loss_probability, drawn.ruin_probability) == (1, 1)
    assert drawn.drawdown_band_pct == pytest.approx((100 * (0.98**50 - 1),) * 2)


def test_the_band_of_independent_returns_is_the_normals() -> None:
    """The log of the final value is normal, so its 5 % and 95 % quantiles are known."""
    sample = draws(3, 1000)
    drawn = bootstrap(sample)
    assert drawn is not None
    logs = np.log1p(sample)
    blocks = np.lib.stride_tricks.sliding_window_view(np.append(logs, logs[:4]), 5).sum(1)
    spread = 1.6449 * blocks.std() * 200**0.5
    low, high = (np.log1p(end / 100) for end in drawn.return_band_pct)
    assert low == pytest.approx(logs.sum() - spread, abs=0.06 * spread)
    assert high == pytest.approx(logs.sum() + spread, abs=0.06 * spread)


def test_blocks_keep_losses_that_come_together() -> None:
    scattered = np.where(np.arange(200) % 2, 0.01, -0.01)
    together = np.where(np.arange(200) % 20 < 10, 0.01, -0.01)
    alone, joint = bootstrap(scattered), bootstrap(together)
    assert alone is not None
    assert joint is not None
    assert joint.drawdown_band_pct[0] < 2 * alone.drawdown_band_pct[0]


@settings(max_examples=30)
@given(st.lists(st.floats(-1.5, 2.0), min_size=10, max_size=40))
def test_bands_are_ordered_and_probabilities_are_shares(sample: list[float]) -> None:
    drawn = bootstrap(np.array(sample), resamples=50)
    assert drawn is not None
    assert -100 <= drawn.return_band_pct[0] <= drawn.return_band_pct[1]
    assert -100 <= drawn.drawdown_band_pct[0] <= drawn.drawdown_band_pct[1] <= 0
    assert 0 <= drawn.loss_probability <= 1
    assert 0 <= drawn.ruin_probability <= 1


@given(st.lists(st.floats(-100, 100), max_size=30))
def test_trade_returns_compound_to_what_the_account_came_to(pnl: list[float]) -> None:
    grown = np.prod(1 + trade_returns(np.array(pnl), 10_000.0))
    assert grown * 10_000 == pytest.approx(10_000 + sum(pnl))
