"""Positions walked through a block: the exits of contracts.md §4, one after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.kernels.bars import Walk
from sigma_engine.kernels.exits import Ending

BUY, SELL, WAIT = 1, -1, 0
Bar = tuple[float, float, float, int]  # open, high, low, action


def endings(*bars: Bar, walk: Walk | None = None, trailing: float = np.nan) -> list[int]:
    open_, high, low = (np.array([bar[k] for bar in bars], np.float64) for k in range(3))
    out = np.full(len(bars), 9, np.int32)
    actions = np.array([bar[3] for bar in bars], np.int32)
    (walk or Walk(1.0, 2.0, trailing)).run(open_, high, low, np.ones(len(bars)), actions, out)
    return out.tolist()


def quiet(price: float = 100.0, action: int = WAIT) -> Bar:
    return price, price + 0.1, price - 0.1, action


def test_nothing_is_entered_without_an_action() -> None:
    walk = Walk(1.0, 2.0, 3.0)
    assert endings(quiet(), quiet(), walk=walk) == [Ending.NONE, Ending.NONE]
    assert walk.sign == 0


def test_an_action_is_filled_at_the_next_open_with_stop_and_target_from_there() -> None:
    walk = Walk(1.0, 2.0, 3.0)
    assert endings(quiet(action=BUY), quiet(103.0), walk=walk) == [Ending.NONE, Ending.NONE]
    assert (walk.sign, walk.stop, walk.target) == (1, 102.0, 105.0)


def test_a_long_position_ends_at_its_stop_or_its_target() -> None:
    assert endings(quiet(action=BUY), quiet(), (100, 100.5, 98.9, WAIT))[-1] == Ending.STOP
    assert endings(quiet(action=BUY), quiet(), (100, 102.1, 99.5, WAIT))[-1] == Ending.TARGET


def test_a_short_position_is_the_mirror() -> None:
    assert endings(quiet(action=SELL), quiet(), (100, 101.1, 99.5, WAIT))[-1] == Ending.STOP
    assert endings(quiet(action=SELL), quiet(), (100, 100.5, 97.9, WAIT))[-1] == Ending.TARGET


def test_both_in_one_candle_is_the_stop_and_the_entry_candle_counts() -> None:
    assert endings(quiet(action=BUY), (100, 103, 98, WAIT)) == [Ending.NONE, Ending.STOP]


def test_a_gap_beyond_the_target_is_the_target_whatever_the_candle_did_later() -> None:
    assert endings(quiet(action=BUY), quiet(), (102.5, 103, 90, WAIT))[-1] == Ending.TARGET


def test_a_trailing_stop_follows_from_the_next_candle_on() -> None:
    rise = (100.0, 101.9, 99.9, WAIT)
    fall = (101.8, 101.8, 101.3, WAIT)
    assert endings(quiet(action=BUY), rise, fall, trailing=0.5) == [Ending.NONE, Ending.NONE, Ending.STOP]
    assert endings(quiet(action=BUY), rise, fall) == [Ending.NONE] * 3


def test_after_an_ending_a_new_position_may_begin_at_the_next_open() -> None:
    stopped = (100.0, 100.1, 98.0, BUY)
    walk = Walk(1.0, 2.0, np.nan)
    assert endings(quiet(action=BUY), stopped, quiet(98.0), walk=walk) == [Ending.NONE, Ending.STOP, Ending.NONE]
    assert (walk.sign, walk.stop) == (1, 97.0)


@given(st.lists(st.tuples(st.floats(-2, 2), st.integers(-1, 1)), min_size=1, max_size=60), st.integers(0, 60))
def test_a_block_cut_in_two_ends_alike(moves: list[tuple[float, int]], cut: int) -> None:
    price, bars = 100.0, []
    for move, action in moves:
        bars.append((price, max(price, price + move) + 0.2, min(price, price + move) - 0.2, action))
        price += move
    walk = Walk(1.0, 2.0, 1.5)
    whole = endings(*bars, walk=Walk(1.0, 2.0, 1.5))
    assert endings(*bars[:cut], walk=walk) + endings(*bars[cut:], walk=walk) == whole
