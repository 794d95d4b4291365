"""Reads the text of an expression: a tokenizer and a recursive descent over the grammar of the strategy language."""

import re
from collections.abc import Callable
from enum import Enum, auto
from math import isfinite
from typing import NamedTuple, TypeAlias

from sigma_engine.domain.signal import Regime
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError
from sigma_engine.strategy.expression_tree import (
    REGIME_COLUMN,
    Arithmetic,
    Combined,
    Comparator,
    Comparison,
    Cross,
    Crossing,
    Expression,
    InRegime,
    Motion,
    Moves,
    Negated,
    Node,
    Number,
    Operand,
    Opposite,
    Sum,
    both,
    either,
)
from sigma_engine.strategy.expression_words import operand_text

MAX_LENGTH = 500
MAX_DEPTH = 16
MAX_OPERATIONS = 100

_SHOWN = 60
_COMPARATORS, _CROSSINGS, _MOTIONS = frozenset(Comparator), frozenset(Crossing), frozenset(Motion)
_STATES, _TIMEFRAMES = frozenset(Regime), frozenset(Timeframe)
_RESERVED = {"and", "or", "not", REGIME_COLUMN, *Crossing, *Motion}
_SUM_NODES = (Number, Operand, Negated, Combined)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<timeframe>@\s*[A-Za-z0-9_]*)|(?P<sign><=|>=|==|!=|[<>+\-*/(),.]))"
)


class _Kind(Enum):
    NUMBER = auto()
    NAME = auto()
    TIMEFRAME = auto()
    SIGN = auto()
    END = auto()


_KINDS = {kind.name.lower(): kind for kind in _Kind}


class _Token(NamedTuple):
    kind: _Kind
    text: str
    column: int


def parse(text: str) -> Expression:
    """The tree of ``text``; case of letters does not matter.

    Raises `SpecError` naming the column (from 1) and the reason. What is read can also be read back as it is printed.
    """
    if len(text) > MAX_LENGTH:
        raise _error(text, MAX_LENGTH + 1, f"the text has {len(text)} characters; at most {MAX_LENGTH} are read")
    tree = _Parser(text).whole()
    printed = str(tree)
    if len(printed) > MAX_LENGTH:
        reason = f"written out in full it has {len(printed)} characters; at most {MAX_LENGTH} are kept"
        raise _error(text, len(text), reason)
    if printed != text:  # the print may have brackets that the text had not
        _Parser(printed).whole()
    return tree


def _tokens(text: str) -> list[_Token]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            column = at + len(text[at:]) - len(text[at:].lstrip()) + 1
            raise _error(text, column, f"{text[column - 1]!r} has no meaning here")
        start = match.start(match.lastgroup)
        found.append(_Token(_KINDS[match.lastgroup], match[match.lastgroup].lower(), start + 1))
        at = match.end()
    return [*found, _Token(_Kind.END, "", end + 1)]


_Reads: TypeAlias = Callable[[], Node]


