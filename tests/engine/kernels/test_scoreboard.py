"""The scoreboard's tests against published numbers, and the flag they raise."""

import math
from array import array
from statistics import NormalDist

import numpy as np
import pytest

from sigma_engine.kernels.scoreboard import AMBER, COLUMNS, GREEN, RED, TOO_FEW, Scoreboard, kupiec


def judged(
    p: np.ndarray, outcome: np.ndarray, bands: tuple[float, float, float] = (1.0364, 1.6449, 1.96)
) -> Scoreboard:
    """A board of a thousand that was given forecasts of a unit normal outcome with these half widths of its bands."""
    board = Scoreboard(1000)
    ends = array("d", [*(-b for b in bands), *bands])
    for at in range(len(p)):
        board.enter(at, float(p[at]), float(p[at]), float(outcome[at]), 0.5, ends, 0.0, 1.0)
    return board


@pytest.mark.parametrize(
    ("count", "missed", "expected", "ratio"), [(250, 20, 0.05, 4.03952), (1000, 50, 0.05, 0.0), (10, 0, 0.1, 2.10721)]
)
def test_kupiec_gives_the_published_ratio(count: int, missed: int, expected: float, ratio: float) -> None:
    assert kupiec(count, missed, expected) == pytest.approx(ratio, abs=5e-6)


@pytest.mark.parametrize(
    ("count", "expected", "low", "high"),
    [
        (255, 0.05, 7, 20),
        (510, 0.05, 17, 35),
        (1000, 0.05, 38, 64),
        (1000, 0.01, 5, 16),
        (255, 0.1, 17, 35),
        (1000, 0.1, 82, 119),
    ],
)
def test_kupiec_accepts_what_his_table_accepts(count: int, expected: float, low: int, high: int) -> None:
    accepted = [missed for missed in range(count) if kupiec(count, missed, expected) <= 3.841458820694124]
    assert (accepted[0], accepted[-1]) == (low, high)


def test_a_new_board_trusts_nothing() -> None:
    board = Scoreboard(10)
    assert (board.trust, board.count()) == (TOO_FEW, 0)
    assert math.isnan(board.spiegelhalter)
    assert board.rows().shape == (0, 13)
    assert (GREEN, AMBER, RED) == (1, 2, 3)


def test_spiegelhalter_gives_the_golden_number() -> None:
    p = np.array([0.1, 0.3, 0.3, 0.6, 0.6, 0.6, 0.8, 0.8, 0.9, 0.9])
    y = np.array([0, 0, 1, 1, 0, 1, 1, 1, 1, 0])
    assert judged(p, y - 0.5).spiegelhalter == pytest.approx(0.7100469, abs=1e-7)


def test_forecasts_of_one_half_cannot_be_refuted() -> None:
    quantiles = np.array([NormalDist().inv_cdf((k + 0.5) / 300) for k in range(300)])
    board = judged(np.full(300, 0.5), quantiles)
    assert math.isnan(board.spiegelhalter)
    assert board.trust == GREEN


def test_below_a_hundred_forecasts_nothing_is_judged() -> None:
    draws = np.random.default_rng(2).standard_normal(100)
    assert judged(np.full(99, 0.99), draws[:99]).trust == TOO_FEW
    assert judged(np.full(100, 0.99), draws).trust == RED


def test_bands_that_are_too_narrow_turn_red() -> None:
    draws = np.random.default_rng(3).standard_normal(1000)
    assert judged(np.full(1000, 0.5), draws).trust == GREEN
    assert judged(np.full(1000, 0.5), draws, (0.9, 1.45, 1.7)).trust == RED


def test_it_is_rarely_red_where_the_model_is_right() -> None:
    rng = np.random.default_rng(4)
    flags = []
    for _ in range(200):
        p = rng.uniform(0.35, 0.65, 400)
        outcome = np.where(rng.random(400) < p, 1, -1) * np.abs(rng.standard_normal(400))
        flags.append(judged(p, outcome).trust)
    assert flags.count(RED) <= 12
    assert flags.count(AMBER) <= 40


def test_only_the_newest_thousand_are_kept_oldest_first() -> None:
    board = judged(np.full(1203, 0.5), np.arange(1203.0))
    rows = board.rows()
    assert rows.shape == (1000, len(COLUMNS))
    assert rows[:, COLUMNS.index("made_ms")].tolist() == list(range(203, 1203))
    assert rows[:, COLUMNS.index("outcome")].tolist() == list(range(203, 1203))


def test_it_recovers_when_the_bad_thousand_is_past() -> None:
    rng = np.random.default_rng(5)
    draws = np.concatenate([3 * rng.standard_normal(400), rng.standard_normal(1000)])
    assert judged(np.full(400, 0.5), draws[:400]).trust == RED
    assert judged(np.full(1400, 0.5), draws).trust == GREEN


def test_a_copy_goes_its_own_way() -> None:
    board = judged(np.full(120, 0.5), np.random.default_rng(6).standard_normal(120))
    twin = board.copy()
    twin.enter(0, 0.5, 0.5, 1.0, 0.5, array("d", [0.0] * 6), 0.0, 1.0)
    assert (board.matured, twin.matured) == (120, 121)
    assert np.array_equal(board.rows(), twin.rows()[:120])
