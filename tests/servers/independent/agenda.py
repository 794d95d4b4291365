"""What will happen later, on whatever clock the exchange was given."""

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, Protocol


class Clock(Protocol):
    """Any clock that tells the time in UTC milliseconds and lets one wait for it."""

    def now_ms(self) -> int: ...

    async def sleep_until(self, at_ms: int) -> None: ...


class Agenda:
    """Deeds in the order of their times; each gets a sleeper on the clock, and `advance` does what is due anyway."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._deeds: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()
        self._sleepers: set[asyncio.Task[object]] = set()

    def now_ms(self) -> int:
        return self.clock.now_ms()

    def at(self, at_ms: int, deed: Callable[[], None]) -> None:
        """Do it when the clock has reached ``at_ms``."""
        heapq.heappush(self._deeds, (at_ms, next(self._order), deed))
        self.spawn(self._wake(at_ms))

    def after(self, wait_ms: int, deed: Callable[[], None]) -> None:
        self.at(self.now_ms() + wait_ms, deed)

    def spawn(self, work: Coroutine[Any, Any, object]) -> None:
        """Let something run beside, no longer than the agenda itself."""
        task = asyncio.get_running_loop().create_task(work)
        self._sleepers.add(task)
        task.add_done_callback(self._sleepers.discard)

    def advance(self) -> None:
        """Do everything that is due by now."""
        while self._deeds and self._deeds[0][0] <= self.now_ms():
            heapq.heappop(self._deeds)[2]()

    async def stop(self) -> None:
        """Forget what was to come."""
        self._deeds.clear()
        sleepers = list(self._sleepers)
        for sleeper in sleepers:
            sleeper.cancel()
        await asyncio.gather(*sleepers, return_exceptions=True)

    async def _wake(self, at_ms: int) -> None:
        await self.clock.sleep_until(at_ms)
        self.advance()
