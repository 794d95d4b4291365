"""What is decided on a candle: by scores or by conditions, with exits, permissions and the warm-up."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.distances import Measure
from sigma_engine.kernels.expression import ELSE_SKIP, GREATER, LANES, NOW, NUMBER, OVER, PLUS, THEN_SKIP, Program
from sigma_engine.kernels.judgement import Judgement, Rulebook
from sigma_engine.kernels.permission import Obstacle, Permission

TRENDING, RANGING, MIXED = range(3)
MONDAY_NOON_MS = 1_750_075_200_000
HOUR_MS = 3_600_000
ATR_STOP, PERCENT_STOP, NOTHING = (int(Measure.ATR), 1.5), (int(Measure.PERCENT), 1.0), (int(Measure.NONE), nan)
COLUMNS = 6
ENTRY_LONG, ENTRY_SHORT, EXIT_LONG, EXIT_SHORT, FILTER, SECOND = range(COLUMNS)


def is_set(column: int) -> Program:
    """Whether the column's number is above 0."""
    return Program([NOW, NUMBER, GREATER], [column, 0, 0], [0.0], COLUMNS)


def share_of_two(column: int) -> Program:
    """How many of this column's and `SECOND`'s numbers are above 0, as a share."""
    codes = [NOW, NUMBER, GREATER, NOW, NUMBER, GREATER, PLUS, NUMBER, OVER]
    return Program(codes, [column, 0, 0, SECOND, 0, 0, 0, 1, 0], [0.0, 2.0], COLUMNS)


