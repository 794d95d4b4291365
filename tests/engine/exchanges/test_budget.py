"""The rate budget: who is served first, what is kept for protection, and never too much."""

import asyncio
from collections.abc import Awaitable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.exchanges.budget import Bucket, Budget, Lane, Rate, Silenced
from tests.servers.virtual_clock import VirtualClock

RATE = Rate(weight=500, window_ms=10_000, entries_per_minute=30)
LANES = st.sampled_from(Lane)
CALLS = st.lists(st.tuples(LANES, st.integers(1, 60), st.integers(0, 4_000)), min_size=1, max_size=60)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def play(calls: list[tuple[Lane, int, int]], rate: Rate = RATE) -> list[tuple[int, Lane, int, int]]:
    """When each call (lane, weight, milliseconds after the one before) had its turn, in the order of the turns."""
    turns: list[tuple[int, Lane, int, int]] = []

    async def run() -> None:
        clock = VirtualClock(1_000_000)
        budget = Budget(rate, clock)

        async def ask(place: int, lane: Lane, weight: int) -> None:
            await budget.turn(lane, weight)
            turns.append((clock.now_ms(), lane, weight, place))

        tasks = []
        for place, (lane, weight, after_ms) in enumerate(calls):
            await clock.run_to(clock.now_ms() + after_ms, settle)
            tasks.append(asyncio.ensure_future(ask(place, lane, weight)))
            await settle()
        await clock.run_to(clock.now_ms() + 600_000, settle)
        assert all(task.done() for task in tasks)
        await budget.close()

    asyncio.run(run())
    return turns


@given(CALLS)
def test_no_window_ever_holds_more_than_the_rate(calls: list[tuple[Lane, int, int]]) -> None:
    turns = play(calls)
    for begins_ms, *_ in turns:
        spent = sum(weight for at_ms, _, weight, _ in turns if begins_ms <= at_ms < begins_ms + RATE.window_ms)
        assert spent <= RATE.weight


@given(CALLS)
def test_whoever_may_not_protect_leaves_three_tenths(calls: list[tuple[Lane, int, int]]) -> None:
    turns = play(calls)
    for begins_ms, *_ in turns:
        window = [turn for turn in turns if begins_ms <= turn[0] < begins_ms + RATE.window_ms]
        assert sum(weight for _, lane, weight, _ in window if lane.share < 1) <= 350


@given(CALLS, st.integers(1, 30 * 86_400_000))
def test_a_clock_that_is_set_back_holds_nothing_up_longer_than_a_window(
    calls: list[tuple[Lane, int, int]], back_ms: int
) -> None:
    bucket, now_ms = Bucket(RATE), 30 * 86_400_000
    for lane, weight, after_ms in calls:
        now_ms = bucket.ready_ms(lane, weight, now_ms + after_ms)
        bucket.spend(lane, weight, now_ms)
    now_ms -= back_ms
    assert now_ms <= bucket.ready_ms(Lane.DATA, 50, now_ms) <= now_ms + RATE.window_ms
    bucket.spend(Lane.PROTECT, 1, now_ms + RATE.window_ms)
    assert bucket.ready_ms(Lane.DATA, 50, now_ms + RATE.window_ms) == now_ms + RATE.window_ms


@given(st.lists(st.tuples(st.just(Lane.ENTRY), st.just(1), st.integers(0, 100)), min_size=31, max_size=70))
def test_no_minute_holds_more_than_thirty_entries(calls: list[tuple[Lane, int, int]]) -> None:
    turns = play(calls)
    for begins_ms, *_ in turns:
        assert sum(begins_ms <= at_ms < begins_ms + 60_000 for at_ms, *_ in turns) <= 30


@given(st.permutations([lane for lane in Lane for _ in range(3)]))
def test_who_waits_is_served_by_lane_then_by_coming(lanes: list[Lane]) -> None:
    crowd = [(Lane.PROTECT, 500, 0), *((lane, 60, 0) for lane in lanes)]
    served = [(lane, place) for _, lane, _, place in play(crowd)][1:]
    assert served == sorted(served)


