"""Market time: scaled, paused, or as fast as it can."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine import clock
from sigma_engine.clock import ScaledClock, as_datetime, system_ms

START = 1_700_000_000_000


class Wall:
    """The system's clocks, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 50.0

    def monotonic(self) -> float:
        return self.seconds

    def time_ns(self) -> int:
        return int(self.seconds * 1e9)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(clock, "time", wall)
    return wall


@pytest.mark.parametrize(("speed", "passed_ms"), [(1, 2_000), (20, 40_000), (0.5, 1_000)])
def test_market_time_runs_at_its_speed(wall: Wall, speed: float, passed_ms: int) -> None:
    market = ScaledClock(START, speed)
    wall.seconds += 2
    assert market.now_ms() == START + passed_ms


def test_paused_time_stands_still_and_goes_on_where_it_stood(wall: Wall) -> None:
    market = ScaledClock(START, 10)
    wall.seconds += 1
    market.pause()
    wall.seconds += 100
    market.pause()
    assert market.now_ms() == START + 10_000
    market.resume()
    market.resume()
    wall.seconds += 1
    assert market.now_ms() == START + 20_000


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_as_fast_as_it_can_time_jumps_to_what_is_waited_for_and_never_back(waits: list[int]) -> None:
    market = ScaledClock(START, 0)

    async def wait_for_all() -> None:
        for wait in waits:
            await market.sleep_until(START + wait)

    asyncio.run(wait_for_all())
    assert market.now_ms() == START + max(waits)


def test_a_fast_clock_still_lets_others_have_their_turn() -> None:
    async def race() -> int:
        market, turns = ScaledClock(START, 0), 0
        done = asyncio.Event()

        async def other() -> None:
            nonlocal turns
            while not done.is_set():
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        at = START
        while turns < 3:
            at += 1
            await market.sleep_until(at)
        done.set()
        await task
        return turns

    assert asyncio.run(race()) >= 3


def test_an_instant_that_has_passed_is_not_waited_for() -> None:
    asyncio.run(asyncio.wait_for(ScaledClock(START, 1).sleep_until(START - 3_600_000), 60))


def test_system_time_is_in_milliseconds(wall: Wall) -> None:
    assert system_ms() == 50_000


def test_a_stamp_is_an_aware_utc_time() -> None:
    assert as_datetime(1_722_816_000_000) == datetime(2024, 8, 5, tzinfo=UTC)
