"""How far readings, and sums of them, can reach: intervals whose ends are computed as the sums themselves are.

Rounding never turns an order round, so the ends of an interval, put through the same operations in the same order, are
the ends of what can come out; nothing that can happen is left outside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isnan, sqrt

from sigma_engine.strategy.expression_tree import Arithmetic
from sigma_engine.strategy.expression_words import CANDLE_WORDS, is_indicator
from sigma_engine.strategy.operands import parse_operand


@dataclass(frozen=True, slots=True)
class Interval:
    """The values from ``low`` to ``high``; an open end does not belong to it."""

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is no such value."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low, self.high_open, self.low_open)

    def __and__(self, other: "Interval") -> "Interval":
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low, high, low_open, not closed)


EVERYTHING = Interval()
_WORDS = {
    **dict.fromkeys(CANDLE_WORDS, Interval(0, inf)),
    "hour": Interval(0, 23),
    "weekday": Interval(0, 6),
    "p_up": Interval(0, 1),
    "sigma": Interval(0, inf),
}


@lru_cache(maxsize=1024)
def reach_of(text: str) -> Interval:
    """Every value the reading ``text`` can have."""
    if not is_indicator(text):
        return _WORDS.get(text, EVERYTHING)
    operand = parse_operand(text)
    if operand.name == "zscore":  # of n numbers, none lies further than sqrt(n - 1) deviations from their mean
        reach = sqrt(operand.parameters[0] - 1)
        return Interval(-reach, reach)
    part = operand.entry.parts[operand.part_index]
    return Interval(part.low, part.high)


def combined(left: Interval, operation: Arithmetic, right: Interval) -> Interval:
    """Every value that can come of an operation on values of ``left`` and ``right``."""
    match operation:
        case Arithmetic.PLUS:
            return _spanning((left.low + right.low, left.high + right.high))
        case Arithmetic.MINUS:
            return _spanning((left.low - right.high, left.high - right.low))
        case Arithmetic.TIMES:
            return _spanning(_times(x, y) for x in (left.low, left.high) for y in (right.low, right.high))
    if right.low <= 0 <= right.high:
        return Interval(0, inf) if left.low >= 0 and right.low >= 0 else EVERYTHING
    return _spanning(x / y for x in (left.low, left.high) for y in (right.low, right.high))


def _times(x: float, y: float) -> float:
    """A corner of a product; an end at infinity is never reached, so zero times it is zero."""
    return 0.0 if x == 0 or y == 0 else x * y


def _spanning(ends: Iterable[float]) -> Interval:
    values = list(ends)
    return EVERYTHING if any(isnan(value) for value in values) else Interval(min(values), max(values))
