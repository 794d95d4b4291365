"""The figures a run is told by."""

from collections.abc import Sequence
from dataclasses import dataclass

Curve = Sequence[tuple[int, float]]
"""Equity over time: ``(UTC ms, USDT)``, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """The figures of one run, in the order they are printed.

    ``expectancy`` is the mean net profit of a trade, ``expectancy_r`` the same in initial risks. ``sharpe`` and
    ``sortino`` come from daily equity returns, annualised by 365 days. ``exposure_pct`` is the share of time with
    a position open. ``funding`` is what was received, negative when paid. ``cost_share_pct`` is what fees, slippage
    and funding took of the profit before them. ``average_slippage_pct`` is of the traded value, ``fill_rate_pct``
    of the entries ordered. ``false_signals_pct`` is the share of trades that lost before any cost: the direction was
    wrong, not merely too dear.
    """

    initial_balance: float
    final_balance: float
    total_return_pct: float
    trades: int
    win_rate_pct: float | None
    average_win: float | None
    average_loss: float | None
    largest_win: float | None
    largest_loss: float | None
    payoff_ratio: float | None
    profit_factor: float | None
    expectancy: float | None
    expectancy_r: float | None
    sharpe: float | None
    sortino: float | None
    max_drawdown_pct: float
    recovery_factor: float | None
    calmar: float | None
    sqn: float | None
    exposure_pct: float | None
    fees: float
    funding: float
    slippage: float
    cost_share_pct: float | None
    turnover: float
    average_duration_min: float | None
    average_slippage_pct: float | None
    fill_rate_pct: float | None
    false_signals_pct: float | None
    worst_day_pct: float | None
    ulcer_pct: float
    skew: float | None
    kurtosis: float | None
    cvar95_pct: float | None
    longest_underwater_days: float


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """How a figure of `Metrics` is shown: its name there, title, unit, digits and what it means in a sentence or two.

    ``better`` is +1 where more is better, -1 where less is, 0 where neither; ``first_page`` marks what traders look at
    first, in the order of `METRICS`.
    """

    name: str
    title: str
    unit: str
    digits: int
    definition: str
    better: int = 0
    first_page: bool = False


METRICS: tuple[MetricInfo, ...] = (
    MetricInfo(
        "total_return_pct", "Return", "%", 2, "Final balance over initial balance, less one.", better=1, first_page=True
    ),
)
"""All figures in the order they are shown."""
