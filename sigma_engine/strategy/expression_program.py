"""Compiles conditions to the kernel's programs: one row or a million, with the answers of `evaluate` bit for bit."""

from collections.abc import Sequence

from sigma_engine.errors import DomainError
from sigma_engine.kernels import expression as kernel
from sigma_engine.kernels.expression import Program
from sigma_engine.strategy.expression_tree import (
    REGIME_COLUMN,
    REGIMES,
    AllOf,
    AnyOf,
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
    Number,
    Operand,
    Opposite,
    Sum,
)
from sigma_engine.strategy.expression_walks import Groups, tree_of

_ARITHMETIC = {
    Arithmetic.PLUS: kernel.PLUS,
    Arithmetic.MINUS: kernel.MINUS,
    Arithmetic.TIMES: kernel.TIMES,
    Arithmetic.OVER: kernel.OVER,
}
_COMPARISONS = {
    Comparator.LESS: kernel.LESS,
    Comparator.LESS_EQUAL: kernel.LESS_EQUAL,
    Comparator.GREATER: kernel.GREATER,
    Comparator.GREATER_EQUAL: kernel.GREATER_EQUAL,
    Comparator.EQUAL: kernel.EQUAL,
    Comparator.NOT_EQUAL: kernel.NOT_EQUAL,
}
_CROSSINGS = {Crossing.ABOVE: kernel.CROSSES_ABOVE, Crossing.BELOW: kernel.CROSSES_BELOW}
_MOTIONS = {Motion.RISING: kernel.GREATER, Motion.FALLING: kernel.LESS}


def compile_expression(tree: Expression, columns: Sequence[str]) -> Program:
    """The program of ``tree`` over rows whose columns are ``columns``, operand texts and `REGIME_COLUMN`.

    A row of NaN stands for a candle before the first. Raises `DomainError` where a reading has no column.
    """
    steps = _Steps(columns)
    steps.add_condition(tree)
    return steps.program()


def compile_groups(groups: Groups, columns: Sequence[str], *, where_empty: bool = False) -> Program:
    """Whether all conditions of any group hold; ``where_empty`` is the answer where there is no group."""
    if groups:
        return compile_expression(tree_of(groups), columns)
    return Program([kernel.NUMBER], [0], [float(where_empty)], 0)


def compile_share(groups: Groups, columns: Sequence[str]) -> Program:
    """The program whose value is the share of conditions that hold, 0 to 1, in the group nearest to holding."""
    steps = _Steps(columns)
    for group in groups:
        for condition in group:
            steps.add_condition(condition)
        for _ in group[1:]:
            steps.add(kernel.PLUS)
        steps.add_number(float(len(group)))
        steps.add(kernel.OVER)
    for _ in groups[1:]:
        steps.add(kernel.GREATEST)
    if not groups:
        steps.add_number(0.0)
    return steps.program()


class _Steps:
    """A program in the making."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._place = {text: at for at, text in enumerate(columns)}
        self._codes: list[int] = []
        self._arguments: list[int] = []
        self._constants: dict[str, float] = {}

    def program(self) -> Program:
        return Program(self._codes, self._arguments, list(self._constants.values()), len(self._place))

    def add(self, code: int, argument: int = 0) -> None:
        self._codes.append(code)
        self._arguments.append(argument)

    def add_number(self, value: float) -> None:
        self._constants.setdefault(repr(value), value)
        self.add(kernel.NUMBER, list(self._constants).index(repr(value)))

    def add_condition(self, node: Expression) -> None:
        match node:
            case Comparison():
                self._add_sums(kernel.NOW, node.left, node.right)
                self.add(_COMPARISONS[node.comparator])
            case Cross():
                self._add_sums(kernel.BEFORE, node.left, node.right)
                self._add_sums(kernel.NOW, node.left, node.right)
                self.add(_CROSSINGS[node.crossing])
            case Moves():
                self._add_sums(kernel.NOW, node.what)
                self._add_sums(kernel.BEFORE, node.what)
                self.add(_MOTIONS[node.motion])
            case InRegime():
                self._add_column(kernel.NOW, REGIME_COLUMN)
                self.add_number(float(REGIMES.index(node.state)))
                self.add(_COMPARISONS[node.comparator])
            case Opposite():
                self.add_condition(node.of)
                self.add(kernel.NOT)
            case AllOf():
                self._add_joined(node.parts, kernel.ELSE_SKIP)
            case AnyOf():
                self._add_joined(node.parts, kernel.THEN_SKIP)

    def _add_joined(self, parts: tuple[Expression, ...], skip: int) -> None:
        """The parts one after the other; as soon as one decides, the rest is skipped."""
        open_skips = []
        for part in parts[:-1]:
            self.add_condition(part)
            open_skips.append(len(self._codes))
            self.add(skip)
        self.add_condition(parts[-1])
        for at in open_skips:
            self._arguments[at] = len(self._codes)

    def _add_sums(self, row: int, *sums: Sum) -> None:
        for each in sums:
            self._add_sum(row, each)

    def _add_sum(self, row: int, node: Sum) -> None:
        match node:
            case Number():
                self.add_number(node.value)
            case Operand():
                self._add_column(row, node.text)
            case Negated():
                self._add_sum(row, node.of)
                self.add(kernel.NEGATED)
            case Combined():
                self._add_sums(row, node.left, node.right)
                self.add(_ARITHMETIC[node.operation])

    def _add_column(self, row: int, text: str) -> None:
        if text not in self._place:
            raise DomainError(f"The condition reads {text}, which is not among the columns; compute that column too.")
        self.add(row, self._place[text])
