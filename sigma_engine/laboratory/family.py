"""The family of a strategy: who tries another number of the same idea has tried the same thing once more."""

import hashlib
import json
from typing import Any

from sigma_engine.strategy.expression import Expression, operands, parse, tree_of, without_numbers
from sigma_engine.strategy.expression_tree import AllOf, AnyOf, Opposite
from sigma_engine.strategy.spec import StrategySpec
from sigma_engine.strategy.spec_parts import CONDITION_KEYS

_CONDITIONS = (*CONDITION_KEYS, "filters")
_LEFT_OUT = ("version", "name", "symbols", "timeframe", "weights")
"""What a strategy is called and tried on; a fusion's weights are numbers, those of the table as much as one's own."""

_NAMED = 3
"""How many readings the name of a family begins with."""


def family_of(spec: StrategySpec) -> str:
    """The name of the strategy's family: its first readings, or ``fusion``, and a digest of its `shape`."""
    digest = hashlib.blake2s(json.dumps(shape(spec), sort_keys=True).encode(), digest_size=4).hexdigest()
    return "-".join((*_readings(spec), digest))


def shape(spec: StrategySpec) -> dict[str, Any]:
    """The document with ``#`` for every number; what may stand in any order stands in one."""
    return {key: _bare(key, value) for key, value in spec.document().items() if key not in _LEFT_OUT}


def _bare(key: str, value: Any) -> Any:
    match value:
        case bool() | None:
            return value
        case int() | float():
            return "#"
        case [_, *_] if key in _CONDITIONS:
            lists = value if isinstance(value[0], list) else [value]
            return _ordered(tree_of(tuple(tuple(map(parse, texts)) for texts in lists)))
        case str():
            return "#" if key == "session" else value
        case list():
            return sorted((_bare(key, each) for each in value), key=json.dumps)
        case _:
            return {name: _bare(name, each) for name, each in value.items() if name not in _LEFT_OUT}


def _ordered(expression: Expression) -> str:
    """The condition without its numbers, however it was cut into lists and in whatever order its parts stood."""
    match expression:
        case AllOf() | AnyOf():
            name = "all" if isinstance(expression, AllOf) else "any"
            return f"{name}({', '.join(sorted(map(_ordered, expression.parts)))})"
        case Opposite():
            return f"not {_ordered(expression.of)}"
        case _:
            return without_numbers(expression)


def _readings(spec: StrategySpec) -> tuple[str, ...]:
    """The first readings its entries ask for, by name and in alphabetical order."""
    if spec.fusion is not None:
        return ("fusion",)
    entries = [alternatives for key, alternatives in spec.conditions() if "entry" in key]
    texts = (text for alternatives in entries for group in alternatives for text in group)
    named = {operand.partition("(")[0].partition("@")[0] for text in texts for operand in operands(parse(text))}
    return tuple(sorted(named)[:_NAMED])
