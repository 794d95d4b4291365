"""Finds conditions that can never hold because the reading they ask for never gets there."""

from collections.abc import Iterator
from math import inf, sqrt

from sigma_engine.strategy.expression_tree import (
    AllOf,
    AnyOf,
    Comparator,
    Comparison,
    Cross,
    Crossing,
    Expression,
    Number,
    Operand,
)
from sigma_engine.strategy.expression_words import is_indicator
from sigma_engine.strategy.operands import parse_operand

_ASKS_FOR_MORE = {Comparator.GREATER, Comparator.GREATER_EQUAL, Crossing.ABOVE}
_ASKS_FOR_LESS = {Comparator.LESS, Comparator.LESS_EQUAL, Crossing.BELOW}
_MAY_EQUAL = {Comparator.GREATER_EQUAL, Comparator.LESS_EQUAL, Comparator.EQUAL}


def out_of_reach(expression: Expression) -> str | None:
    """Why a condition of ``expression`` can never hold, in words; None where each may."""
    reasons = (
        _never(condition, condition.left.text, condition.right.value)
        for condition in _asked(expression)
        if isinstance(condition.left, Operand) and isinstance(condition.right, Number)
    )
    return next((reason for reason in reasons if reason), None)


def _asked(expression: Expression) -> Iterator[Comparison | Cross]:
    """The comparisons and crossings that are asked to hold; those under a ``not`` are not."""
    match expression:
        case AllOf() | AnyOf():
            for part in expression.parts:
                yield from _asked(part)
        case Comparison() | Cross():
            yield expression


def _never(condition: Comparison | Cross, text: str, level: float) -> str | None:
    low, high = _range(text)
    word = condition.comparator if isinstance(condition, Comparison) else condition.crossing
    too_high = word not in _ASKS_FOR_LESS and (level > high or (level == high and word not in _MAY_EQUAL))
    too_low = word not in _ASKS_FOR_MORE and (level < low or (level == low and word not in _MAY_EQUAL))
    if word is Comparator.NOT_EQUAL or not (too_high or too_low):
        return None
    return f"{condition} can never hold: {text} {_lies(low, high)}"


def _range(text: str) -> tuple[float, float]:
    """The lowest and the highest value of a reading, infinite where there is none."""
    if not is_indicator(text):
        return -inf, inf
    operand = parse_operand(text)
    if operand.name == "zscore":  # of n numbers, none lies further than sqrt(n - 1) deviations from their mean
        reach = sqrt(operand.parameters[0] - 1)
        return -reach, reach
    part = operand.entry.parts[operand.part_index]
    return part.low, part.high


def _lies(low: float, high: float) -> str:
    return f"lies between {low:.4g} and {high:.4g}" if high < inf else f"is never below {low:.4g}"
