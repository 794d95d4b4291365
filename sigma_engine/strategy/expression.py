"""The expression language in one place: read a text, print it canonically, explain it, ask it about two candles.

Nothing in an expression is ever executed as code; `evaluate` walks the tree that `parse` built.
"""

from sigma_engine.strategy.expression_explained import explain
from sigma_engine.strategy.expression_parser import MAX_DEPTH, MAX_LENGTH, MAX_OPERATIONS, parse
from sigma_engine.strategy.expression_tree import (
    REGIME_COLUMN,
    REGIMES,
    Expression,
    Operand,
    Row,
    both,
    either,
)
from sigma_engine.strategy.expression_walks import Groups, groups, operands, sums, tree_of, with_values, without_numbers

__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_OPERATIONS",
    "REGIMES",
    "REGIME_COLUMN",
    "Expression",
    "Groups",
    "Operand",
    "Row",
    "both",
    "canonical",
    "either",
    "evaluate",
    "explain",
    "groups",
    "in_words",
    "operands",
    "parse",
    "sums",
    "tree_of",
    "with_values",
    "without_numbers",
]


def canonical(text: str) -> str:
    """``text`` as SIGMA writes it; raises `SpecError` where it cannot be read."""
    return str(parse(text))


def in_words(text: str) -> str:
    """What the condition ``text`` asks for, in plain English; raises `SpecError` where it cannot be read."""
    return explain(parse(text))


def evaluate(expression: Expression, now: Row, before: Row | None) -> bool:
    """Whether ``expression`` holds on the candle of ``now``, ``before`` being the candle just before it.

    Rows map the texts of `operands` (and `REGIME_COLUMN` where the regime is asked) to values. A comparison with
    NaN is false, as is every crossing or movement without a previous candle.
    """
    return expression.holds(now, before)
