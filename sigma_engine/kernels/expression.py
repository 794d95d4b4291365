"""Runs a condition as arrays: a small stack machine over one candle's columns, or over a block of a million."""

from array import array
from collections.abc import Sequence

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    from math import nan

NUMBER, NOW, BEFORE = 0, 1, 2
PLUS, MINUS, TIMES, OVER, NEGATED = 3, 4, 5, 6, 7
LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL = 8, 9, 10, 11, 12, 13
CROSSES_ABOVE, CROSSES_BELOW = 14, 15
NOT, GREATEST = 16, 17
ELSE_SKIP, THEN_SKIP = 18, 19

MOST_VALUES = 64
"""How many values a program may hold at once."""

_PUSHES = frozenset((NUMBER, NOW, BEFORE))
_LEAVES = frozenset((NEGATED, NOT))
_CROSSINGS = frozenset((CROSSES_ABOVE, CROSSES_BELOW))
_SKIPS = frozenset((ELSE_SKIP, THEN_SKIP))


class Program:
    """What a condition does, step by step: ``codes`` and their ``arguments``, both (steps,), and the ``constants``.

    Steps work on a pile of numbers; truth is 1, falsehood 0. A pushing step's argument is a constant or a column;
    `ELSE_SKIP` goes on at its argument where the topmost is false and takes it away otherwise, `THEN_SKIP` where it
    is true. A comparison with NaN is false, a division by zero NaN. ``columns`` is how many columns a candle must
    have. Raises `ValueError` for steps that would leave the pile, the constants, the columns or the program.
    """

    def __init__(
        self, codes: Sequence[int], arguments: Sequence[int], constants: Sequence[float], columns: int
    ) -> None:
        self.steps = tuple(codes), tuple(arguments), tuple(constants)
        self.columns = columns
        self._codes = np.array(codes, dtype=np.int32)
        self._arguments = np.array(arguments, dtype=np.int32)
        self._constants = np.array([*constants, 0.0], dtype=np.float64)
        self._count = len(self._codes)
        self._nothing = array("d", [float("nan")] * max(columns, 1))
        check(list(codes), list(arguments), len(constants), columns)

    def holds(self, now: Sequence[float], before: Sequence[float]) -> bool:
        """Whether it is so on a candle of the columns ``now`` (columns,), after that of ``before``, NaN for none."""
        return self.value(now, before) != 0.0

    def value(self, now: Sequence[float], before: Sequence[float]) -> float:
        """What is left at the end: 1 or 0 for a condition, the number itself for a share."""
        if len(now) < self.columns or len(before) < self.columns:
            raise ValueError(f"the program reads {self.columns} columns, not {len(now)} and {len(before)}")
        return self.value_on(now, before)

    def run(self, rows: NDArray[np.float64], out: NDArray[np.uint8], before: Sequence[float] | None = None) -> None:
        """Whether it holds on each candle of ``rows`` (n, columns) into ``out`` (n,), 1 or 0; the GIL is released.

        ``before`` is the candle just before the block, None where there is none.
        """
        first = self._nothing if before is None else before
        if len(out) != len(rows):
            raise ValueError(f"{len(rows)} rows need as many answers, not {len(out)}")
        if len(first) < self.columns or rows.shape[1] < self.columns:
            raise ValueError(f"the program reads {self.columns} columns, not {rows.shape[1]} and {len(first)}")
        if len(rows) > 0:
            self._run(rows, first, out)

    def _run(self, rows: NDArray[np.float64], first: Sequence[float], out: NDArray[np.uint8]) -> None:
        with cython.nogil:
            out[0] = 1 if self.value_on(rows[0], first) != 0.0 else 0
            for i in range(1, rows.shape[0]):
                out[i] = 1 if self.value_on(rows[i], rows[i - 1]) != 0.0 else 0

    def holds_on(self, now: Sequence[float], before: Sequence[float]) -> bool:
        """`holds` for other kernels, which see to it that both have enough columns."""
        return self.value_on(now, before) != 0.0

    def value_on(self, now: Sequence[float], before: Sequence[float]) -> float:
        """`value` for other kernels, which see to it that both have enough columns."""
        if not cython.compiled:
            pile = [0.0] * MOST_VALUES
        step = 0
        top = -1
        while step < self._count:
            code = self._codes[step]
            argument = self._arguments[step]
            step += 1
            if code == 0:
                top += 1
                pile[top] = number(self._constants[argument])
            elif code == 1:
                top += 1
                pile[top] = number(now[argument])
            elif code == 2:
                top += 1
                pile[top] = number(before[argument])
            elif code == 7:
                pile[top] = -pile[top]
            elif code == 16:
                pile[top] = 1.0 - pile[top]
            elif code == 14:
                top -= 3
                crossed = pile[top] <= pile[top + 1] and pile[top + 2] > pile[top + 3]
                pile[top] = 1.0 if crossed else 0.0
            elif code == 15:
                top -= 3
                crossed = pile[top] >= pile[top + 1] and pile[top + 2] < pile[top + 3]
                pile[top] = 1.0 if crossed else 0.0
            elif code == 18 or code == 19:
                if (pile[top] != 0.0) == (code == 19):
                    step = argument
                else:
                    top -= 1
            else:
                top -= 1
                pile[top] = joined(code, pile[top], pile[top + 1])
        return pile[0]

    def __reduce__(self) -> tuple[object, ...]:
        return Program, (*self.steps, self.columns)


