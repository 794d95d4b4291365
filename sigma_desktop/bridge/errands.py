"""Questions to the engine's door that a dialog waits for without waiting; they end when the dialog does."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sigma_engine import SigmaError

log = logging.getLogger(__name__)

T = TypeVar("T")


class Errands:
    """One errand a name at a time; of what nobody expected only the kind is logged, for its words may hold secrets."""

    def __init__(self) -> None:
        self._open: dict[str, asyncio.Task[None]] = {}

    def run(
        self,
        name: str,
        work: Callable[[], Coroutine[Any, Any, T]],
        then: Callable[[T], object],
        otherwise: Callable[[str], object],
    ) -> None:
        """Have ``then`` hear the answer or ``otherwise`` the sentence of a refusal; an older errand is dropped."""
        self.drop(name)
        task = asyncio.get_running_loop().create_task(self._answered(name, work, then, otherwise))
        self._open[name] = task
        task.add_done_callback(lambda done: self._ended(name, done, otherwise))

    def is_open(self, name: str) -> bool:
        """Whether the errand is still under way."""
        return name in self._open

    def drop(self, name: str) -> None:
        """Want no answer any more."""
        if (task := self._open.pop(name, None)) is not None:
            task.cancel()

    def end(self) -> None:
        """Want no answers any more."""
        for name in tuple(self._open):
            self.drop(name)

    async def _answered(
        self,
        name: str,
        work: Callable[[], Coroutine[Any, Any, T]],
        then: Callable[[T], object],
        otherwise: Callable[[str], object],
    ) -> None:
        try:
            answer = await work()
        except SigmaError as error:
            self._open.pop(name, None)
            otherwise(str(error))
            return
        self._open.pop(name, None)
        then(answer)

    def _ended(self, name: str, task: "asyncio.Task[None]", otherwise: Callable[[str], object]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        if self._open.get(name) is task:
            del self._open[name]
        kind = type(error).__name__
        log.error("%s failed with %s", name, kind)
        otherwise(f"Something went wrong that SIGMA did not expect ({kind}); try again, or start SIGMA anew.")
