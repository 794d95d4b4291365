"""The only place that asks the system what time it is."""

import asyncio
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """Market time, and a way to wait for it; ``speed`` is market time over wall time, 0 as fast as it can."""

    speed: float

    def now_ms(self) -> int:
        """The present market time, UTC milliseconds."""
        ...

    async def sleep_until(self, at_ms: int) -> None:
        """Return once market time has reached ``at_ms``; at once, but after a turn of the loop, if it has."""
        ...

    def pause(self) -> None:
        """Let market time stand still."""
        ...

    def resume(self) -> None:
        """Let market time go on from where it stood."""
        ...


class ScaledClock:
    """Market time that starts at ``start_ms`` and runs ``speed`` times as fast as the wall's.

    ``speed`` 1 from the present instant is real time; 0 is "as fast as it can": the clock jumps to whatever
    instant somebody waits for.
    """

    def __init__(self, start_ms: int, speed: float = 1.0) -> None:
        self.speed = speed
        self._start_ms = start_ms
        self._epoch = time.monotonic()
        self._last_turn = self._epoch
        self._paused_s: float | None = None

    def now_ms(self) -> int:
        """Market time; with speed 0 the last instant waited for."""
        if not self.speed or self._paused_s is not None:
            return self._start_ms
        return self._start_ms + int((time.monotonic() - self._epoch) * 1000 * self.speed)

    async def sleep_until(self, at_ms: int) -> None:
        """Wait in wall time until market time is ``at_ms``."""
        if not self.speed:
            self._start_ms = max(self._start_ms, at_ms)
            await self._yield_now_and_then()
            return
        wait_s = (at_ms - self._start_ms) / 1000 / self.speed - (time.monotonic() - self._epoch)
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        else:
            await self._yield_now_and_then()

    def pause(self) -> None:
        """Let market time stand still."""
        if self._paused_s is None:
            self._start_ms = self.now_ms()
            self._paused_s = self._epoch = time.monotonic()

    def resume(self) -> None:
        """Let market time go on from where it stood."""
        if self._paused_s is not None:
            self._epoch, self._paused_s = time.monotonic(), None

    async def _yield_now_and_then(self) -> None:
        """Give the loop a turn every 4 ms at least, so that a fast replay never starves the window."""
        if time.monotonic() - self._last_turn > 0.004:
            await asyncio.sleep(0)
            self._last_turn = time.monotonic()


class SystemClock:
    """The wall's own time, of a market that stands still for nobody."""

    speed = 1.0

    def now_ms(self) -> int:
        """The wall's UTC time in milliseconds."""
        return system_ms()

    async def sleep_until(self, at_ms: int) -> None:
        """Wait until the wall says ``at_ms``."""
        await asyncio.sleep(max(0.0, (at_ms - system_ms()) / 1000))

    def pause(self) -> None:
        """Nothing: prices go on outside."""

    def resume(self) -> None:
        """Nothing: it never stood still."""


async def within(clock: Clock, allowed_ms: int, work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` comes to, if it does within ``allowed_ms``; else it is cancelled: `TimeoutError`.

    A clock that runs faster than the wall's makes no wire faster: it is given the same time of the wall.
    """
    task = asyncio.create_task(work)
    alarm = asyncio.create_task(clock.sleep_until(clock.now_ms() + round(allowed_ms * max(1.0, clock.speed))))
    try:
        await asyncio.wait((task, alarm), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError(f"no answer within {allowed_ms} ms")
        return task.result()
    finally:
        alarm.cancel()
        await abandon(task)


async def abandon(task: "asyncio.Task[Any]") -> None:
    """End ``task`` if it goes on; nobody wants to know any more how it ended, and asyncio need not complain of that."""
    if not task.done():
        task.cancel()
        await asyncio.wait((task,))
    if not task.cancelled():
        task.exception()


def system_ms() -> int:
    """The wall's UTC time in milliseconds, for what happens outside a market: files, logs, the start of a run."""
    return time.time_ns() // 1_000_000


def as_datetime(at_ms: int) -> datetime:
    """An aware UTC datetime of a stamp in milliseconds."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
