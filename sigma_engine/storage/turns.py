"""Taking turns at writing: two SIGMAs on one SQLite file never write or checkpoint at the same moment.

A session and the laboratory of one person, or a command beside both, each have a connection that writes. SQLite keeps
them apart while they commit, but before 3.51.3 not well enough while one of them also resets the log (see `engines`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout
from sqlalchemy import URL

from sigma_engine.errors import StorageError
from sigma_engine.storage.engines import file_of, is_sqlite, shown

_ASK_AGAIN_S = 0.002


class Turns:
    """The turns of one connection at the database at ``url``; another database than SQLite sees to it itself."""

    def __init__(self, url: URL, patience_ms: int) -> None:
        self._place, file = shown(url), file_of(url)
        self._lock = (
            FileLock(
                file.with_name(f"{file.name}.lock"),
                timeout=patience_ms / 1000,
                poll_interval=_ASK_AGAIN_S,
                thread_local=False,
            )
            if is_sqlite(url)
            else None
        )

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Write within the block; raises `StorageError` where the other one does not end its turn."""
        self._take()
        try:
            yield
        finally:
            if self._lock is not None:
                self._lock.release()

    def _take(self) -> None:
        if self._lock is None:
            return
        try:
            self._lock.acquire()
        except Timeout:
            raise StorageError(
                f"{self._place} is held by another program: close what has it open, then try again."
            ) from None
        except OSError as refused:
            raise StorageError(
                f"{self._place} cannot be opened ({refused.strerror}): check the folder and its permissions, "
                "then start SIGMA again."
            ) from None
