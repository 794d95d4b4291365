"""The account in figures, against numbers worked out by hand and against plain loops."""

import itertools
import math
import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.bridge.metrics import COURSE_POINTS, DAY_MS, ENOUGH_DAYS, Scoreboard
from sigma_desktop.bridge.trail import Trail
from sigma_engine import EquityPoint
from tests.desktop import market

START = Decimal(10_000)


def curve(*values: float, step_ms: int = DAY_MS) -> list[EquityPoint]:
    """One value at the close of each step."""
    return [
        EquityPoint((at + 1) * step_ms, Decimal(str(value)), Decimal(str(value))) for at, value in enumerate(values)
    ]


def test_nothing_is_claimed_before_anything_happened() -> None:
    metrics = Scoreboard(START).update(Trail(), Trail())
    assert metrics.win_rate is None
    assert metrics.profit_factor is None
    assert metrics.expectancy is None
    assert metrics.sharpe is None
    assert metrics.max_drawdown == 0


def test_trades_add_up_to_the_golden_figures() -> None:
    trades = [market.trade(number, pnl) for number, pnl in enumerate(("30.00", "-10.00", "0.00", "20.00", "-15.00"))]
    metrics = Scoreboard(START).update(Trail(trades), Trail())
    assert (metrics.trades, metrics.wins) == (5, 2)
    assert metrics.win_rate == pytest.approx(0.4)
    assert metrics.profit_factor == pytest.approx(2.0)
    assert metrics.expectancy == Decimal(5)
    assert metrics.win_course == pytest.approx((1.0, 0.5, 1 / 3, 0.5, 0.4))


def test_without_a_loss_there_is_no_profit_factor() -> None:
    assert Scoreboard(START).update(Trail([market.trade(1, "5.00")]), Trail()).profit_factor is None


def test_volume_is_what_was_bought_and_sold() -> None:
    trade = market.trade(1, "5.00")
    metrics = Scoreboard(START).update(Trail([trade]), Trail())
    assert metrics.volume == trade.quantity * trade.entry_price + trade.quantity * trade.exit_price


def test_the_drawdown_is_measured_from_the_highest_point_the_start_included() -> None:
    assert Scoreboard(START).update(Trail(), Trail(curve(9_000, 9_500))).max_drawdown == pytest.approx(0.1)
    metrics = Scoreboard(START).update(Trail(), Trail(curve(12_000, 9_000, 11_000, 10_000)))
    assert metrics.max_drawdown == pytest.approx(0.25)
    assert metrics.drawdown_course == pytest.approx((0, -0.25, -1 / 12, -1 / 6))


def test_a_sharpe_ratio_needs_enough_complete_days() -> None:
    few = Scoreboard(START).update(Trail(), Trail(curve(*[10_000 + 10 * day for day in range(ENOUGH_DAYS)])))
    assert (few.sharpe, few.days) == (None, ENOUGH_DAYS - 1)


def test_the_ratios_are_those_of_daily_returns_a_year_of_365_days() -> None:
    values = [10_100, 10_050, 10_200, 10_180, 10_300, 10_250, 10_400, 10_390, 10_500, 10_450, 10_600, 10_601]
    complete = [10_000, *values[:-1]]
    returns = [later / sooner - 1 for sooner, later in itertools.pairwise(complete)]
    mean = statistics.fmean(returns)
    downside = math.sqrt(statistics.fmean(min(r, 0.0) ** 2 for r in returns))
    metrics = Scoreboard(START).update(Trail(), Trail(curve(*values)))
    assert metrics.days == 11
    assert metrics.sharpe == pytest.approx(mean / statistics.stdev(returns) * math.sqrt(365))
    assert metrics.sortino == pytest.approx(mean / downside * math.sqrt(365))


def test_a_point_at_midnight_belongs_to_the_day_it_closes() -> None:
    noon, midnight, later = (
        EquityPoint(at_ms, Decimal(value), Decimal(value))
        for at_ms, value in ((DAY_MS // 2, 1), (DAY_MS, 2), (DAY_MS + 1, 3))
    )
    assert Scoreboard(START).update(Trail(), Trail([noon, midnight, later])).days == 1


@given(
    values=st.lists(st.integers(5_000, 20_000), min_size=1, max_size=120),
    cut=st.integers(0, 120),
)
def test_taken_in_by_parts_or_at_once_the_figures_are_the_same(values: list[int], cut: int) -> None:
    points = curve(*values, step_ms=DAY_MS // 3)
    trades = [market.trade(number, f"{value - 10_000}.50") for number, value in enumerate(values)]
    in_parts = Scoreboard(START)
    in_parts.update(Trail(trades[:cut]), Trail(points[:cut]))
    assert in_parts.update(Trail(trades), Trail(points)) == Scoreboard(START).update(Trail(trades), Trail(points))


@given(count=st.integers(2, 3_000))
def test_a_course_has_few_points_and_keeps_both_ends(count: int) -> None:
    points = curve(*range(10_000, 10_000 + count))
    course = Scoreboard(START).update(Trail(), Trail(points)).equity_course
    assert len(course) == min(count, COURSE_POINTS)
    assert (course[0], course[-1]) == (10_000, 10_000 + count - 1)
