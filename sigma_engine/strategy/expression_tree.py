"""What an expression means: a tree of frozen nodes, each with its canonical print and its value on two candles."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import nan
from typing import TypeAlias

from sigma_engine.domain.signal import Regime

REGIME_COLUMN = "regime"
"""The column that holds the regime, as the position of the state in `Regime`."""

Row: TypeAlias = Mapping[str, float]
"""One candle's readings by operand text; NaN where undefined."""


class Comparator(StrEnum):
    """The six comparisons."""

    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="
    EQUAL = "=="
    NOT_EQUAL = "!="


class Crossing(StrEnum):
    """From which side a line is crossed."""

    ABOVE = "crosses_above"
    BELOW = "crosses_below"


class Motion(StrEnum):
    """Where a reading moves between two candles."""

    RISING = "rising"
    FALLING = "falling"


class Arithmetic(StrEnum):
    """The four operations."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    OVER = "/"

    @property
    def is_product(self) -> bool:
        """Whether it binds closer than a sum."""
        return self in (Arithmetic.TIMES, Arithmetic.OVER)


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float

    def __str__(self) -> str:
        return repr(self.value).removesuffix(".0")

    def at(self, row: Row) -> float:
        """The constant."""
        return self.value


@dataclass(frozen=True, slots=True)
class Operand:
    """A reading, by its canonical text."""

    text: str

    def __str__(self) -> str:
        return self.text

    def at(self, row: Row) -> float:
        """Its value on the candle of ``row``."""
        return row[self.text]


@dataclass(frozen=True, slots=True)
class Negated:
    """A sum with its sign turned."""

    of: "Sum"

    def __str__(self) -> str:
        return f"-({self.of})" if isinstance(self.of, Combined) else f"-{self.of}"

    def at(self, row: Row) -> float:
        """Minus the value."""
        return -self.of.at(row)


@dataclass(frozen=True, slots=True)
class Combined:
    """Two sums and an operation."""

    left: "Sum"
    operation: Arithmetic
    right: "Sum"

    def __str__(self) -> str:
        left = _in_brackets(self.left, self.operation, on_the_right=False)
        right = _in_brackets(self.right, self.operation, on_the_right=True)
        return f"{left}{self.operation}{right}" if self.operation.is_product else f"{left} {self.operation} {right}"

    def at(self, row: Row) -> float:
        """The result; undefined where a divisor is zero."""
        left, right = self.left.at(row), self.right.at(row)
        if self.operation is Arithmetic.PLUS:
            return left + right
        if self.operation is Arithmetic.MINUS:
            return left - right
        if self.operation is Arithmetic.TIMES:
            return left * right
        return left / right if right != 0.0 else nan


Sum: TypeAlias = Number | Operand | Negated | Combined


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sums compared on the present candle."""

    left: Sum
    comparator: Comparator
    right: Sum

    def __str__(self) -> str:
        return f"{self.left} {self.comparator} {self.right}"

    def holds(self, now: Row, before: Row | None) -> bool:
        """Whether it is so; never where either side is undefined."""
        return compare(self.left.at(now), self.comparator, self.right.at(now))


@dataclass(frozen=True, slots=True)
class Cross:
    """One line crossing another between the previous candle and this one."""

    left: Sum
    crossing: Crossing
    right: Sum

    def __str__(self) -> str:
        return f"{self.left} {self.crossing} {self.right}"

    def holds(self, now: Row, before: Row | None) -> bool:
        """``crosses_above``: previous at or below, now above; ``crosses_below`` mirrored."""
        if before is None:
            return False
        earlier = self.left.at(before), self.right.at(before)
        present = self.left.at(now), self.right.at(now)
        if self.crossing is Crossing.ABOVE:
            return earlier[0] <= earlier[1] and present[0] > present[1]
        return earlier[0] >= earlier[1] and present[0] < present[1]


@dataclass(frozen=True, slots=True)
class Moves:
    """A sum above or below its value on the previous candle."""

    what: Sum
    motion: Motion

    def __str__(self) -> str:
        return f"{self.what} {self.motion}"

    def holds(self, now: Row, before: Row | None) -> bool:
        """``rising``: now above the previous value; ``falling`` mirrored."""
        if before is None:
            return False
        if self.motion is Motion.RISING:
            return self.what.at(now) > self.what.at(before)
        return self.what.at(now) < self.what.at(before)


@dataclass(frozen=True, slots=True)
class InRegime:
    """The market's regime held against a state."""

    comparator: Comparator
    state: Regime

    def __str__(self) -> str:
        return f"{REGIME_COLUMN} {self.comparator} {self.state}"

    def holds(self, now: Row, before: Row | None) -> bool:
        """Whether the regime is, or is not, the state."""
        return compare(now[REGIME_COLUMN], self.comparator, REGIMES.index(self.state))


@dataclass(frozen=True, slots=True)
class Opposite:
    """An expression denied; an undefined comparison is false, so its denial is true."""

    of: "Expression"

    def __str__(self) -> str:
        return f"not ({self.of})" if isinstance(self.of, AllOf | AnyOf) else f"not {self.of}"

    def holds(self, now: Row, before: Row | None) -> bool:
        """Whether the expression does not hold."""
        return not self.of.holds(now, before)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Expressions that must hold together; never empty, never nested in another `AllOf`."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, AnyOf) else str(part) for part in self.parts)

    def holds(self, now: Row, before: Row | None) -> bool:
        """Whether every part holds."""
        return all(part.holds(now, before) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Expressions of which one must hold; never empty, never nested in another `AnyOf`."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " or ".join(str(part) for part in self.parts)

    def holds(self, now: Row, before: Row | None) -> bool:
        """Whether any part holds."""
        return any(part.holds(now, before) for part in self.parts)


Condition: TypeAlias = Comparison | Cross | Moves | InRegime
Expression: TypeAlias = Condition | Opposite | AllOf | AnyOf
Node: TypeAlias = Sum | Expression

REGIMES = tuple(Regime)
"""The states in the order of their codes."""


def compare(left: float, comparator: Comparator, right: float) -> bool:
    """Whether the comparison holds; false where either side is NaN, for ``!=`` too."""
    match comparator:
        case Comparator.LESS:
            return left < right
        case Comparator.LESS_EQUAL:
            return left <= right
        case Comparator.GREATER:
            return left > right
        case Comparator.GREATER_EQUAL:
            return left >= right
        case Comparator.EQUAL:
            return left == right
        case Comparator.NOT_EQUAL:
            return left < right or left > right


def both(parts: tuple[Expression, ...]) -> Expression:
    """All of ``parts``, flattened; the part itself where there is one."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, AllOf) else (part,)))
    return flat[0] if len(flat) == 1 else AllOf(flat)


def either(parts: tuple[Expression, ...]) -> Expression:
    """Any of ``parts``, flattened; the part itself where there is one."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, AnyOf) else (part,)))
    return flat[0] if len(flat) == 1 else AnyOf(flat)


def _in_brackets(node: Sum, outer: Arithmetic, *, on_the_right: bool) -> str:
    """``node`` as a side of ``outer``, in brackets only where reading it back would build another tree."""
    if isinstance(node, Negated) or (isinstance(node, Number) and node.value < 0):
        return f"({node})" if on_the_right else str(node)
    if not isinstance(node, Combined):
        return str(node)
    looser = outer.is_product and not node.operation.is_product
    same = outer.is_product == node.operation.is_product
    return f"({node})" if looser or (on_the_right and same) else str(node)
