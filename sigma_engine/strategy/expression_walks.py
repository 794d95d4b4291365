"""Walks over the tree of an expression: its alternatives, its readings, its print with values or without numbers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import isnan
from typing import Any, TypeAlias

from sigma_engine.strategy.expression_tree import (
    AllOf,
    AnyOf,
    Combined,
    Comparison,
    Cross,
    Expression,
    InRegime,
    Moves,
    Negated,
    Node,
    Number,
    Operand,
    Opposite,
    Row,
    Sum,
    both,
    either,
)

Groups: TypeAlias = tuple[tuple[Expression, ...], ...]
"""Any of these groups, all of each group's conditions; empty where there is no condition."""


_PARAMETERS = re.compile(r"\([^)]*\)")


def groups(expression: Expression) -> Groups:
    """The expression as alternatives of joint conditions: its outermost ``or`` of its outermost ``and``."""
    alternatives = expression.parts if isinstance(expression, AnyOf) else (expression,)
    return tuple(part.parts if isinstance(part, AllOf) else (part,) for part in alternatives)


def tree_of(alternatives: Groups) -> Expression:
    """One tree for alternatives of joint conditions, of which there is at least one; `groups` takes it apart again."""
    return either(tuple(both(group) for group in alternatives))


def sums(node: Node) -> Iterator[Sum]:
    """The sums that the conditions of ``node`` compare, in reading order."""
    match node:
        case AllOf() | AnyOf():
            for part in node.parts:
                yield from sums(part)
        case Opposite():
            yield from sums(node.of)
        case Comparison() | Cross():
            yield from (node.left, node.right)
        case Moves():
            yield node.what
        case Number() | Operand() | Negated() | Combined():
            yield node
        case InRegime():
            return


def operands(node: Node) -> Iterator[str]:
    """The texts of the readings ``node`` needs, in reading order, repeats included; the regime is not among them."""
    for each in sums(node):
        yield from _operands_of_sum(each)


def asks_regime(node: Node) -> bool:
    """Whether ``node`` asks what regime it is."""
    match node:
        case AllOf() | AnyOf():
            return any(asks_regime(part) for part in node.parts)
        case Opposite():
            return asks_regime(node.of)
    return isinstance(node, InRegime)


def with_values(node: Node, row: Row) -> str:
    """The canonical print with each reading's present value behind its name: ``rsi(14) 28.4 crosses_below 30``."""

    def told(leaf: Number | Operand) -> Number | Operand:
        if isinstance(leaf, Number):
            return leaf
        value = row[leaf.text]
        return Operand(f"{leaf.text} {'undefined' if isnan(value) else f'{value:.6g}'}")

    return str(_rewritten(node, told))


def without_numbers(node: Node) -> str:
    """The canonical print with ``#`` for constants and without parameters: ``rsi crosses_below #``."""

    def bare(leaf: Number | Operand) -> Operand:
        return Operand("#" if isinstance(leaf, Number) else _PARAMETERS.sub("", leaf.text))

    return str(_rewritten(node, bare))


def _rewritten(node: Any, leaf: Callable[[Number | Operand], Number | Operand]) -> Any:
    """The same tree with each constant and reading replaced by what ``leaf`` makes of it."""
    match node:
        case Number() | Operand():
            return leaf(node)
        case AllOf() | AnyOf():
            return replace(node, parts=tuple(_rewritten(part, leaf) for part in node.parts))
        case Opposite() | Negated():
            return replace(node, of=_rewritten(node.of, leaf))
        case Comparison() | Cross() | Combined():
            return replace(node, left=_rewritten(node.left, leaf), right=_rewritten(node.right, leaf))
        case Moves():
            return replace(node, what=_rewritten(node.what, leaf))
        case _:
            return node


def _operands_of_sum(node: Sum) -> Iterator[str]:
    match node:
        case Operand():
            yield node.text
        case Negated():
            yield from _operands_of_sum(node.of)
        case Combined():
            yield from _operands_of_sum(node.left)
            yield from _operands_of_sum(node.right)
        case Number():
            return
