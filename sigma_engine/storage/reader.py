"""Reading what was committed, through a connection that cannot write."""

from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import URL, Connection

from sigma_engine.storage.engines import address, reader_engine, shown
from sigma_engine.storage.failures import explaining

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class StoreReader:
    """Answers the questions of `queries`, each from one moment of the database.

    It blocks, so it is for a thread, or for a tool that looks on while a session runs. Not for two threads at once.
    """

    def __init__(self, url: URL) -> None:
        self._engine, self._place = reader_engine(url), shown(url)
        self._held: Connection | None = None

    @classmethod
    def open(cls, place: str | Path) -> Self:
        """A reader of the database at a path or SQLAlchemy address; the first question finds whether it is there."""
        return cls(address(place))

    def ask(
        self,
        query: Callable[Concatenate[Connection, Asked], Answer],
        *arguments: Asked.args,
        **named: Asked.kwargs,
    ) -> Answer:
        """The answer of a function of `queries`; raises `StorageError` where the database cannot be read."""
        with explaining(self._place):
            if self._held is None:
                self._held = self._engine.connect()
            with self._held.begin():
                return query(self._held, *arguments, **named)

    def close(self) -> None:
        """Let go of the database."""
        if self._held is not None:
            self._held.close()
            self._held = None
        self._engine.dispose()
