"""How far a stop, a target or a trailing stop lies from the price: every way a strategy can measure it."""

from enum import IntEnum

import cython

if not cython.compiled:
    from math import fabs, nan


class Measure(IntEnum):
    """What a distance counts; `distance` takes the plain number, which compiled code needs."""

    NONE = 0
    PERCENT = 1
    ATR = 2
    STOPS = 3
    LEVEL = 4


def distance(measure: int, value: float, price: float, atr: float, stop: float) -> float:
    """The distance in price: ``value`` percent of it, ATRs, stop distances, or the way to a level; NaN for none."""
    if measure == 1:
        return price * value / 100.0
    if measure == 2:
        return value * atr
    if measure == 3:
        return value * stop
    return fabs(price - value) if measure == 4 else nan
