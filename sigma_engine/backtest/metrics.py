"""What a run was worth: pure figures of its closed trades and its equity curve (formulas: quant.md §5).

Percent where a name ends in ``_pct``, USDT where it names money. Losses and drawdowns are negative. A figure that
is not defined (no trade, no loss to divide by, less than a quarter to annualise) is None.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_engine.backtest.columns import TradeColumns, Whole, columns_of
from sigma_engine.backtest.drawdown import largest_fall, longest_underwater_ms, max_drawdown, ulcer
from sigma_engine.backtest.periods import DAY_MS, arrays, curve_of, day_ends, months
from sigma_engine.backtest.periods import daily_closes as daily_closes
from sigma_engine.backtest.ratios import (
    Floats,
    cvar,
    kurtosis,
    mean,
    percent,
    ratio,
    returns,
    share_pct,
    sharpe,
    sharpe_corrected,
    sharpe_error,
    skew,
    sortino,
    sqn,
)
from sigma_engine.domain.metrics import Curve, Metrics
from sigma_engine.domain.position import Trade
from sigma_engine.domain.timeframe import YEAR_MS

_SHORTEST_TO_ANNUALISE_MS = 90 * DAY_MS
_FEWEST_DAYS = 10
"""Below this a Sharpe ratio of a year is told from days that say nothing of it: -294 for 33 hours."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Account:
    """A run's equity at candle closes, ``times`` and ``values`` (n,), of an account that began with ``initial``.

    ``began_ms`` and ``ended_ms`` enclose the candles decided on.
    """

    initial: float
    times: Whole
    values: Floats
    began_ms: int
    ended_ms: int

    @property
    def path(self) -> Floats:
        """The values with the beginning before them."""
        return np.concatenate(([self.initial], self.values))

    @property
    def daily(self) -> Curve:
        """The equity at the end of each UTC day."""
        last = day_ends(self.times)
        return curve_of(self.times[last], self.values[last])

    @property
    def span_ms(self) -> int:
        """How long the run was."""
        return max(0, self.ended_ms - self.began_ms)


def measure(trades: Sequence[Trade], equity: Curve, initial: float, orders: int = 0, fills: int = 0) -> Metrics:
    """All figures of a run that began with ``initial`` USDT; ``equity`` is its curve at candle closes."""
    times, values = arrays(equity)
    ends = (int(times[0]), int(times[-1])) if len(times) else (0, 0)
    account = Account(initial=initial, times=times, values=values, began_ms=ends[0], ended_ms=ends[1])
    return figures(columns_of(trades), account, orders, fills)


def figures(trades: TradeColumns, account: Account, orders: int, fills: int) -> Metrics:
    """All figures of a run; ``orders`` and ``fills`` count entries."""
    path, daily = account.path, account.daily
    day_returns = returns([account.initial, *(value for _, value in daily)])
    enough = len(day_returns) >= _FEWEST_DAYS
    month_returns = [result for _, _, result in months(daily, account.initial)]
    pnl, gross, initial, final = trades.pnl, trades.gross, account.initial, float(path[-1])
    wins, losses, risks = pnl[pnl > 0], pnl[pnl < 0], trades.r[~np.isnan(trades.r)]
    slippage, turnover, deepest = float(trades.slippage.sum()), float(trades.turnover.sum()), max_drawdown(path)
    growth = annual_growth(initial, final, account.span_ms)
    return Metrics(
        initial_balance=initial,
        final_balance=final,
        total_return_pct=100 * (final - initial) / initial,
        annual_return_pct=percent(growth),
        duration_days=account.span_ms / DAY_MS,
        trades=len(trades),
        win_rate_pct=share_pct(len(wins), len(trades)),
        average_win=mean(wins),
        average_loss=mean(losses),
        largest_win=float(wins.max()) if len(wins) else None,
        largest_loss=float(losses.min()) if len(losses) else None,
        payoff_ratio=ratio(mean(wins), -(mean(losses) or 0.0)),
        profit_factor=profit_factor(pnl),
        expectancy=mean(pnl),
        expectancy_r=mean(risks),
        longest_losing_streak=longest_streak(pnl < 0),
        sharpe=sharpe(day_returns) if enough else None,
        sharpe_error=sharpe_error(day_returns) if enough else None,
        sharpe_corrected=sharpe_corrected(day_returns) if enough else None,
        sortino=sortino(day_returns),
        max_drawdown_pct=100 * deepest,
        recovery_factor=ratio(final - initial, largest_fall(path)),
        calmar=ratio(growth, -deepest),
        sqn=sqn(risks),
        exposure_pct=exposure_pct(trades, account.span_ms),
        average_duration_min=mean((trades.exit_ms - trades.entry_ms) / 60_000),
        average_slippage_pct=share_pct(slippage, turnover),
        fill_rate_pct=share_pct(fills, orders),
        false_signals_pct=share_pct(int((gross <= 0).sum()), len(trades)),
        fees=float(trades.fees.sum()),
        funding=float(trades.funding.sum()),
        slippage=slippage,
        cost_share_pct=share_pct(float(trades.costs.sum()), float(gross.sum())),
        turnover=turnover,
        best_month_pct=max(month_returns, default=None),
        worst_month_pct=min(month_returns, default=None),
        worst_day_pct=100 * float(day_returns.min()) if len(day_returns) else None,
        cvar95_pct=percent(cvar(day_returns)),
        ulcer_pct=100 * ulcer(path),
        longest_underwater_days=longest_underwater_ms(account.times, account.values, initial) / DAY_MS,
        skew=skew(day_returns),
        kurtosis=kurtosis(day_returns),
    )


def annual_growth(initial: float, final: float, span_ms: int) -> float | None:
    """Compound growth a year as a fraction; None below 90 days, where annualising says nothing."""
    if span_ms < _SHORTEST_TO_ANNUALISE_MS or final <= 0:
        return None
    return float((final / initial) ** (YEAR_MS / span_ms)) - 1


def profit_factor(pnl: Floats) -> float | None:
    """All wins over all losses; None without a loss."""
    return ratio(float(pnl[pnl > 0].sum()), -float(pnl[pnl < 0].sum()))


def longest_streak(happened: NDArray[np.bool_]) -> int:
    """The most in a row that happened."""
    breaks = np.flatnonzero(np.concatenate(([True], ~happened, [True])))
    return int(np.diff(breaks).max()) - 1


def exposure_pct(trades: TradeColumns, span_ms: int) -> float | None:
    """Share of the run's ``span_ms`` in which any position was open."""
    if not len(trades):
        return 0.0 if span_ms else None
    order = np.argsort(trades.entry_ms, kind="stable")
    entries, exits = trades.entry_ms[order], trades.exit_ms[order]
    covered_until = np.concatenate((entries[:1], np.maximum.accumulate(exits)[:-1]))
    held = np.maximum(0, exits - np.maximum(entries, covered_until))
    return share_pct(min(int(held.sum()), span_ms), span_ms)
