"""Runs a condition as arrays: a small stack machine that takes each step for many candles before the next."""

from collections.abc import Sequence

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels import room

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

LANES = 128
"""For how many candles a step is taken before the next."""

_PUSHES = frozenset((NUMBER, NOW, BEFORE))
_LEAVES = frozenset((NEGATED, NOT))
_CROSSINGS = frozenset((CROSSES_ABOVE, CROSSES_BELOW))
_SKIPS = frozenset((ELSE_SKIP, THEN_SKIP))


class Program:
    """What a condition does, step by step: ``codes`` and their ``arguments``, both (steps,), and the ``constants``.

    Steps work on a pile of numbers; truth is 1, falsehood 0. A pushing step's argument is a constant or a column;
    `ELSE_SKIP` goes on at its argument where the topmost is false and takes it away otherwise, `THEN_SKIP` where it
    is true. A comparison with NaN is false, a division by zero NaN. ``columns`` is how many columns a candle must
    have. Raises `ValueError` for steps that would leave the pile, the constants, the columns or the program. A
    program works for one thread at a time.
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
        height, waiting = check(list(codes), list(arguments), len(constants), columns)
        self._pile = room.floats(height, LANES)
        self._waiting = np.zeros((waiting + 1, 2), dtype=np.int32)

    def holds(self, now: Sequence[float], before: Sequence[float]) -> bool:
        """Whether it is so on a candle of the columns ``now`` (columns,), after that of ``before``, NaN for none."""
        return self.value(now, before) != 0.0

    def value(self, now: Sequence[float], before: Sequence[float]) -> float:
        """What is left at the end: 1 or 0 for a condition, the number itself for a share."""
        if len(now) < self.columns or len(before) < self.columns:
            raise ValueError(f"the program reads {self.columns} columns, not {len(now)} and {len(before)}")
        pair = np.array([before[: self.columns], now[: self.columns]], dtype=np.float64)
        self.work(np.ascontiguousarray(pair.T), 1, 1)
        return number(self._pile[0, 0])

    def run(self, rows: NDArray[np.float64], out: NDArray[np.uint8], before: Sequence[float] | None = None) -> None:
        """Whether it holds on each candle of ``rows`` (n, columns) into ``out`` (n,), 1 or 0; the GIL is released.

        ``before`` is the candle just before the block, None where there is none.
        """
        if len(out) != len(rows):
            raise ValueError(f"{len(rows)} rows need as many answers, not {len(out)}")
        if rows.shape[1] < self.columns or (before is not None and len(before) < self.columns):
            given = "none" if before is None else len(before)
            raise ValueError(f"the program reads {self.columns} columns, not {rows.shape[1]} and {given}")
        if len(rows) > 0:
            out[0] = self.holds(rows[0].tolist(), [np.nan] * rows.shape[1] if before is None else before)
            self._run(np.ascontiguousarray(rows.T), out)

    def _run(self, columns: NDArray[np.float64], out: NDArray[np.uint8]) -> None:
        with cython.nogil:
            for start in range(1, out.shape[0], 128):
                n = min(128, out.shape[0] - start)
                self.work(columns, start, n)
                for i in range(n):
                    out[start + i] = 1 if self._pile[0, i] != 0.0 else 0

    def truth(self, columns: NDArray[np.float64], start: int, n: int, answers: NDArray[np.float64]) -> None:
        """`work`, whose values come into ``answers`` (n or more,)."""
        self.work(columns, start, n)
        for i in range(n):
            answers[i] = self._pile[0, i]

    def work(self, columns: NDArray[np.float64], start: int, n: int) -> None:
        """Take all steps for ``n`` candles, `LANES` at most, the first at ``columns[:, start]``, which is not 0.

        Candles that have skipped what others have not wait where they are, one value below the others, and are put
        among them where the skip ends.
        """
        step = 0
        top = -1
        waiting = 0
        while step < self._count or waiting > 0:
            if waiting > 0 and self._waiting[waiting - 1, 0] == step:
                waiting -= 1
                top -= 1
                self._merge(self._waiting[waiting, 1], top, n)
                continue
            code = self._codes[step]
            argument = self._arguments[step]
            step += 1
            if code == 18 or code == 19:
                if waiting > 0 and self._waiting[waiting - 1, 0] == argument and self._waiting[waiting - 1, 1] == code:
                    waiting -= 1
                    top -= 1
                    self._merge(code, top, n)
                held = self._held(top, n)
                if held == (n if code == 19 else 0):
                    step = argument
                elif held == (0 if code == 19 else n):
                    top -= 1
                else:
                    self._waiting[waiting, 0] = argument
                    self._waiting[waiting, 1] = code
                    waiting += 1
            else:
                top = self._take(code, argument, top, columns, start, n)

    def _take(self, code: int, argument: int, top: int, columns: NDArray[np.float64], start: int, n: int) -> int:
        """Take a step that is no skip; where the pile's top is after it."""
        if code == 0:
            for i in range(n):
                self._pile[top + 1, i] = number(self._constants[argument])
            return top + 1
        if code == 1:
            for i in range(n):
                self._pile[top + 1, i] = columns[argument, start + i]
            return top + 1
        if code == 2:
            for i in range(n):
                self._pile[top + 1, i] = columns[argument, start + i - 1]
            return top + 1
        if code == 7:
            for i in range(n):
                self._pile[top, i] = -self._pile[top, i]
            return top
        if code == 16:
            for i in range(n):
                self._pile[top, i] = 1.0 - self._pile[top, i]
            return top
        if code == 14 or code == 15:
            self._cross(code, top - 3, n)
            return top - 3
        if code >= 8 and code <= 13:
            self._compare(code, top - 1, n)
        else:
            self._join(code, top - 1, n)
        return top - 1

    def _cross(self, code: int, at: int, n: int) -> None:
        """Whether, of four values from ``at`` on, the first of each pair passed the second."""
        if code == 14:
            for i in range(n):
                before = 1.0 if self._pile[at, i] <= self._pile[at + 1, i] else 0.0
                self._pile[at, i] = before if self._pile[at + 2, i] > self._pile[at + 3, i] else 0.0
        else:
            for i in range(n):
                before = 1.0 if self._pile[at, i] >= self._pile[at + 1, i] else 0.0
                self._pile[at, i] = before if self._pile[at + 2, i] < self._pile[at + 3, i] else 0.0

    def _join(self, code: int, at: int, n: int) -> None:
        """What a step of arithmetic makes of the values at ``at`` and above."""
        if code == 3:
            for i in range(n):
                self._pile[at, i] = self._pile[at, i] + self._pile[at + 1, i]
        elif code == 4:
            for i in range(n):
                self._pile[at, i] = self._pile[at, i] - self._pile[at + 1, i]
        elif code == 5:
            for i in range(n):
                self._pile[at, i] = self._pile[at, i] * self._pile[at + 1, i]
        elif code == 6:
            for i in range(n):
                by = self._pile[at + 1, i]
                quotient = self._pile[at, i] / (by if by != 0.0 else 1.0)
                self._pile[at, i] = quotient if by != 0.0 else nan
        else:
            for i in range(n):
                self._pile[at, i] = (
                    self._pile[at, i] if self._pile[at, i] > self._pile[at + 1, i] else self._pile[at + 1, i]
                )

    def _compare(self, code: int, at: int, n: int) -> None:
        """Whether a comparison of the values at ``at`` and above holds; never where either is NaN."""
        if code == 8:
            for i in range(n):
                self._pile[at, i] = 1.0 if self._pile[at, i] < self._pile[at + 1, i] else 0.0
        elif code == 9:
            for i in range(n):
                self._pile[at, i] = 1.0 if self._pile[at, i] <= self._pile[at + 1, i] else 0.0
        elif code == 10:
            for i in range(n):
                self._pile[at, i] = 1.0 if self._pile[at, i] > self._pile[at + 1, i] else 0.0
        elif code == 11:
            for i in range(n):
                self._pile[at, i] = 1.0 if self._pile[at, i] >= self._pile[at + 1, i] else 0.0
        elif code == 12:
            for i in range(n):
                self._pile[at, i] = 1.0 if self._pile[at, i] == self._pile[at + 1, i] else 0.0
        else:
            for i in range(n):
                less = 1.0 if self._pile[at, i] < self._pile[at + 1, i] else 0.0
                self._pile[at, i] = 1.0 if self._pile[at, i] > self._pile[at + 1, i] else less

    def _held(self, top: int, n: int) -> int:
        """For how many candles the topmost value is true."""
        held = 0
        for i in range(n):
            held += 1 if self._pile[top, i] != 0.0 else 0
        return held

    def _merge(self, code: int, at: int, n: int) -> None:
        """Where a skip ends: the candles it has decided keep what waits at ``at``, the others what stands above."""
        if code == 18:
            for i in range(n):
                self._pile[at, i] = self._pile[at, i] if self._pile[at, i] == 0.0 else self._pile[at + 1, i]
        else:
            for i in range(n):
                self._pile[at, i] = self._pile[at, i] if self._pile[at, i] != 0.0 else self._pile[at + 1, i]

    def __reduce__(self) -> tuple[object, ...]:
        return Program, (*self.steps, self.columns)


