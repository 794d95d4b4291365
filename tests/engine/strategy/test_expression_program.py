"""Compiled conditions say what the tree says: on one candle, on a block, in both modes of the kernels."""

import os
import pickle
import subprocess
import sys
from math import nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine import kernels
from sigma_engine.errors import DomainError
from sigma_engine.strategy.expression import MAX_DEPTH, Row, evaluate, groups, operands, parse, tree_of
from sigma_engine.strategy.expression_program import compile_expression, compile_groups, compile_share
from tests.engine.strategy.expression_strategies import COLUMNS, rows, texts

ROOT = Path(kernels.__file__).parents[2]
NOWHERE = np.full(len(COLUMNS), nan)
INTERPRETED = """
import pickle, sys
from pathlib import Path
import numpy as np
from sigma_engine import kernels

given, answer = map(Path, sys.argv[1:])
assert not kernels.compiled()
programs, block = pickle.loads(given.read_bytes())
answers = np.zeros((len(programs), len(block)), np.uint8)
for program, row in zip(programs, answers):
    program.run(block, row)
answer.write_bytes(pickle.dumps(answers))
"""


def array_of(row: Row) -> np.ndarray:
    return np.array([row[column] for column in COLUMNS])


@given(texts, rows, rows)
def test_a_program_says_what_the_tree_says(text: str, now: Row, before: Row) -> None:
    tree = parse(text)
    program = compile_expression(tree, COLUMNS)
    assert program.holds(array_of(now), array_of(before)) == evaluate(tree, now, before)
    assert program.holds(array_of(now), NOWHERE) == evaluate(tree, now, None)


@given(texts, st.lists(rows, max_size=6))
def test_a_block_is_candle_by_candle(text: str, candles: list[Row]) -> None:
    program = compile_expression(parse(text), COLUMNS)
    block = np.array([array_of(candle) for candle in candles]).reshape(-1, len(COLUMNS))
    out = np.full(len(candles), 9, np.uint8)
    program.run(block, out)
    before = [NOWHERE, *block[:-1]]
    assert out.tolist() == [program.holds(now, earlier) for now, earlier in zip(block, before, strict=False)]


@given(texts, st.lists(rows, min_size=2, max_size=5), st.data())
def test_a_block_goes_on_where_the_last_one_ended(text: str, candles: list[Row], data: st.DataObject) -> None:
    program = compile_expression(parse(text), COLUMNS)
    block = np.array([array_of(candle) for candle in candles])
    cut = data.draw(st.integers(1, len(block) - 1))
    whole, parts = np.zeros(len(block), np.uint8), np.zeros(len(block), np.uint8)
    program.run(block, whole)
    program.run(block[:cut], parts[:cut])
    program.run(block[cut:], parts[cut:], block[cut - 1])
    assert parts.tolist() == whole.tolist()


@pytest.mark.skipif(not kernels.compiled(), reason="no kernel is compiled here: python setup.py build_ext --inplace")
def test_interpreted_programs_give_the_answers_of_compiled_ones(tmp_path: Path) -> None:
    trees = [parse(text) for text in TEXTS]
    programs = [compile_expression(tree, COLUMNS) for tree in trees]
    rng = np.random.default_rng(5)
    block = np.round(rng.normal(50, 40, (500, len(COLUMNS))))
    block[:, -1] = rng.integers(0, 3, 500)
    block[rng.random(block.shape) < 0.05] = nan
    given, answer = tmp_path / "given", tmp_path / "answer"
    given.write_bytes(pickle.dumps((programs, block)))
    environment = os.environ | {"SIGMA_KERNELS": "interpreted", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", INTERPRETED, str(given), str(answer)]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    answers = np.zeros((len(programs), len(block)), np.uint8)
    for program, row in zip(programs, answers, strict=True):
        program.run(block, row)
    np.testing.assert_array_equal(pickle.loads(answer.read_bytes()), answers)
    assert 0.05 < answers.mean() < 0.95


TEXTS = [
    "rsi(14) < 30 and price > ema(9) or regime == ranging",
    "ema(9) crosses_above ema(20)@1h or not macd.hist rising",
    "not (zscore(20) > 2 and volume falling) and regime != mixed",
    "(price - ema(9))/macd.hist >= 1.5 or -volume < hour*2 - 30",
    "price/(hour - hour) > 0 or p_up != 0.5 and 1e308*1e308 > rsi(14)",
]


@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
def test_whatever_the_parser_accepts_compiles(sign: str) -> None:
    deep = "(" * MAX_DEPTH + "price" + "".join(f"{sign}{at}*rsi)" for at in range(MAX_DEPTH)) + " > 1"
    nested = "".join(f"(1{sign}2*" for _ in range(MAX_DEPTH)) + "price" + ")" * MAX_DEPTH + " crosses_above 1*2*3"
    long = "price" + f"{sign}price" * 55 + " rising"
    many = " or ".join(["price > 1"] * 38)
    for text in (deep, nested, long, many):
        tree, row = parse(text), dict.fromkeys(operands(parse(text)), 2.5)
        program = compile_expression(tree, list(row))
        values = list(row.values())
        assert program.holds(np.array(values), np.array(values)) == evaluate(tree, row, row)


def test_the_rest_of_a_decided_rule_is_skipped() -> None:
    program = compile_expression(parse("price > 1 and rsi > 1 and ema(9) > 1"), ["price", "rsi(14)", "ema(9)"])
    codes, arguments, _ = program.steps
    assert [(codes[at], arguments[at]) for at in (3, 7)] == [(18, 11), (18, 11)]
    assert len(codes) == 11


def test_groups_are_one_program_and_none_has_the_answer_asked_for() -> None:
    alternatives = groups(parse("rsi < 25 and volume > 5 or hour == 3"))
    program = compile_groups(alternatives, COLUMNS)
    assert program.steps == compile_expression(tree_of(alternatives), COLUMNS).steps
    assert compile_groups((), COLUMNS).value(NOWHERE, NOWHERE) == 0.0
    assert compile_groups((), COLUMNS, where_empty=True).value(NOWHERE, NOWHERE) == 1.0


@pytest.mark.parametrize(
    ("rsi", "volume", "hour", "share"),
    [(20, 9, 0, 1.0), (20, 1, 0, 0.5), (50, 1, 0, 0.0), (50, 9, 3, 1.0), (nan, 9, nan, 0.5)],
)
def test_a_share_is_that_of_the_group_nearest_to_holding(rsi: float, volume: float, hour: float, share: float) -> None:
    columns = ["rsi(14)", "volume", "hour"]
    program = compile_share(groups(parse("rsi < 25 and volume > 5 or hour == 3")), columns)
    row = np.array([rsi, volume, hour], dtype=np.float64)
    assert program.value(row, row) == share
    assert compile_share((), columns).value(row, row) == 0.0


def test_a_reading_without_a_column_is_named() -> None:
    with pytest.raises(DomainError, match=r"ema\(9\)@1h, which is not among the columns"):
        compile_expression(parse("ema(9)@1h > 3"), COLUMNS)


def test_too_narrow_candles_are_refused_before_anything_is_read() -> None:
    program = compile_expression(parse("hour > 3"), COLUMNS)
    with pytest.raises(ValueError, match="reads 10 columns, not 9"):
        program.holds(NOWHERE[:9], NOWHERE)
    with pytest.raises(ValueError, match="reads 10 columns"):
        program.run(np.zeros((4, 9)), np.zeros(4, np.uint8))
    with pytest.raises(ValueError, match="as many answers"):
        program.run(np.zeros((4, 10)), np.zeros(5, np.uint8))