def book(entries: tuple[int, int] = (ENTRY_LONG, ENTRY_SHORT), threshold: float = 0.5, margin: float = 0.3) -> Rulebook:
    long, short = entries
    return Rulebook(
        is_set(long), is_set(short), share_of_two(long), share_of_two(short), is_set(EXIT_LONG), is_set(EXIT_SHORT),
        threshold, margin,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Arguments of a judgement; everything is allowed unless said."""

    sides: tuple[int, int, int] = (3, 3, 3)
    days: int = 0
    opens: int = -1
    shuts: int = -1
    stop: tuple[int, float] = ATR_STOP
    target: tuple[int, float] = NOTHING
    by_scores: bool = False
    reverse: bool = False
    warm_up: int = 0
    books: list[Rulebook] = field(default_factory=lambda: [book()] * 3)

    def judgement(self) -> Judgement:
        permission = Permission(self.sides, self.days, self.opens, self.shuts, self.stop, self.target)
        return Judgement(self.warm_up, self.books, is_set(FILTER), permission, self.by_scores, self.reverse)


def judged(
    rules: Rules,
    *,
    now: AbstractSet[int] = frozenset(),
    passes: bool = True,
    regime: int = MIXED,
    scores: tuple[float, float] = (0.0, 0.0),
    at_ms: int = MONDAY_NOON_MS,
    price: float = 100.0,
    atr: float = 2.0,
    seen: int = 1,
) -> Judgement:
    """The judgement on a candle whose columns ``now`` are set."""
    rows = np.zeros((COLUMNS, 2))
    rows[[*now], 1] = 1.0
    rows[FILTER, 1] = passes
    judgement = rules.judgement()
    judgement.step(rows, 1, regime, *scores, at_ms, price, atr, seen)
    return judgement


@pytest.mark.parametrize(
    ("now", "action"),
    [(set(), 0), ({ENTRY_LONG}, 1), ({ENTRY_SHORT}, -1), ({ENTRY_LONG, ENTRY_SHORT}, 0), ({EXIT_LONG}, 0)],
)
def test_conditions_decide_and_cancel_each_other(now: set[int], action: int) -> None:
    found = judged(Rules(), now=now)
    assert (found.wish, found.action, found.obstacle) == (action, action, Obstacle.NONE)


def test_a_share_is_told_beside() -> None:
    assert judged(Rules(), now={ENTRY_LONG}).scores == (0.5, 0.0)
    assert judged(Rules(), now={ENTRY_LONG, SECOND}).scores == (1.0, 0.5)


@pytest.mark.parametrize(
    ("scores", "action"), [((0.6, 0.2), 1), ((0.2, 0.6), -1), ((0.6, 0.4), 0), ((0.45, 0.0), 0), ((0.5, 0.2), 1)]
)
def test_scores_decide_by_threshold_and_lead(scores: tuple[float, float], action: int) -> None:
    found = judged(Rules(by_scores=True), now={ENTRY_LONG}, scores=scores)
    assert (found.action, found.scores) == (action, scores)


def test_each_regime_has_its_own_rules() -> None:
    books = [book(), book((SECOND, ENTRY_SHORT)), book((ENTRY_SHORT, ENTRY_LONG))]
    actions = [judged(Rules(books=books), now={ENTRY_LONG}, regime=regime).action for regime in range(3)]
    assert actions == [1, 0, -1]
    eager = Rules(by_scores=True, books=[book(), book(threshold=0.9), book(margin=0.0)])
    assert [judged(eager, scores=(0.6, 0.5), regime=regime).action for regime in range(3)] == [0, 0, 1]


def test_exits_ask_for_no_permission() -> None:
    found = judged(Rules(sides=(0, 0, 0)), now={EXIT_LONG}, passes=False, atr=nan)
    assert found.exits == (True, False)
    assert judged(Rules(), now={EXIT_SHORT}).exits == (False, True)


def test_a_signal_closes_what_stands_against_it_only_where_the_strategy_reverses() -> None:
    assert judged(Rules(), now={ENTRY_LONG}).exits == (False, False)
    assert judged(Rules(reverse=True), now={ENTRY_LONG}).exits == (False, True)
    forbidden = judged(Rules(reverse=True, sides=(0, 0, 0)), now={ENTRY_SHORT})
    assert (forbidden.action, forbidden.exits) == (0, (True, False))


def test_nothing_is_decided_while_warming_up() -> None:
    cold = judged(Rules(warm_up=10), now={ENTRY_LONG, EXIT_LONG}, seen=9)
    assert (cold.wish, cold.action, cold.obstacle) == (0, 0, Obstacle.WARMING_UP)
    assert (cold.exits, cold.scores) == ((False, False), (0.0, 0.0))
    assert judged(Rules(warm_up=10), now={ENTRY_LONG}, seen=10).action == 1


OBSTACLES: list[tuple[dict[str, Any], dict[str, Any], Obstacle]] = [
    ({"sides": (2, 2, 2)}, {}, Obstacle.SIDE),
    ({"sides": (3, 3, 2)}, {}, Obstacle.SIDE),
    ({"sides": (2, 2, 1)}, {}, Obstacle.NONE),
    ({"days": 2}, {}, Obstacle.DAYS),
    ({"days": 2}, {"at_ms": MONDAY_NOON_MS - 24 * HOUR_MS}, Obstacle.NONE),
    ({"days": 1}, {"at_ms": MONDAY_NOON_MS - 36 * HOUR_MS}, Obstacle.DAYS),
    ({"days": 1}, {"at_ms": MONDAY_NOON_MS - 12 * HOUR_MS}, Obstacle.NONE),
    ({"opens": 720, "shuts": 780}, {}, Obstacle.NONE),
    ({"opens": 720, "shuts": 780}, {"at_ms": MONDAY_NOON_MS + HOUR_MS}, Obstacle.HOURS),
    ({"opens": 780, "shuts": 721}, {}, Obstacle.NONE),
    ({"opens": 780, "shuts": 720}, {}, Obstacle.HOURS),
    ({}, {"passes": False}, Obstacle.FILTERS),
    ({"stop": (int(Measure.LEVEL), 101.0)}, {}, Obstacle.STOP_LEVEL),
    ({"stop": (int(Measure.LEVEL), 100.0)}, {}, Obstacle.STOP_LEVEL),
    ({"stop": (int(Measure.LEVEL), 99.0)}, {}, Obstacle.NONE),
    ({"target": (int(Measure.LEVEL), 99.0)}, {}, Obstacle.TARGET_LEVEL),
    ({"target": (int(Measure.LEVEL), 101.0)}, {}, Obstacle.NONE),
    ({}, {"atr": nan}, Obstacle.NO_STOP),
    ({}, {"atr": 0.0}, Obstacle.NO_STOP),
    ({"stop": PERCENT_STOP}, {"atr": nan}, Obstacle.NONE),
]


@pytest.mark.parametrize(("limits", "moment", "obstacle"), OBSTACLES)
def test_an_entry_needs_every_permission(limits: dict[str, Any], moment: dict[str, Any], obstacle: Obstacle) -> None:
    found = judged(Rules(**limits), now={ENTRY_LONG}, **moment)
    assert (found.obstacle, found.wish) == (obstacle, 1)
    assert found.action == (1 if obstacle is Obstacle.NONE else 0)


def test_levels_stand_the_other_way_round_for_a_short() -> None:
    stop, target = (int(Measure.LEVEL), 101.0), (int(Measure.LEVEL), 99.0)
    assert judged(Rules(stop=stop, target=target), now={ENTRY_SHORT}).action == -1
    assert judged(Rules(stop=target), now={ENTRY_SHORT}).obstacle == Obstacle.STOP_LEVEL
    assert judged(Rules(stop=stop, target=stop), now={ENTRY_SHORT}).obstacle == Obstacle.TARGET_LEVEL


def test_the_first_obstacle_is_told() -> None:
    rules = Rules(sides=(2, 2, 2), days=2, opens=0, shuts=1)
    assert judged(rules, now={ENTRY_LONG}, passes=False, atr=nan).obstacle == Obstacle.SIDE


@given(st.lists(st.tuples(*[st.booleans()] * 3), min_size=1, max_size=3 * LANES))
def test_candles_that_skip_come_to_what_they_would_alone(candles: list[tuple[bool, bool, bool]]) -> None:
    """``a and (b or c) and b + c`` on many candles at once, some of which skip and some of which do not."""
    codes = [NOW, ELSE_SKIP, NOW, THEN_SKIP, NOW, ELSE_SKIP, NOW, NOW, PLUS]
    program = Program(codes, [0, 9, 1, 5, 2, 9, 1, 2, 0], [], 3)
    rows, out = np.array(candles, dtype=np.float64), np.zeros(len(candles), np.uint8)
    program.run(rows, out)
    assert out.tolist() == [int(program.holds(row, row)) for row in rows]
    assert out.tolist() == [int(a and (b or c)) for a, b, c in candles]
