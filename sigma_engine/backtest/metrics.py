"""What a run was worth: pure figures of its closed trades and its equity curve (formulas: quant.md §5).

Percent where a name ends in ``_pct``, USDT where it names money. Losses and drawdowns are negative. A figure that
is not defined (no trade, no loss to divide by, less than a quarter to annualise) is None.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.metrics import Curve, Metrics
from sigma_engine.domain.position import Trade
from sigma_engine.domain.timeframe import YEAR_MS

DAY_MS = 86_400_000
DAYS_A_YEAR = 365
_SHORTEST_TO_ANNUALISE_MS = 90 * DAY_MS
_SQN_TRADES = 100

Floats = NDArray[np.float64]


def measure(trades: Sequence[Trade], equity: Curve, initial: float, orders: int = 0, fills: int = 0) -> Metrics:
    """All figures of a run that began with ``initial`` USDT; ``equity`` is its curve at candle closes."""
    values = np.array([initial, *(value for _, value in equity)])
    daily = returns([initial, *(value for _, value in daily_closes(equity))])
    pnl = np.array([float(trade.pnl) for trade in trades])
    wins, losses = pnl[pnl > 0], pnl[pnl < 0]
    risks = np.array([trade.r for trade in trades if trade.r is not None])
    fees, funding, slippage = (_total(trades, name) for name in ("fees", "funding", "slippage"))
    costs, net = fees + slippage - funding, float(pnl.sum())
    turnover = sum(float((trade.entry_price + trade.exit_price) * trade.quantity) for trade in trades)
    gross = pnl + [float(trade.fees + trade.slippage - trade.funding) for trade in trades] if trades else pnl
    profit = float(values[-1]) - initial
    return Metrics(
        initial_balance=initial,
        final_balance=float(values[-1]),
        total_return_pct=100 * profit / initial,
        trades=len(trades),
        win_rate_pct=_share(len(wins), len(trades)),
        average_win=_mean(wins),
        average_loss=_mean(losses),
        largest_win=float(wins.max()) if len(wins) else None,
        largest_loss=float(losses.min()) if len(losses) else None,
        payoff_ratio=_ratio(_mean(wins), -(_mean(losses) or 0.0)),
        profit_factor=_ratio(float(wins.sum()), -float(losses.sum())),
        expectancy=_mean(pnl),
        expectancy_r=_mean(risks),
        sharpe=sharpe(daily),
        sortino=sortino(daily),
        max_drawdown_pct=100 * max_drawdown(values),
        recovery_factor=_ratio(profit, largest_fall(values)),
        calmar=calmar(values, equity),
        sqn=sqn(risks),
        exposure_pct=exposure_pct(trades, equity),
        fees=fees,
        funding=funding,
        slippage=slippage,
        cost_share_pct=_share(costs, max(0.0, net + costs)),
        turnover=turnover,
        average_duration_min=_mean(np.array([(trade.exit_ms - trade.entry_ms) / 60_000 for trade in trades])),
        average_slippage_pct=_share(slippage, turnover),
        fill_rate_pct=_share(fills, orders),
        false_signals_pct=_share(int((gross <= 0).sum()), len(trades)),
        worst_day_pct=100 * float(daily.min()) if len(daily) else None,
        ulcer_pct=100 * ulcer(values),
        skew=skew(daily),
        kurtosis=kurtosis(daily),
        cvar95_pct=_percent(cvar(daily)),
        longest_underwater_days=longest_underwater_ms(equity, initial) / DAY_MS,
    )


def daily_closes(equity: Curve) -> list[tuple[int, float]]:
    """The last point of each UTC day; a point at midnight closes the day before it."""
    last = {(at_ms - 1) // DAY_MS: (at_ms, value) for at_ms, value in equity}
    return list(last.values())


def returns(values: Sequence[float] | Floats) -> Floats:
    """Simple returns from each value to the next."""
    curve = np.asarray(values, np.float64)
    return curve[1:] / curve[:-1] - 1


def sharpe(periodic: Floats, periods_a_year: float = DAYS_A_YEAR) -> float | None:
    """Mean over standard deviation (ddof 1), annualised."""
    if len(periodic) < 2:
        return None
    ratio = _ratio(float(periodic.mean()), _deviation(periodic))
    return None if ratio is None else ratio * math.sqrt(periods_a_year)


def sortino(periodic: Floats, periods_a_year: float = DAYS_A_YEAR) -> float | None:
    """Mean over downside deviation, which counts every period and takes gains as zero; annualised."""
    if len(periodic) < 2:
        return None
    downside = math.sqrt(float(np.mean(np.minimum(periodic, 0.0) ** 2)))
    ratio = _ratio(float(periodic.mean()), downside)
    return None if ratio is None else ratio * math.sqrt(periods_a_year)


def drawdowns(values: Floats) -> Floats:
    """How far each value lies below the highest before it, as a fraction from -1 to 0."""
    drawn: Floats = values / np.maximum.accumulate(values) - 1
    return drawn


def max_drawdown(values: Floats) -> float:
    """The deepest drawdown as a fraction, -1 to 0."""
    return float(drawdowns(values).min())


def largest_fall(values: Floats) -> float:
    """The deepest fall from a peak in money, never negative."""
    return float((np.maximum.accumulate(values) - values).max())


def ulcer(values: Floats) -> float:
    """Root mean square of the drawdowns, as a fraction; the start, which cannot be under water, is not counted."""
    drawn = drawdowns(values)[1:]
    return math.sqrt(float(np.mean(drawn**2))) if len(drawn) else 0.0


def calmar(values: Floats, equity: Curve) -> float | None:
    """Compound annual growth over the deepest drawdown; None below 90 days, where annualising says nothing."""
    span_ms = equity[-1][0] - equity[0][0] if equity else 0
    if span_ms < _SHORTEST_TO_ANNUALISE_MS or values[-1] <= 0:
        return None
    growth = float(values[-1] / values[0]) ** (YEAR_MS / span_ms) - 1
    return _ratio(growth, -max_drawdown(values))


def sqn(risks: Floats) -> float | None:
    """Van Tharp's system quality: mean R over its deviation, times the root of the number of trades, 100 at most."""
    if len(risks) < 2:
        return None
    ratio = _ratio(float(risks.mean()), _deviation(risks))
    return None if ratio is None else ratio * math.sqrt(min(len(risks), _SQN_TRADES))