def number(value: float) -> float:
    """A column's value as a plain number."""
    return value if cython.compiled else float(value)


def joined(code: int, left: float, right: float) -> float:
    """What a step of two numbers makes of them."""
    if code == 3:
        return left + right
    if code == 4:
        return left - right
    if code == 5:
        return left * right
    if code == 6:
        return left / right if right != 0.0 else nan
    if code == 17:
        return left if left > right else right
    return 1.0 if compared(code, left, right) else 0.0


def compared(code: int, left: float, right: float) -> bool:
    """Whether a comparison holds; never where either side is NaN."""
    if code == 8:
        return left < right
    if code == 9:
        return left <= right
    if code == 10:
        return left > right
    if code == 11:
        return left >= right
    if code == 12:
        return left == right
    return left < right or left > right


def check(codes: list[int], arguments: list[int], constants: int, columns: int) -> None:
    """Raise `ValueError` unless the program stays within its pile, constants, columns and steps, and leaves one value.

    Skips go forward to where the pile is as high as they leave it, so that one pass sees every height.
    """
    if len(codes) == 0 or len(codes) != len(arguments):
        raise ValueError("a program has as many arguments as codes, and at least one")
    height = 0
    expected: dict[int, int] = {}
    for step, (code, argument) in enumerate(zip(codes, arguments, strict=True)):
        if expected.pop(step, height) != height:
            raise ValueError(f"step {step} is reached with piles of different heights")
        if code in _SKIPS:
            if not step < argument <= len(codes) or expected.setdefault(argument, height) != height:
                raise ValueError(f"step {step} skips to {argument}")
        elif code in _PUSHES and not 0 <= argument < (constants if code == NUMBER else columns):
            raise ValueError(f"step {step} reads {argument} of {constants} constants and {columns} columns")
        takes = needed(code)
        if height < takes:
            raise ValueError(f"step {step} needs {takes} values and finds {height}")
        height += 1 - takes if code not in _SKIPS else -1
        if height > MOST_VALUES:
            raise ValueError(f"step {step} holds {height} values; at most {MOST_VALUES} fit")
    if height != 1 or expected.pop(len(codes), 1) != 1:
        raise ValueError(f"the program leaves {height} values, not one")


def needed(code: int) -> int:
    """How many values a step takes; raises `ValueError` for a code that does not exist."""
    if code in _PUSHES:
        return 0
    if code in _LEAVES or code in _SKIPS:
        return 1
    if code in _CROSSINGS:
        return 4
    if not PLUS <= code <= GREATEST:
        raise ValueError(f"there is no step {code}")
    return 2
