"""How deep and how long an account lay under its highest value (formulas: quant.md §5)."""

import math

import numpy as np

from sigma_engine.backtest.columns import Whole
from sigma_engine.backtest.ratios import Floats


def drawdowns(values: Floats) -> Floats:
    """How far each value lies below the highest before it, as a fraction from -1 to 0."""
    highest = np.maximum.accumulate(values)
    return np.divide(values, highest, out=np.ones(len(values)), where=highest > 0) - 1


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


def longest_underwater_ms(times: Whole, values: Floats, initial: float) -> int:
    """The longest time between two highs, the last one counted up to the end; the first is ``initial``."""
    if not len(times):
        return 0
    at_high = values >= np.maximum.accumulate(np.maximum(values, initial))
    since = np.maximum.accumulate(np.where(at_high, times, times[0]))
    return int((times - since).max())
