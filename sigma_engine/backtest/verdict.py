"""One plain sentence on what a run proves, which is usually little."""

import math
from collections.abc import Sequence

import numpy as np

from sigma_engine.domain.position import Trade

ENOUGH_TRADES = 30
_SIGNIFICANT_T = 1.96


def verdict(trades: Sequence[Trade]) -> str:
    """What the closed trades show after costs: nothing, a loss, chance, or a gain in this sample.

    The test is the t statistic of the mean net profit; below `ENOUGH_TRADES` trades none is made.
    """
    if not trades:
        return "No trade: nothing passed the strategy's conditions, gates and safety rules."
    pnl = np.array([float(trade.pnl) for trade in trades])
    mean, count = float(pnl.mean()), len(pnl)
    came_to = f"{count} {'trade' if count == 1 else 'trades'} came to {mean:+.2f} USDT each after costs"
    if count < ENOUGH_TRADES:
        return f"Too few to say anything: {came_to}; {ENOUGH_TRADES} are the least."
    t = _t_statistic(pnl)
    if abs(t) < _SIGNIFICANT_T:
        return f"Not distinguishable from chance: {came_to} (t = {t:.2f})."
    if t < 0:
        return f"It loses: {came_to} (t = {t:.2f})."
    return f"It gained in this sample: {came_to} (t = {t:.2f}); one backtest proves nothing about the next."


def _t_statistic(pnl: np.ndarray) -> float:
    """Mean over its standard error; signed infinity where all are equal."""
    error = float(pnl.std(ddof=1)) / math.sqrt(len(pnl))
    return float(pnl.mean()) / error if error > 0 else math.copysign(math.inf, float(pnl.mean()))
