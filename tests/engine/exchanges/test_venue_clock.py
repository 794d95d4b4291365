"""The exchange's time: whoever waits for it is woken, whatever happens to this machine's clock."""

import asyncio

import pytest

from sigma_engine.clock import SystemClock
from sigma_engine.exchanges.venue_clock import VenueClock
from tests.servers.virtual_clock import VirtualClock

HOUR_MS = 3_600_000


class SetBack(VirtualClock):
    """A wall that is set back while somebody sleeps."""

    def __init__(self, start_ms: int, by_ms: int) -> None:
        super().__init__(start_ms)
        self.sleeps: list[int] = []
        self._by_ms = by_ms

    async def sleep_until(self, at_ms: int) -> None:
        self.sleeps.append(at_ms - self._now_ms)
        self._now_ms = at_ms - self._by_ms
        self._by_ms = 0


@pytest.mark.parametrize(("by_ms", "sleeps"), [(0, [1_000]), (400, [1_000, 400]), (HOUR_MS, [1_000])])
def test_a_wall_that_is_set_back_keeps_nobody_waiting_for_as_long(by_ms: int, sleeps: list[int]) -> None:
    wall = SetBack(10 * HOUR_MS, by_ms)
    asyncio.run(VenueClock(wall).sleep_until(10 * HOUR_MS + 1_000))
    assert wall.sleeps == sleeps


def test_the_offset_is_the_median_of_what_the_exchange_says() -> None:
    said = iter((0, 3_000, 3_000, 3_000, 90_000))
    wall = VirtualClock(HOUR_MS)
    clock = VenueClock(wall)

    async def told() -> int:
        return wall.now_ms() + next(said)

    asyncio.run(clock.measure(told))
    assert clock.now_ms() == HOUR_MS + 3_000
    assert clock.complaint is not None
    assert "3.0 s behind the exchange's" in clock.complaint


def test_a_practice_exchange_may_live_in_another_year() -> None:
    async def told() -> int:
        return 0

    clock = VenueClock(SystemClock(), practice=True)
    asyncio.run(clock.measure(told))
    assert clock.complaint is None