def skew(periodic: Floats) -> float | None:
    """Third standardised moment (population)."""
    return _standardised_moment(periodic, 3)


def kurtosis(periodic: Floats) -> float | None:
    """Fourth standardised moment (population), 3 for a normal."""
    return _standardised_moment(periodic, 4)


def cvar(periodic: Floats, tail: float = 0.05) -> float | None:
    """Mean of the worst ``tail`` of the returns, of one at least."""
    if not len(periodic):
        return None
    return float(np.sort(periodic)[: max(1, math.floor(tail * len(periodic)))].mean())


def exposure_pct(trades: Sequence[Trade], equity: Curve) -> float | None:
    """Share of the run's time in which any position was open."""
    if len(equity) < 2:
        return None
    held_ms, until_ms = 0, 0
    for trade in sorted(trades, key=lambda trade: trade.entry_ms):
        held_ms += max(0, trade.exit_ms - max(trade.entry_ms, until_ms))
        until_ms = max(until_ms, trade.exit_ms)
    return _share(min(held_ms, equity[-1][0] - equity[0][0]), equity[-1][0] - equity[0][0])


def longest_underwater_ms(equity: Curve, initial: float) -> int:
    """The longest time between two highs, the last one counted up to the end."""
    longest, peak, since_ms = 0, initial, equity[0][0] if equity else 0
    for at_ms, value in equity:
        if value >= peak:
            peak, since_ms = value, at_ms
        longest = max(longest, at_ms - since_ms)
    return longest


def _standardised_moment(sample: Floats, order: int) -> float | None:
    if len(sample) < 2 or not _deviation(sample):
        return None
    deviations = sample - sample.mean()
    variance = float(np.mean(deviations**2))
    return float(np.mean(deviations**order) / math.pow(variance, order / 2))


def _deviation(sample: Floats) -> float:
    """Sample standard deviation; exactly 0 where only rounding differs."""
    deviation = float(sample.std(ddof=1))
    return deviation if deviation > 1e-12 * float(np.abs(sample).max()) else 0.0


def _ratio(value: float | None, by: float) -> float | None:
    return value / by if value is not None and by > 0 else None


def _share(part: float, whole: float) -> float | None:
    return _percent(_ratio(part, whole))


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else 100 * fraction


def _mean(sample: Floats) -> float | None:
    return float(sample.mean()) if len(sample) else None


def _total(trades: Sequence[Trade], name: str) -> float:
    return float(sum(getattr(trade, name) for trade in trades))
