"""The window's hold on the laboratory: it is opened when first needed, asked without waiting, and runs one backtest."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, SignalInstance

from sigma_desktop import logs
from sigma_desktop.bridge.laboratory import Laboratory, Opener
from sigma_engine import BacktestRequest, SigmaError, Trial

log = logging.getLogger(__name__)

BUSY = "A backtest is running; wait for it or cancel it first, then start this one."
NOTHING_YET = "Nothing has been run yet; begin with New backtest."

T = TypeVar("T")
Work = Callable[[Laboratory], Coroutine[Any, Any, T]]
Sentence = Callable[[str], object]


class Bench(QObject):
    """Runs one backtest at a time and answers questions beside it; ``home`` is the data folder, None the person's own.

    Every question is a task of its own that its asker may cancel; answers and refusals arrive by call on the loop.
    """

    started = Signal(object)
    """The `BacktestRequest` that runs from now on."""
    progressed = Signal(object)
    """`Progress` of the run."""
    finished = Signal(object)
    """The `Trial` the run became."""
    failed = Signal(str)
    """The run came to nothing: the reason and the next step."""
    cancelled = Signal()
    """The run was stopped and nothing of it is kept."""
    refused = Signal(str)
    """Something could not be done: the reason and the next step."""
    historyChanged = Signal()  # noqa: N815 a Qt signal
    """Candles were imported, fetched or forgotten."""
    trialsChanged = Signal()  # noqa: N815 a Qt signal
    """A run was added, annotated or forgotten."""

    def __init__(self, opener: Opener, home: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opener, self._home = opener, home
        self._opening: asyncio.Task[Laboratory] | None = None
        self._run: asyncio.Task[None] | None = None
        self._errands: set[asyncio.Task[None]] = set()
        self._closed = False
        self.last_request: BacktestRequest | None = None
        """What was run last, to be run again."""

    @property
    def is_running(self) -> bool:
        """Whether a backtest runs now."""
        return self._run is not None

    def run(self, request: BacktestRequest) -> None:
        """Run ``request``; while another runs it is refused."""
        if self._run is not None:
            self.refused.emit(BUSY)
            return
        self.last_request = request
        self._run = self._start(self._backtest(request))
        self.started.emit(request)

    def run_again(self) -> None:
        """Run what was run last once more."""
        if self.last_request is None:
            self.refused.emit(NOTHING_YET)
        else:
            self.run(self.last_request)

    def cancel(self) -> None:
        """Stop the run; `cancelled` tells when it has stopped."""
        if self._run is not None:
            self._run.cancel()

    def ask(
        self,
        work: Work[T],
        then: Callable[[T], object],
        otherwise: Sentence | None = None,
        changes: SignalInstance | None = None,
    ) -> "asyncio.Task[None]":
        """Have the laboratory do ``work``; ``then`` gets what comes of it, ``otherwise`` the sentence of a refusal.

        Without ``otherwise`` the person is told. ``changes`` is emitted when the work has ended, however it ended.
        A task that is cancelled calls nobody.
        """
        return self._start(self._answer(work, then, otherwise or self.refused.emit, changes))

    async def close(self) -> None:
        """Stop whatever runs and free the laboratory; nothing is asked of it from here on."""
        self._closed = True
        for task in self._errands:
            task.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)
        opening, self._opening = self._opening, None
        if opening is None:
            return
        (laboratory,) = await asyncio.gather(opening, return_exceptions=True)
        if not isinstance(laboratory, BaseException):
            await laboratory.close()

    async def _laboratory(self) -> Laboratory:
        """The one laboratory, opened by whoever asks first; a failed opening is tried anew by the next."""
        if self._closed:
            raise asyncio.CancelledError
        if self._opening is None or (self._opening.done() and _has_failed(self._opening)):
            self._opening = asyncio.get_running_loop().create_task(self._opener(self._home))
            self._opening.add_done_callback(_has_failed)
        return await asyncio.shield(self._opening)

    async def _backtest(self, request: BacktestRequest) -> None:
        tell: SignalInstance = self.progressed
        try:
            trial: Trial = await (await self._laboratory()).run(request, tell.emit)
        except SigmaError as error:
            self._run = None
            self.failed.emit(str(error))
            return
        except asyncio.CancelledError:
            self._run = None
            if not self._closed:
                self.cancelled.emit()
            raise
        self._run = None
        self.trialsChanged.emit()
        self.finished.emit(trial)

    async def _answer(
        self, work: Work[T], then: Callable[[T], object], otherwise: Sentence, changes: SignalInstance | None
    ) -> None:
        try:
            answer = await work(await self._laboratory())
        except SigmaError as error:
            otherwise(str(error))
            return
        finally:
            if changes is not None and not self._closed:
                changes.emit()
        then(answer)

    def _start(self, job: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(job)
        self._errands.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """What nobody expected is logged and told like any other failure."""
        self._errands.discard(task)
        was_run = task is self._run
        if was_run:
            self._run = None
        if task.cancelled():
            if was_run and not self._closed:  # it was stopped before it began
                self.cancelled.emit()
            return
        if (error := task.exception()) is not None:
            log.error("the laboratory failed", exc_info=error)
            tell: SignalInstance = self.failed if was_run else self.refused
            tell.emit(logs.in_words(error))


def _has_failed(opening: "asyncio.Task[Laboratory]") -> bool:
    return opening.cancelled() or opening.exception() is not None
