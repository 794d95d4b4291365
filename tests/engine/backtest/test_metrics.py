"""Published and hand-worked figures for a run's metrics (quant.md §5)."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.backtest import drawdown, metrics, ratios
from sigma_engine.backtest.columns import columns_of
from sigma_engine.domain.metrics import Metrics
from sigma_engine.domain.order import ExitReason, PositionSide
from sigma_engine.domain.position import Trade

DAY = metrics.DAY_MS
GOLDEN = np.array([0.02, -0.01, 0.015, -0.03, 0.01, 0.005, -0.02, 0.04, -0.005, 0.01])
CURVE = np.cumprod(np.r_[1.0, 1 + GOLDEN])


def trade(
    pnl: str, *, entry_ms: int = 0, minutes: int = 10, fees: str = "0", slippage: str = "0", r: float | None = None
) -> Trade:
    return Trade(
        trade_id=f"t{entry_ms}{pnl}",
        symbol="BTC/USDT:USDT",
        side=PositionSide.LONG,
        entry_ms=entry_ms,
        exit_ms=entry_ms + minutes * 60_000,
        entry_price=Decimal(100),
        exit_price=Decimal(100),
        quantity=Decimal(5),
        leverage=5,
        fees=Decimal(fees),
        funding=Decimal(0),
        slippage=Decimal(slippage),
        pnl=Decimal(pnl),
        return_pct=0.0,
        r=r,
        bars=2,
        reason=ExitReason.STOP,
        entry_reason="",
    )


@pytest.mark.parametrize(
    ("figure", "golden"),
    [
        (ratios.sharpe(GOLDEN, 1), 0.1714071558),
        (ratios.sharpe(GOLDEN), 3.2747291134),
        (ratios.sortino(GOLDEN, 1), 0.2931977358),
        (ratios.sortino(GOLDEN), 5.6015348774),
        (drawdown.max_drawdown(CURVE), -0.03509347),
        (ratios.sqn(GOLDEN), 0.5420370196),
        (drawdown.ulcer(CURVE), 0.0170465476),
        (ratios.skew(GOLDEN), 0.0212543306),
        (ratios.kurtosis(GOLDEN), 2.4663535436),
        (CURVE[-1] - 1, 0.0336284343),
    ],
)
def test_the_golden_series_gives_the_published_figures(figure: float, golden: float) -> None:
    assert figure == pytest.approx(golden, abs=5e-9)


def test_golden_total_over_drawdown_and_the_nonsense_of_annualising_ten_days() -> None:
    assert (CURVE[-1] - 1) / -drawdown.max_drawdown(CURVE) == pytest.approx(0.958253266, abs=1e-7)
    measured = metrics.measure([], [(at * DAY, value) for at, value in enumerate(CURVE)], 1.0)
    assert (measured.annual_return_pct, measured.calmar) == (None, None)


def test_golden_results_as_trades_give_profit_factor_win_rate_and_payoff() -> None:
    trades = [trade(repr(each), entry_ms=at * 3_600_000) for at, each in enumerate(GOLDEN.tolist())]
    measured = metrics.measure(trades, [(DAY, 1.035)], 1.0)
    assert measured.profit_factor == pytest.approx(1.5384615385)
    assert measured.win_rate_pct == pytest.approx(60)
    assert measured.payoff_ratio == pytest.approx(1.0256410256)
    assert measured.longest_losing_streak == 1


@pytest.mark.parametrize(("correlation", "golden"), [(0.1, 3.160110), (0.0, 3.464102), (-0.1, 3.797873)])
def test_los_factor_for_twelve_periods_is_the_published_one(correlation: float, golden: float) -> None:
    assert ratios.lo_factor(12, [correlation**lag for lag in range(1, 12)]) == pytest.approx(golden, abs=1e-6)


def test_impossible_correlations_have_no_factor() -> None:
    assert ratios.lo_factor(12, [-1.0]) is None


def test_autocorrelation_of_an_alternating_series_is_minus_one_and_back() -> None:
    sample = np.tile([1.0, -1.0], 500)
    assert ratios.autocorrelations(sample, 2) == pytest.approx([-1, 1], abs=0.01)


def test_gains_that_follow_gains_lower_the_corrected_sharpe_ratio() -> None:
    draws = np.random.default_rng(4).normal(0.001, 0.01, 400)
    persistent = draws[1:] + 0.5 * draws[:-1]
    assert ratios.sharpe_corrected(persistent) < 0.9 * ratios.sharpe(persistent)
    assert ratios.sharpe_corrected(persistent[:29]) is None


def test_the_sharpe_ratios_error_is_los_for_independent_returns() -> None:
    per_day = 0.1714071558
    assert ratios.sharpe_error(GOLDEN, 1) == pytest.approx(math.sqrt((1 + per_day**2 / 2) / 10))
    assert ratios.sharpe_error(GOLDEN) == pytest.approx(ratios.sharpe_error(GOLDEN, 1) * math.sqrt(365))


def test_calmar_is_annual_growth_over_the_deepest_drawdown() -> None:
    curve = [(0, 90.0), (2 * 365 * DAY, 121.0)]
    measured = metrics.measure([], curve, 100.0)
    assert measured.annual_return_pct == pytest.approx(10)
    assert measured.calmar == pytest.approx(0.1 / 0.1)
    assert measured.duration_days == 730


def test_best_and_worst_month_are_returns_of_calendar_months() -> None:
    curve = [(31 * DAY, 110.0), (59 * DAY, 99.0), (90 * DAY, 99.0)]  # January, February and March of 1970
    measured = metrics.measure([], curve, 100.0)
    assert measured.best_month_pct == pytest.approx(10)
    assert measured.worst_month_pct == pytest.approx(-10)


@pytest.mark.parametrize(("losses", "longest"), [([], 0), ([0, 0], 0), ([1, 1, 0, 1, 1, 1, 0], 3), ([1, 1], 2)])
def test_the_longest_losing_streak_is_counted(losses: list[int], longest: int) -> None:
    assert metrics.longest_streak(np.array(losses, bool)) == longest


def test_trade_figures_of_two_wins_and_two_losses() -> None:
    trades = [
        trade("30", entry_ms=0, fees="1", slippage="0.5", r=1.5),
        trade("-10", entry_ms=3_600_000, fees="1", r=-1.0),
        trade("10", entry_ms=7_200_000, fees="1", r=0.5),
        trade("-0.5", entry_ms=10_800_000, fees="1", r=-0.05),
    ]
    curve = [(0, 10_000.0), (4 * 3_600_000, 10_029.5)]
    measured = metrics.measure(trades, curve, 10_000.0, orders=10, fills=8)
    assert measured.total_return_pct == pytest.approx(0.295)
    assert measured.win_rate_pct == 50
    assert (measured.average_win, measured.largest_win) == (20, 30)
    assert (measured.average_loss, measured.largest_loss) == (-5.25, -10)
    assert measured.profit_factor == pytest.approx(40 / 10.5)
    assert measured.expectancy == pytest.approx(29.5 / 4)
    assert measured.expectancy_r == pytest.approx(0.2375)
    assert measured.fees == 4
    assert measured.cost_share_pct == pytest.approx(100 * 4.5 / 34)
    assert measured.exposure_pct == pytest.approx(100 * 40 / 240)
    assert measured.turnover == 4000
    assert measured.average_slippage_pct == pytest.approx(100 * 0.5 / 4000)
    assert measured.average_duration_min == 10
    assert measured.fill_rate_pct == 80
    assert measured.false_signals_pct == 25, "the fourth lost half a dollar only to its fee of one"


def test_without_trades_nothing_is_invented() -> None:
    measured = metrics.measure([], [(0, 10_000.0), (DAY, 10_000.0)], 10_000.0)
    assert measured.trades == 0
    assert measured.total_return_pct == 0
    undefined = ("win_rate_pct", "profit_factor", "expectancy", "sharpe", "sortino", "sqn", "recovery_factor", "calmar")
    assert {name: getattr(measured, name) for name in undefined} == dict.fromkeys(undefined)


def test_without_a_losing_trade_the_profit_factor_is_undefined_and_not_infinite() -> None:
    assert metrics.measure([trade("5")], [(0, 10_005.0)], 10_000.0).profit_factor is None


def test_equal_returns_have_no_sharpe_ratio() -> None:
    assert ratios.sharpe(np.full(30, 0.01)) is None


def test_a_day_closes_with_its_last_point_and_midnight_belongs_to_the_day_before() -> None:
    curve = [(1, 1.0), (DAY - 1, 2.0), (DAY, 3.0), (DAY + 1, 4.0), (2 * DAY, 5.0)]
    assert metrics.daily_closes(curve) == [(DAY, 3.0), (2 * DAY, 5.0)]


def test_overlapping_positions_are_in_the_market_once() -> None:
    trades = [trade("1", entry_ms=0, minutes=60), trade("1", entry_ms=1_800_000, minutes=60)]
    assert metrics.exposure_pct(columns_of(trades), 3 * 3_600_000) == pytest.approx(50)


def test_underwater_time_runs_to_the_end_when_no_new_high_comes() -> None:
    curve = [(0, 100.0), (DAY, 101.0), (2 * DAY, 99.0), (5 * DAY, 100.0)]
    assert metrics.measure([], curve, 100.0).longest_underwater_days == 4


def test_after_everything_was_lost_no_figure_breaks() -> None:
    measured = metrics.measure([trade("-10000")], [(DAY, 0.0), (2 * DAY, 0.0)], 10_000.0)
    assert measured.total_return_pct == -100
    assert measured.max_drawdown_pct == -100


curves = st.lists(st.floats(1.0, 1e6), min_size=1, max_size=60)


@given(curves)
def test_drawdown_is_what_a_double_loop_finds(values: list[float]) -> None:
    deepest = min(later / earlier - 1 for at, earlier in enumerate(values) for later in values[at:])
    assert drawdown.max_drawdown(np.array(values)) == pytest.approx(deepest, abs=1e-12)


@given(curves, st.lists(st.tuples(st.decimals("-500", "500", places=2), st.integers(0, 500)), max_size=20))
def test_every_figure_is_a_finite_number_or_undefined(values: list[float], results: list[tuple[Decimal, int]]) -> None:
    trades = [trade(str(pnl), entry_ms=hour * 3_600_000, r=float(pnl) / 100) for pnl, hour in results]
    measured = metrics.measure(trades, [(at * DAY, value) for at, value in enumerate(values)], 10_000.0)
    for name in Metrics.__slots__:
        figure = getattr(measured, name)
        assert figure is None or math.isfinite(figure), name


@given(curves, st.floats(0.01, 100))
def test_ratios_do_not_depend_on_the_size_of_the_account(values: list[float], scale: float) -> None:
    plain, scaled = (
        metrics.measure([], [(at * DAY, v * k) for at, v in enumerate(values)], 1e4 * k) for k in (1, scale)
    )
    assert scaled.max_drawdown_pct == pytest.approx(plain.max_drawdown_pct, rel=1e-9, abs=1e-9)
    assert scaled.total_return_pct == pytest.approx(plain.total_return_pct, rel=1e-9, abs=1e-7)


def test_a_sharpe_ratio_of_a_year_is_not_told_from_less_than_ten_days() -> None:
    curve = [(at * DAY, 100.0 + (-1) ** at + at) for at in range(1, 11)]
    assert metrics.measure([], curve[:9], 100.0).sharpe is None
    assert metrics.measure([], curve, 100.0).sharpe is not None
