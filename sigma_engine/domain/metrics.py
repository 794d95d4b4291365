"""The figures a run is told by."""

from collections.abc import Sequence
from dataclasses import dataclass

Curve = Sequence[tuple[int, float]]
"""Equity over time: ``(UTC ms, USDT)``, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """The figures of one run, in the order they are shown; `METRICS` says what each means.

    Percent where a name ends in ``_pct``, USDT where it names money; losses and drawdowns are negative, ``funding`` is
    what was received. A figure that is not defined is None.
    """

    initial_balance: float
    final_balance: float
    total_return_pct: float
    annual_return_pct: float | None
    duration_days: float
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
    longest_losing_streak: int
    sharpe: float | None
    sharpe_error: float | None
    sharpe_corrected: float | None
    sortino: float | None
    max_drawdown_pct: float
    recovery_factor: float | None
    calmar: float | None
    sqn: float | None
    exposure_pct: float | None
    average_duration_min: float | None
    average_slippage_pct: float | None
    fill_rate_pct: float | None
    false_signals_pct: float | None
    fees: float
    funding: float
    slippage: float
    cost_share_pct: float | None
    turnover: float
    best_month_pct: float | None
    worst_month_pct: float | None
    worst_day_pct: float | None
    cvar95_pct: float | None
    ulcer_pct: float
    longest_underwater_days: float
    skew: float | None
    kurtosis: float | None


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """How a figure of `Metrics` is shown: its name there, title, unit, digits and what it means in a sentence or two.

    ``better`` is +1 where more is better, -1 where less is, 0 where neither (losses are negative, so of them more is
    better); ``first_page`` marks what traders look at first, in the order of `METRICS`.
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
        "initial_balance", "Initial balance", "USDT", 2, "What the account held before the first trade.",
        first_page=True,
    ),
    MetricInfo(
        "final_balance", "Final balance", "USDT", 2, "What the account held at the end, after everything was closed.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "total_return_pct", "Return", "%", 2, "Final balance over initial balance, less one.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "annual_return_pct", "Return a year", "%", 2,
        "The yearly growth that compounds to the return. Not given below 90 days, where it says nothing.", better=1,
    ),
    MetricInfo(
        "duration_days", "Duration", "days", 1, "From the first candle traded on to the last.", first_page=True,
    ),
    MetricInfo("trades", "Trades", "", 0, "Positions that were opened and closed again.", first_page=True),
    MetricInfo(
        "win_rate_pct", "Win rate", "%", 1,
        "Share of the trades that ended with a profit after costs. High alone proves nothing: losses may be larger.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "average_win", "Average win", "USDT", 2, "Mean profit of the trades that won, after costs.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "average_loss", "Average loss", "USDT", 2, "Mean loss of the trades that lost, after costs.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "largest_win", "Largest win", "USDT", 2,
        "The best single trade. Where it is most of the profit, the rest earned little.", better=1, first_page=True,
    ),
    MetricInfo("largest_loss", "Largest loss", "USDT", 2, "The worst single trade.", better=1, first_page=True),
    MetricInfo("payoff_ratio", "Payoff ratio", "", 2, "Average win over average loss, the loss without its sign.", 1),
    MetricInfo(
        "profit_factor", "Profit factor", "", 2,
        "All wins over all losses, the losses without their sign. Below 1 the strategy loses money.",
        better=1, first_page=True,
    ),
    MetricInfo("expectancy", "Expectancy", "USDT", 2, "Mean result of a trade after costs.", 1),
    MetricInfo(
        "expectancy_r", "Expectancy in R", "R", 3,
        "Mean result of a trade in initial risks: 1 R is what the first stop would have cost.", 1,
    ),
    MetricInfo("longest_losing_streak", "Longest losing streak", "trades", 0, "Most losing trades in a row.", -1),
    MetricInfo(
        "sharpe", "Sharpe ratio", "", 2,
        "Mean of the daily returns over their standard deviation, times the root of 365, from 10 days on. From daily "
        "equity, so open positions count.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "sharpe_error", "Error of the Sharpe ratio", "", 2,
        "Standard error of the Sharpe ratio: the true one lies within twice this in about 19 of 20 cases.", -1,
    ),
    MetricInfo(
        "sharpe_corrected", "Sharpe ratio, corrected", "", 2,
        "The Sharpe ratio with the daily returns' autocorrelation taken into account (Lo 2002): lower than the plain "
        "one where gains follow gains. Needs 30 days.",
        better=1,
    ),
    MetricInfo(
        "sortino", "Sortino ratio", "", 2,
        "Like the Sharpe ratio, but only returns below zero count as risk; taken over all days.", 1,
    ),
    MetricInfo(
        "max_drawdown_pct", "Max drawdown", "%", 2, "The deepest fall of the equity below its highest value so far.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "recovery_factor", "Recovery factor", "", 2, "Profit over the deepest fall of the equity, both in money.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "calmar", "Calmar ratio", "", 2, "Return a year over the deepest drawdown. Not given below 90 days.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "sqn", "System quality (SQN)", "", 2,
        "Mean R of the trades over its deviation, times the root of their number, 100 at most (Van Tharp).", 1,
    ),
    MetricInfo("exposure_pct", "Time in the market", "%", 1, "Share of the time in which any position was open."),
    MetricInfo(
        "average_duration_min", "Average duration", "min", 0, "Mean time from entry to exit of a trade.",
        first_page=True,
    ),
    MetricInfo(
        "average_slippage_pct", "Average slippage", "%", 4,
        "How much worse than the price seen fills were, in percent of the traded value.", better=-1, first_page=True,
    ),
    MetricInfo(
        "fill_rate_pct", "Fill rate", "%", 1, "Share of the entries ordered that were filled.",
        better=1, first_page=True,
    ),
    MetricInfo(
        "false_signals_pct", "False signals", "%", 1,
        "Share of the trades that lost before any cost: the direction was wrong, not merely too dear.",
        better=-1, first_page=True,
    ),
    MetricInfo("fees", "Fees", "USDT", 2, "Trading fees paid to the exchange.", -1),
    MetricInfo("funding", "Funding", "USDT", 2, "Funding received every eight hours; negative where it was paid.", 1),
    MetricInfo("slippage", "Slippage", "USDT", 2, "What fills cost against the price seen, spread included.", -1),
    MetricInfo(
        "cost_share_pct", "Costs of gross profit", "%", 1,
        "What fees, slippage and funding took of the profit before them. Over 100 they turned a gain into a loss.", -1,
    ),
    MetricInfo("turnover", "Turnover", "USDT", 0, "Value bought and sold, entries and exits together."),
    MetricInfo("best_month_pct", "Best month", "%", 2, "The highest return of a calendar month (UTC).", 1),
    MetricInfo("worst_month_pct", "Worst month", "%", 2, "The lowest return of a calendar month (UTC).", 1),
    MetricInfo("worst_day_pct", "Worst day", "%", 2, "The lowest return of a day (UTC).", 1),
    MetricInfo("cvar95_pct", "Worst 5 % of days", "%", 2, "Mean return of a day in the worst twentieth (CVaR 95).", 1),
    MetricInfo(
        "ulcer_pct", "Ulcer index", "%", 2,
        "Root mean square of the drawdowns: how deep and how long the account lay below its high.", -1,
    ),
    MetricInfo(
        "longest_underwater_days", "Longest time under water", "days", 1,
        "The longest time between two highs of the equity, counted to the end where none came.", -1,
    ),
    MetricInfo("skew", "Skew", "", 2, "Of the daily returns: negative where rare days lose much.", 1),
    MetricInfo(
        "kurtosis", "Kurtosis", "", 2, "Of the daily returns: 3 for a normal one, more where extremes are common.",
        -1,
    ),
)  # fmt: skip
"""All figures in the order they are shown."""