def number(value: float) -> float:
    """A value of an array as a plain number."""
    return value if cython.compiled else float(value)


def check(codes: list[int], arguments: list[int], constants: int, columns: int) -> tuple[int, int]:
    """How high the pile grows, and how many skips are open at once.

    Raise `ValueError` unless the program stays within its pile, constants, columns and steps, and leaves one value.
    Skips go forward to where the pile is as high as they leave it, one inside the other, so that one pass sees every
    height.
    """
    if len(codes) == 0 or len(codes) != len(arguments):
        raise ValueError("a program has as many arguments as codes, and at least one")
    height = highest = deepest = 0
    skips: list[tuple[int, int]] = []
    for step, (code, argument) in enumerate(zip(codes, arguments, strict=True)):
        skips = open_at(step, height, skips)
        takes = needed(code)
        if code in _SKIPS:
            if not step < argument <= len(codes) or any(argument > target for target, _ in skips):
                raise ValueError(f"step {step} skips to {argument}")
            skips.append((argument, height))
        elif code in _PUSHES and not 0 <= argument < (constants if code == NUMBER else columns):
            raise ValueError(f"step {step} reads {argument} of {constants} constants and {columns} columns")
        if height < takes:
            raise ValueError(f"step {step} needs {takes} values and finds {height}")
        height += 1 - takes if code not in _SKIPS else -1
        if height > MOST_VALUES:
            raise ValueError(f"step {step} holds {height} values; at most {MOST_VALUES} fit")
        highest, deepest = max(highest, height + len(skips)), max(deepest, len(skips))
    open_at(len(codes), height, skips)
    if height != 1:
        raise ValueError(f"the program leaves {height} values, not one")
    return highest, deepest


def open_at(step: int, height: int, skips: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The skips that go beyond ``step``; raises `ValueError` where one that ends there left another height."""
    if any(target == step and left != height for target, left in skips):
        raise ValueError(f"step {step} is reached with piles of different heights")
    return [skip for skip in skips if skip[0] != step]


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
