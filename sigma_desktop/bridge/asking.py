"""Questions of one asker, a dialog for instance, that end when it does."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import SignalInstance

from sigma_desktop.bridge.bench import Bench, Sentence, Work

T = TypeVar("T")


class Asking:
    """Asks ``bench``; a question of a name takes the place of the one of that name that is still open."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._open: dict[str, asyncio.Task[None]] = {}

    def ask(
        self,
        name: str,
        work: Work[T],
        then: Callable[[T], object],
        otherwise: Sentence,
        changes: SignalInstance | None = None,
    ) -> None:
        """Ask the question called ``name``; `Bench.ask` says the rest."""
        self.drop(name)
        self._open[name] = self._bench.ask(work, self._closing(name, then), self._closing(name, otherwise), changes)

    def is_open(self, name: str) -> bool:
        """Whether the question is still without an answer."""
        return name in self._open

    def drop(self, name: str) -> None:
        """Want no answer to the question ``name`` any more."""
        if (task := self._open.pop(name, None)) is not None:
            task.cancel()

    def _closing(self, name: str, deed: Callable[[T], object]) -> Callable[[T], None]:
        """``deed``, the question being closed before it: who is told of the answer finds no open question."""

        def closed(answer: T) -> None:
            self._open.pop(name, None)
            deed(answer)

        return closed

    def end(self) -> None:
        """Want no answers any more."""
        for name in tuple(self._open):
            self.drop(name)
