"""Runs the jobs of a session together: when one fails, all end, and why is said in one sentence."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence

from sigma_engine.errors import SigmaError

log = logging.getLogger(__name__)

Job = Coroutine[None, None, None]


class Supervisor:
    """Keeps ``beside`` alive as long as ``main`` runs."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._failed: asyncio.Future[None] | None = None

    async def run(self, main: Job, beside: Sequence[Job]) -> str | None:
        """Run until ``main`` ends, `stop()` is called or a job fails; the failure in words, or None.

        Whatever fails is logged with its traceback: an engine that met an error it does not know must not trade on.
        """
        self._tasks = [asyncio.create_task(job) for job in (main, *beside)]
        self._failed = asyncio.get_running_loop().create_future()
        try:
            done, _ = await asyncio.wait([*self._tasks, self._failed], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self.stop()
        failures = [reason for task in done if (reason := _failure(task)) is not None]
        return failures[0] if failures else None

    def fail(self, error: SigmaError) -> None:
        """End the run for something that happened outside its jobs."""
        if self._failed is not None and not self._failed.done():
            self._failed.set_exception(error)

    async def stop(self) -> None:
        """End every job and wait until it has ended; the caller's own is left alone."""
        others = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others)
        if self._failed is not None:
            self._failed.cancel()


def _failure(task: asyncio.Future[None]) -> str | None:
    error = None if task.cancelled() else task.exception()
    if error is None:
        return None
    log.error("the run failed", exc_info=error)
    if isinstance(error, SigmaError):
        return str(error)
    return f"SIGMA met an error it does not know ({type(error).__name__}) and stopped trading; the log has the details."
