"""The stack machine by itself: what its steps do, and which programs it refuses to hold."""

import pickle
from math import inf, nan

import numpy as np
import pytest

from sigma_engine.kernels.expression import (
    BEFORE,
    CROSSES_ABOVE,
    CROSSES_BELOW,
    ELSE_SKIP,
    EQUAL,
    GREATER,
    GREATEST,
    LESS,
    MINUS,
    NEGATED,
    NOT,
    NOT_EQUAL,
    NOW,
    NUMBER,
    OVER,
    PLUS,
    THEN_SKIP,
    TIMES,
    Program,
)

NOTHING = np.empty(0)


def of_two(code: int, left: float, right: float) -> float:
    return Program([NUMBER, NUMBER, code], [0, 1, 0], [left, right], 0).value(NOTHING, NOTHING)


@pytest.mark.parametrize(
    ("code", "left", "right", "result"),
    [
        (PLUS, 2.0, 3.0, 5.0),
        (MINUS, 2.0, 3.0, -1.0),
        (TIMES, 2.0, 3.0, 6.0),
        (TIMES, 1e300, 1e300, inf),
        (OVER, 3.0, 2.0, 1.5),
        (OVER, 3.0, 0.0, nan),
        (OVER, 3.0, -0.0, nan),
        (GREATEST, 2.0, 3.0, 3.0),
        (LESS, 2.0, 3.0, 1.0),
        (LESS, 2.0, nan, 0.0),
        (EQUAL, nan, nan, 0.0),
        (NOT_EQUAL, 2.0, 3.0, 1.0),
        (NOT_EQUAL, nan, 3.0, 0.0),
    ],
)
def test_steps_of_two_numbers(code: int, left: float, right: float, result: float) -> None:
    np.testing.assert_equal(of_two(code, left, right), result)


@pytest.mark.parametrize(
    ("before", "now", "above", "below"),
    [
        ((1.0, 2.0), (3.0, 2.0), True, False),
        ((2.0, 2.0), (3.0, 2.0), True, False),
        ((2.0, 2.0), (1.0, 2.0), False, True),
        ((1.0, 2.0), (2.0, 2.0), False, False),
        ((nan, 2.0), (3.0, 2.0), False, False),
    ],
)
def test_crossings_look_at_both_candles(
    before: tuple[float, float], now: tuple[float, float], above: bool, below: bool
) -> None:
    for code, expected in ((CROSSES_ABOVE, above), (CROSSES_BELOW, below)):
        program = Program([BEFORE, BEFORE, NOW, NOW, code], [0, 1, 0, 1, 0], [], 2)
        assert program.holds(np.array(now), np.array(before)) is expected


def test_what_is_skipped_changes_nothing() -> None:
    both = Program([NOW, ELSE_SKIP, NOW], [0, 3, 1], [], 2)
    either = Program([NOW, THEN_SKIP, NOW, NOT, NEGATED], [0, 3, 1, 0, 0], [], 2)
    rows = [np.array(row) for row in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))]
    assert [both.holds(row, row) for row in rows] == [False, False, False, True]
    assert [either.value(row, row) for row in rows] == [-1.0, 0.0, 0.0, 0.0]


def test_a_program_survives_storage() -> None:
    program = Program([NOW, NUMBER, GREATER], [0, 0, 0], [5.0], 1)
    twin = pickle.loads(pickle.dumps(program))
    assert twin.steps == program.steps
    assert twin.holds(np.array([6.0]), np.array([nan]))


@pytest.mark.parametrize(
    ("codes", "arguments", "constants", "columns"),
    [
        ([], [], [], 0),
        ([0], [1], [5.0], 0),
        ([0], [-1], [5.0], 0),
        ([1], [3], [], 3),
        ([0, 3], [0, 0], [5.0], 0),
        ([0, 0], [0, 0], [5.0], 0),
        ([0, 99], [0, 0], [5.0], 0),
        ([0, 18, 0], [0, 1, 0], [5.0], 0),
        ([0, 18, 0], [0, 9, 0], [5.0], 0),
        ([0, 18, 0, 0, 3], [0, 4, 0, 0, 0], [5.0], 0),
        ([0] * 65 + [3] * 64, [0] * 129, [5.0], 0),
    ],
)
def test_steps_that_would_leave_the_pile_or_the_columns_are_refused(
    codes: list[int], arguments: list[int], constants: list[float], columns: int
) -> None:
    with pytest.raises(ValueError, match=r"step|program"):
        Program(codes, arguments, constants, columns)
