"""Finds conditions that can never hold: levels a reading never gets to, and conditions that contradict each other."""

from itertools import product
from math import inf, prod

from sigma_engine.strategy.expression_tree import (
    AllOf,
    AnyOf,
    Comparison,
    Cross,
    Expression,
    Moves,
    Opposite,
    Sum,
    both,
)
from sigma_engine.strategy.expression_walks import operands
from sigma_engine.strategy.reach_facts import Asked, contradict
from sigma_engine.strategy.reach_intervals import EVERYTHING
from sigma_engine.strategy.reach_sums import Row, SumTable

_MOST_ALTERNATIVES = 16

_Alternatives = list[tuple[Asked, ...]]


def impossible(expression: Expression) -> bool:
    """Whether ``expression`` can hold on no candle whatever; false where that cannot be told."""
    return all(contradict(joint) for joint in _alternatives(expression, holds=True))


def out_of_reach(expression: Expression) -> str | None:
    """Why ``expression``, or an alternative it gives, can never hold, in words; None where each may."""
    if isinstance(expression, AllOf | AnyOf):
        for part in expression.parts:
            if reason := out_of_reach(part):
                return reason
    if isinstance(expression, AnyOf) or not impossible(expression):
        return None
    if isinstance(expression, AllOf):
        return f"{both(_culprits(expression.parts))} can never hold together"
    reason = _reason(expression)
    return f"{expression} can never hold{': ' if reason else ''}{reason}"


def _alternatives(node: Expression, *, holds: bool) -> _Alternatives:
    """What must hold or fail jointly, one way or another, for ``node`` to hold or fail.

    Where that were too many ways, a part is left out: the less is asked, the more may hold.
    """
    match node:
        case Opposite():
            return _alternatives(node.of, holds=not holds)
        case AllOf() | AnyOf():
            ways = [_alternatives(part, holds=holds) for part in node.parts]
            if isinstance(node, AnyOf) == holds:
                return [way for each in ways for way in each]
            return _jointly(ways)
        case _:
            return [((node, holds),)]


def _jointly(ways: list[_Alternatives]) -> _Alternatives:
    kept: list[_Alternatives] = []
    for each in sorted(ways, key=len):
        if prod(len(way) for way in (*kept, each)) <= _MOST_ALTERNATIVES:
            kept.append(each)
    return [tuple(asked for way in chosen for asked in way) for chosen in product(*kept)]


def _culprits(parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """The fewest of ``parts`` that cannot hold together, in their order: the last one needed, then the one before."""
    found: list[Expression] = []
    rest = parts
    while not (found and impossible(both(tuple(found)))):
        few, many = 0, len(rest)
        while many - few > 1:
            half = (few + many) // 2
            few, many = (few, half) if impossible(both((*rest[:half], *found))) else (half, many)
        found.insert(0, rest[many - 1])
        rest = rest[: many - 1]
    return tuple(found)


def _reason(expression: Expression) -> str:
    match expression:
        case Comparison() | Cross():
            sides = [side for side in (expression.left, expression.right) if next(operands(side), None)]
            if not sides:
                return "both sides are numbers that never change"
            if expression.left == expression.right:
                return "both sides are the same"
            return " and ".join(words for side in sides if (words := _lies(side)))
        case Moves():
            return "it never changes"
        case _:
            return ""


def _lies(side: Sum) -> str:
    sums = SumTable()
    reach = sums.of(sums.term(Row.NOW, side))
    if reach == EVERYTHING:
        return ""
    if reach.high < inf:
        bounds = f"lies between {reach.low:.4g} and {reach.high:.4g}" if reach.low > -inf else ""
        return f"{side} {bounds or f'is never above {reach.high:.4g}'}"
    return f"{side} is never below {reach.low:.4g}"
