"""Where a position ends inside a candle, and where its stop moves at the close (contracts.md §4.3, §4.4).

A missing stop or target is NaN; every comparison with it is false, so it never acts.
"""

from enum import IntEnum


class Ending(IntEnum):
    """What the functions below answer; they return the plain number, which compiled code needs."""

    NONE = 0
    STOP = 1
    TARGET = 2
    LIQUIDATION = 3


def at_open(sign: int, price: float, stop: float, target: float, liquidation: float) -> int:
    """What a gap to the opening ``price`` did: liquidation first, then stop, then target; filled at the open."""
    if sign * (price - liquidation) <= 0.0:
        return 3
    if sign * (price - stop) <= 0.0:
        return 1
    if sign * (price - target) >= 0.0:
        return 2
    return 0


def inside(sign: int, high: float, low: float, stop: float, target: float, liquidation: float) -> int:
    """What the range of the candle did: the stop before the target, liquidation where no stop lies nearer."""
    worst = low if sign > 0 else high
    best = high if sign > 0 else low
    if sign * (worst - stop) <= 0.0 and not sign * (stop - liquidation) <= 0.0:
        return 1
    if sign * (worst - liquidation) <= 0.0:
        return 3
    if sign * (best - target) >= 0.0:
        return 2
    return 0


def extended(sign: int, extreme: float, high: float, low: float) -> float:
    """The best price since entry, with this candle's."""
    return max(extreme, high) if sign > 0 else min(extreme, low)


def trailed(sign: int, stop: float, extreme: float, distance: float) -> float:
    """The stop pulled behind the best price by ``distance``; it never moves back."""
    candidate = extreme - sign * distance
    return candidate if sign * (candidate - stop) > 0.0 else stop


def at_breakeven(sign: int, stop: float, entry: float, extreme: float, risk: float, at_r: float) -> float:
    """The stop moved to the entry once the best price has earned ``at_r`` times the initial ``risk``."""
    if sign * (extreme - entry) >= at_r * risk and sign * (entry - stop) > 0.0:
        return entry
    return stop
