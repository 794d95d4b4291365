"""Work that takes long: in a thread, with progress told on the loop, and stopped when nobody waits for it any more."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sigma_engine.backtest.setup import Cancelled
from sigma_engine.domain.backtest import Progress
from sigma_engine.errors import Stopped

T = TypeVar("T")

Tell = Callable[[Progress], None]
"""Hears on the loop's thread how far something has come."""

TELL_EVERY_S = 0.05


class Attendance:
    """Between a thread that works and the loop that waits: the one is told how far it is, the other whether to go on.

    Its ``watch`` is a `sigma_engine.backtest.setup.Watch`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, tell: Tell | None, text: str) -> None:
        self._loop, self._tell, self._text = loop, tell, text
        self._stopped = threading.Event()
        self._began_s = time.perf_counter()
        self._told_s = float("-inf")

    def watch(self, share: float) -> bool:
        """Take in that ``share`` is done, 0 to 1; whether to go on. For the thread that works."""
        now_s = time.perf_counter()
        if self._tell is not None and not self.stopped() and now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            elapsed_s = now_s - self._began_s
            left_s = elapsed_s * (1 - share) / share if share > 0 else None
            self._loop.call_soon_threadsafe(self._tell, Progress(share, left_s, self._text))
        return not self.stopped()

    def hear(self, share: float) -> None:
        """Take in that ``share`` is done, for work that asks `stopped` itself."""
        self.watch(share)

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stopped.set()

    def stopped(self) -> bool:
        """Whether it was asked to."""
        return self._stopped.is_set()


class Worker:
    """The one thread in which the laboratory works, one thing after the other."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="laboratory")
        self._present: set[Attendance] = set()
        self._closed = False

    async def do(self, work: Callable[[Attendance], T], tell: Tell | None, text: str = "") -> T:
        """What ``work`` returns; ``tell`` hears of it some 20 times a second.

        Who is cancelled while waiting stops the work and leaves once it has ended. Raises `Stopped` where the worker
        was closed meanwhile.
        """
        if self._closed:
            raise _closed()
        attendance = Attendance(asyncio.get_running_loop(), tell, text)
        self._present.add(attendance)
        try:
            done = await _attended(self._thread.submit(work, attendance), attendance)
        except Cancelled:
            raise _closed() from None
        finally:
            self._present.discard(attendance)
        if tell is not None:
            tell(Progress(1.0, 0.0, text))
        return done

    async def close(self) -> None:
        """Stop what is being done and end the thread; calling it again does nothing."""
        self._closed = True
        for attendance in self._present:
            attendance.stop()
        await asyncio.to_thread(self._thread.shutdown)


def _closed() -> Stopped:
    return Stopped("The laboratory was closed: nothing of what it was doing is kept.")


async def _attended(future: Future[T], attendance: Attendance) -> T:
    waiting = asyncio.wrap_future(future)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        attendance.stop()
        waiting.add_done_callback(_take_in)
        if not future.cancel():
            await asyncio.wait([waiting])
        raise


def _take_in(ended: asyncio.Future[T]) -> None:
    """Work was asked to stop: how it did so is nobody's concern, so that nothing is logged about it either."""
    if not ended.cancelled():
        ended.exception()
