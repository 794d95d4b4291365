"""A table of the sums that conditions compare, each kept once, with the values it can still have."""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from sigma_engine.strategy.expression_tree import Arithmetic, Combined, Negated, Number, Sum
from sigma_engine.strategy.reach_intervals import Interval, combined, reach_of


class Row(IntEnum):
    """On which candle a sum is read; a constant is the same on all."""

    NOW = 0
    BEFORE = 1
    ALWAYS = 2


@dataclass(frozen=True, slots=True)
class Term:
    """The sum at a place of the table, or minus it."""

    place: int
    minus: bool = False

    def turned(self) -> "Term":
        """The same with its sign turned."""
        return Term(self.place, not self.minus)


_Content: TypeAlias = float | str | tuple[Arithmetic, Term, Term]


class SumTable:
    """Numbers, readings and what is made of them; ``a - b`` and ``b - a`` are one sum and a sign.

    ``reach`` holds by place the values a sum can have; `narrow` takes some away and `spread` draws the consequences.
    """

    def __init__(self) -> None:
        self.reach: list[Interval] = []
        self._contents: list[_Content] = []
        self._places: dict[tuple[Row, _Content], int] = {}

    def term(self, row: Row, node: Sum) -> Term:
        """The place of a sum on a candle."""
        match node:
            case Number():
                return self.constant(node.value)
            case Negated():
                return self.term(row, node.of).turned()
            case Combined():
                return self.combined(row, self.term(row, node.left), node.operation, self.term(row, node.right))
            case _:
                return self._placed(row, node.text, reach_of(node.text))

    def constant(self, value: float) -> Term:
        """The place of a number, NaN included."""
        return self._placed(Row.ALWAYS, value, Interval(value, value))

    def combined(self, row: Row, left: Term, operation: Arithmetic, right: Term) -> Term:
        """The place of a sum of two terms on the same candle."""
        values = self.value(left), self.value(right)
        if values[0] is not None and values[1] is not None:
            return self.constant(Combined(Number(values[0]), operation, Number(values[1])).at({}))
        if operation is Arithmetic.MINUS and (left.place, left.minus) > (right.place, right.minus):
            return self.combined(row, right, operation, left).turned()
        return self._placed(row, (operation, left, right), combined(self.of(left), operation, self.of(right)))

    def value(self, term: Term) -> float | None:
        """The number a term is, None where it depends on readings."""
        content = self._contents[term.place]
        if not isinstance(content, float):
            return None
        return -content if term.minus else content

    def sides(self, term: Term) -> tuple[Term, Term] | None:
        """The two sides of a difference, minus it where its sign is turned; None for anything else."""
        content = self._contents[term.place]
        if not isinstance(content, tuple) or content[0] is not Arithmetic.MINUS:
            return None
        _, left, right = content
        return (right, left) if term.minus else (left, right)

    def parts(self, place: int) -> tuple[int, ...]:
        """The places of what the sum at a place is made of."""
        content = self._contents[place]
        return (content[1].place, content[2].place) if isinstance(content, tuple) else ()

    def of(self, term: Term) -> Interval:
        """The values a term can still have."""
        return -self.reach[term.place] if term.minus else self.reach[term.place]

    def narrow(self, term: Term, bound: Interval) -> bool:
        """Leave only the values within ``bound``; whether any are left."""
        self.reach[term.place] &= -bound if term.minus else bound
        return not self.reach[term.place].is_empty

    def spread(self) -> bool:
        """Hand what is known of readings on to the sums made of them; whether every sum still has a value."""
        for place, content in enumerate(self._contents):
            if isinstance(content, tuple):
                operation, left, right = content
                if not self.narrow(Term(place), combined(self.of(left), operation, self.of(right))):
                    return False
        return True

    def _placed(self, row: Row, content: _Content, reach: Interval) -> Term:
        key = (row, content)
        if key not in self._places:
            self._places[key] = len(self._contents)
            self._contents.append(content)
            self.reach.append(reach)
        return Term(self._places[key])