def test_protection_goes_out_at_once_while_data_waits() -> None:
    calls = [(Lane.DATA, 50, 0) for _ in range(10)] + [(Lane.PROTECT, 5, 0)]
    at_ms = {place: at_ms for at_ms, _, _, place in play(calls)}
    assert at_ms[10] == at_ms[0]
    assert at_ms[9] > at_ms[0]


def test_entries_over_their_number_do_not_hold_up_data() -> None:
    calls = [(Lane.ENTRY, 1, 0) for _ in range(31)] + [(Lane.DATA, 1, 0)]
    at_ms = {place: at_ms for at_ms, _, _, place in play(calls)}
    assert at_ms[31] == at_ms[0]
    assert at_ms[30] == at_ms[0] + 60_000


@given(CALLS)
def test_everybody_has_a_turn_in_the_end(calls: list[tuple[Lane, int, int]]) -> None:
    assert len(play(calls)) == len(calls)


def test_who_waits_keeps_nobody_busy() -> None:
    """Data that could go, behind a reading that waits for weight, asks for no turn of the loop meanwhile."""

    async def run() -> None:
        clock = VirtualClock(0)
        budget = Budget(RATE, clock)
        await budget.turn(Lane.DATA, 320)
        tasks = [
            asyncio.ensure_future(budget.turn(lane, weight)) for lane, weight in ((Lane.ENTRY, 60), (Lane.DATA, 1))
        ]
        await settle()
        assert clock.next_ms() == 10_000
        await clock.run_to(10_000, settle)
        assert all(task.done() for task in tasks)
        await budget.close()

    asyncio.run(run())


def test_one_call_heavier_than_its_share_is_served_alone() -> None:
    assert Bucket(RATE).ready_ms(Lane.DATA, 400, 0) == 0


@pytest.mark.parametrize("lane", Lane)
def test_during_a_ban_nobody_has_a_turn(lane: Lane) -> None:
    async def run() -> None:
        clock = VirtualClock(0)
        budget = Budget(RATE, clock)
        await budget.turn(Lane.PROTECT, 500)
        waiting = asyncio.ensure_future(budget.turn(lane, 5))
        await settle()
        budget.silence(60_000)
        await refused(waiting)
        await clock.run_to(59_999, settle)
        await refused(budget.turn(lane, 5))
        await clock.run_to(60_000, settle)
        await budget.turn(lane, 5)
        await budget.close()

    async def refused(turn: Awaitable[None]) -> None:
        with pytest.raises(Silenced) as silenced:
            await turn
        assert silenced.value.until_ms == 60_000

    asyncio.run(run())


def test_who_gives_up_waiting_spends_nothing() -> None:
    async def run() -> None:
        clock = VirtualClock(0)
        budget = Budget(RATE, clock)
        await budget.turn(Lane.PROTECT, 500)
        waiting = asyncio.ensure_future(budget.turn(Lane.PROTECT, 500))
        await settle()
        waiting.cancel()
        await asyncio.wait((waiting,))
        await clock.run_to(10_000, settle)
        await budget.turn(Lane.PROTECT, 500)
        await budget.close()

    asyncio.run(run())


def test_what_is_free_is_taken_at_once_but_never_past_who_waits_nor_over_the_rate() -> None:
    async def run() -> None:
        clock = VirtualClock(0)
        budget = Budget(RATE, clock)
        assert budget.takes(Lane.PROTECT, 500)
        assert not budget.takes(Lane.PROTECT, 1)
        waiting = asyncio.ensure_future(budget.turn(Lane.PROTECT, 500))
        await settle()
        clock_then = clock.now_ms() + RATE.window_ms
        assert not budget.takes(Lane.PROTECT, 1)
        await clock.run_to(clock_then, settle)
        assert waiting.done()
        await clock.run_to(clock_then + RATE.window_ms, settle)
        budget.silence(clock.now_ms() + 1)
        with pytest.raises(Silenced):
            budget.takes(Lane.PROTECT, 1)
        await budget.close()

    asyncio.run(run())
