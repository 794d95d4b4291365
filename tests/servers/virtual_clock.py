"""Time that passes only when a test lets it: hours in seconds, every waiting woken in its order."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from itertools import count


class VirtualClock:
    """A `sigma_engine.clock.Clock`, and a plain ``now_ms`` for the practice exchange."""

    speed = 1.0

    def __init__(self, start_ms: int) -> None:
        self._now_ms = start_ms
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()

    def now_ms(self) -> int:
        return self._now_ms

    async def sleep_until(self, at_ms: int) -> None:
        if at_ms <= self._now_ms:
            await asyncio.sleep(0)
            return
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at_ms, next(self._order), waking))
        await waking

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def next_ms(self) -> int | None:
        """When the next sleeper is due."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def run_to(self, at_ms: int, settle: Callable[[], Awaitable[None]]) -> None:
        """Let time pass until ``at_ms``; after each instant somebody waited for, ``settle`` lets everyone act on it."""
        await settle()
        while (due := self.next_ms()) is not None and due <= at_ms:
            self._now_ms = due
            while self._sleepers and self._sleepers[0][0] <= due:
                waking = heapq.heappop(self._sleepers)[2]
                if not waking.done():
                    waking.set_result(None)
            await settle()
        self._now_ms = max(self._now_ms, at_ms)