class _Parser:
    """One token ahead. Conditions and sums share their brackets: one descent reads both and checks the kind after."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0
        self._operations = 0

    def whole(self) -> Expression:
        tree = self._expect_condition(self._alternatives(), 1)
        if self._now.kind is not _Kind.END:
            raise self._unexpected("'and', 'or' or the end")
        return tree

    def _alternatives(self) -> Node:
        return self._joined("or", self._conjunction, either)

    def _conjunction(self) -> Node:
        return self._joined("and", self._term, both)

    def _joined(self, word: str, below: _Reads, join: Callable[[tuple[Expression, ...]], Expression]) -> Node:
        column = self._now.column
        first = below()
        if self._now.text != word:
            return first
        parts = [self._expect_condition(first, column)]
        while self._take(word):
            column = self._now.column
            parts.append(self._expect_condition(below(), column))
        return join(tuple(parts))

    def _term(self) -> Node:
        if self._take("not"):
            column = self._now.column
            return Opposite(self._expect_condition(self._deeper(self._term), column))
        return self._regime() if self._take(REGIME_COLUMN) else self._condition()

    def _regime(self) -> Expression:
        if self._now.text not in (Comparator.EQUAL, Comparator.NOT_EQUAL):
            raise self._unexpected("'==' or '!=' and a state after 'regime'")
        comparator = Comparator(self._next().text)
        if self._now.text not in _STATES:
            raise self._unexpected(f"one of {', '.join(Regime)}")
        return InRegime(comparator, Regime(self._next().text))

    def _condition(self) -> Node:
        column = self._now.column
        left = self._sum()
        word = self._now.text
        if word in _MOTIONS:
            return Moves(self._expect_sum(left, column), Motion(self._next().text))
        if word in _COMPARATORS:
            return Comparison(self._expect_sum(left, column), Comparator(self._next().text), self._right_side())
        if word in _CROSSINGS:
            return Cross(self._expect_sum(left, column), Crossing(self._next().text), self._right_side())
        return left

    def _right_side(self) -> Sum:
        column = self._now.column
        return self._expect_sum(self._sum(), column)

    def _sum(self) -> Node:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._operand)

    def _chain(self, signs: tuple[str, str], below: _Reads) -> Node:
        column = self._now.column
        left = below()
        while self._now.text in signs:
            operation = self._operation()
            after = self._now.column
            left = Combined(self._expect_sum(left, column), operation, self._expect_sum(below(), after))
        return left

    def _operation(self) -> Arithmetic:
        self._operations += 1
        if self._operations > MAX_OPERATIONS:
            raise self._error(self._now.column, f"there are more than {MAX_OPERATIONS} operations")
        return Arithmetic(self._next().text)

    def _operand(self) -> Node:
        token = self._now
        if token.kind is _Kind.NUMBER:
            return self._number()
        if self._take("-"):
            return _minus(self._expect_sum(self._deeper(self._operand), token.column + 1))
        if self._take("("):
            inside = self._deeper(self._alternatives)
            self._require(")")
            return inside
        if token.kind is _Kind.NAME and token.text not in _RESERVED:
            return self._reading()
        raise self._unexpected("a number or the name of a reading")

    def _number(self) -> Number:
        token = self._next()
        value = float(token.text)
        if not isfinite(value):
            raise self._error(token.column, f"{_shortened(token.text)} is too large")
        return Number(value)

    def _reading(self) -> Operand:
        name = self._next()
        numbers = self._numbers() if self._take("(") else ""
        part = f".{self._part()}" if self._take(".") else ""
        longer = self._timeframe() if self._now.kind is _Kind.TIMEFRAME else ""
        try:
            return Operand(operand_text(f"{name.text}{numbers}{part}{longer}"))
        except SpecError as refusal:
            raise self._error(name.column, str(refusal)) from None

    def _timeframe(self) -> str:
        token = self._next()
        written = token.text.removeprefix("@").strip()
        if written not in _TIMEFRAMES:
            reason = f"there is no timeframe {_shortened(written)!r}; write one of {', '.join(Timeframe)} after '@'"
            raise self._error(token.column, reason)
        return f"@{written}"

    def _numbers(self) -> str:
        found = [self._signed_number()]
        while self._take(","):
            found.append(self._signed_number())
        self._require(")")
        return f"({','.join(found)})"

    def _signed_number(self) -> str:
        sign = "-" if self._take("-") else ""
        if self._now.kind is not _Kind.NUMBER:
            raise self._unexpected("a number")
        return f"{sign}{self._next().text}"

    def _part(self) -> str:
        if self._now.kind is not _Kind.NAME:
            raise self._unexpected("the name of a line after '.'")
        return self._next().text

    def _deeper(self, below: _Reads) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(self._now.column, f"brackets are nested more than {MAX_DEPTH} deep")
        inside = below()
        self._depth -= 1
        return inside

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._now
        self._at += 1
        return token

    def _take(self, text: str) -> bool:
        found = self._now.text == text
        self._at += found
        return found

    def _require(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected(f"{text!r}")

    def _expect_condition(self, node: Node, column: int) -> Expression:
        if isinstance(node, _SUM_NODES):
            reason = f"{_shortened(str(node))} is a number, not a condition: compare it with something"
            raise self._error(column, reason)
        return node

    def _expect_sum(self, node: Node, column: int) -> Sum:
        if not isinstance(node, _SUM_NODES):
            raise self._error(column, f"{_shortened(str(node))} is a condition, where a number is needed")
        return node

    def _unexpected(self, wanted: str) -> SpecError:
        token = self._now
        found = "the text ends" if token.kind is _Kind.END else f"there is {_shortened(token.text)!r}"
        return self._error(token.column, f"{found}, where {wanted} is needed")

    def _error(self, column: int, reason: str) -> SpecError:
        return _error(self._text, column, reason)


def _minus(value: Sum) -> Sum:
    return Number(-value.value) if isinstance(value, Number) else Negated(value)


def _error(text: str, column: int, reason: str) -> SpecError:
    end = "" if reason.endswith((".", "?")) else "."
    return SpecError(f"{_around(text, column)!r}, column {column}: {reason}{end}")


def _around(text: str, column: int) -> str:
    """The text, or what stands near the column of a long one."""
    if len(text) <= 2 * _SHOWN:
        return text
    start = max(0, min(column - _SHOWN, len(text) - 2 * _SHOWN))
    part = text[start : start + 2 * _SHOWN]
    return f"{'…' if start else ''}{part}{'…' if start + 2 * _SHOWN < len(text) else ''}"


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
