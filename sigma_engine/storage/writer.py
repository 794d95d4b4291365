"""The one thread that writes, on the one connection that may."""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from sigma_engine.errors import StorageError
from sigma_engine.storage.engines import BUSY_TIMEOUT_MS, Checkpoint, checkpoint, shown, writer_engine
from sigma_engine.storage.failures import explained, explaining
from sigma_engine.storage.turns import Turns

log = logging.getLogger(__name__)

T = TypeVar("T")

GROUP = 64
"""How many waiting jobs share a transaction at most."""
CHECKPOINT_EVERY = 50
"""Transactions between two checkpoints; a candle of eight markets adds some 250 KB to the log."""


@dataclass(frozen=True, slots=True, eq=False)
class _Job(Generic[T]):
    work: Callable[[Connection], T]
    done: Future[T]


class Writer:
    """Takes work from any thread and does it in order; what waits together is committed together.

    A job that fails takes nothing of its neighbours with it: their transaction is rolled back and each is done
    alone.
    """

    def __init__(self, url: URL, busy_timeout_ms: int = BUSY_TIMEOUT_MS, *, durable: bool = True) -> None:
        self._place = shown(url)
        self._engine = writer_engine(url, busy_timeout_ms, durable=durable)
        self._turns = Turns(url, busy_timeout_ms)
        with explaining(self._place), self._turns.turn():
            self._connection = self._engine.connect()
        self._waiting: deque[_Job[Any]] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage-writer")
        self._since_checkpoint = 0

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Do ``work`` in a transaction; the future holds its result once that is durable, or why it is not.

        Raises `StorageError` after `close`.
        """
        job = _Job(work, Future[T]())
        job.done.set_running_or_notify_cancel()  # whoever stops waiting does not take back what was committed
        self._waiting.append(job)
        try:
            self._thread.submit(self._work_off)
        except RuntimeError:
            with suppress(ValueError):  # the last group took it along: then it is done after all
                self._waiting.remove(job)
                raise StorageError(f"{self._place} is closed already: start SIGMA again.") from None
        return job.done

    def close(self) -> None:
        """Work off what waits, empty the log into the file and close it; blocks, and refuses more work from now on."""
        closed = self._thread.submit(self._close)
        self._thread.shutdown()
        closed.result()

    def _work_off(self) -> None:
        """Do a group of what waits; the group before may have left nothing to do."""
        jobs = [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]
        if not jobs:
            return
        self._settle(jobs)
        self._since_checkpoint += 1
        if self._since_checkpoint >= CHECKPOINT_EVERY:
            self._checkpoint(Checkpoint.PASSIVE)

    def _settle(self, jobs: list[_Job[Any]]) -> None:
        try:
            with self._turns.turn(), self._connection.begin():
                results = [job.work(self._connection) for job in jobs]
        except Exception as error:  # whatever it was, somebody waits to be told
            if len(jobs) == 1:
                log.exception("a transaction on %s failed", self._place)
                jobs[0].done.set_exception(explained(error, self._place))
                return
            for job in jobs:
                self._settle([job])
        else:
            for job, result in zip(jobs, results, strict=True):
                job.done.set_result(result)

    def _checkpoint(self, kind: Checkpoint) -> None:
        self._since_checkpoint = 0
        try:
            with self._turns.turn():
                checkpoint(self._connection, kind)
        except (SQLAlchemyError, StorageError):
            log.warning(
                "the log of %s could not be moved into it, which is tried again later", self._place, exc_info=True
            )

    def _close(self) -> None:
        self._checkpoint(Checkpoint.TRUNCATE)
        with self._turns.turn():  # the last connection to go moves the rest of the log
            self._connection.close()
        self._engine.dispose()
