"""The data folder: where SIGMA keeps everything, and the lock that says whose it is."""

import errno
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Self

import platformdirs
from filelock import FileLock, Timeout

from sigma_engine.clock import as_datetime, system_ms
from sigma_engine.errors import DataFolderBusy, DataFolderError

HOME_VARIABLE = "SIGMA_HOME"
REQUIRED_FREE_BYTES = 200_000_000
"""Below this nothing is opened: a day of decisions must fit, and a full disk stops a trade half way."""

_APP = "sigma"
_LOCK, _OWNER = "sigma.lock", "sigma.owner"
_NEXT_STEPS = {
    errno.EACCES: "give your account the right to write there",
    errno.EPERM: "give your account the right to write there",
    errno.EROFS: "make that disk writable",
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some of your quota",
    errno.ENOTDIR: "part of that path is a file, move it away",
    errno.EEXIST: "a file is in its place, move it away",
    errno.ENAMETOOLONG: "the path is too long",
    errno.ENOLCK: "that disk knows no locks, move the folder to a local disk",
    errno.ENOSYS: "that disk knows no locks, move the folder to a local disk",
}


class DataFolder:
    """The folders and files of one person's SIGMA; after `open` also the only process that may trade on them.

    ``root`` holds the database and the lock, ``logs`` and ``config`` what their names say.
    """

    def __init__(self, root: Path, config: Path, logs: Path) -> None:
        self.root, self.config, self.logs = root, config, logs
        # Not thread-local: the folder may be opened in one thread and closed in another.
        self._lock = FileLock(root / _LOCK, blocking=False, thread_local=False, fallback_to_soft=False)

    @classmethod
    def locate(cls, home: Path | None = None) -> Self:
        """The folder of ``home``, else of SIGMA_HOME, else the platform's own; nothing is touched."""
        chosen = home or os.environ.get(HOME_VARIABLE)
        if chosen:
            root = _absolute(Path(chosen))
            return cls(root, root / "config", root / "logs")
        dirs = platformdirs.PlatformDirs(_APP, appauthor=False, roaming=False)
        return cls(dirs.user_data_path, dirs.user_config_path, dirs.user_log_path)

    @classmethod
    def open(cls, home: Path | None = None, *, required_free_bytes: int = REQUIRED_FREE_BYTES) -> Self:
        """Locate the folder, make it (for its owner alone) where it is missing, prove it writable, and lock it.

        Raises `DataFolderError` when it cannot be used and `DataFolderBusy` when another SIGMA has it; each says
        which folder, why, and what to do.
        """
        folder = cls.beside(home, required_free_bytes=required_free_bytes)
        folder._acquire()
        return folder

    @classmethod
    def beside(cls, home: Path | None = None, *, required_free_bytes: int = REQUIRED_FREE_BYTES) -> Self:
        """The same without the lock, for what may work beside a session: it trades on nothing that is kept here."""
        folder = cls.locate(home)
        for path in (folder.root, folder.config, folder.logs):
            _make_writable(path)
        _require_space(folder.root, required_free_bytes)
        return folder

    @property
    def database(self) -> Path:
        """The file of the store."""
        return self.root / "sigma.db"

    def close(self) -> None:
        """Give the folder free; the system does the same for a process that dies."""
        if self._lock.is_locked:
            (self.root / _OWNER).unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _acquire(self) -> None:
        try:
            self._lock.acquire()
            owner = {"pid": os.getpid(), "started_ms": system_ms()}
            (self.root / _OWNER).write_text(json.dumps(owner), "utf-8")
        except Timeout:
            raise DataFolderBusy(
                f"The data folder {self.root} is in use by another SIGMA{self._owner()}: close that one, "
                f"or give this one a folder of its own with --home or {HOME_VARIABLE}."
            ) from None
        except OSError as refused:
            self._lock.release()
            raise _unusable(self.root, refused) from None

    def _owner(self) -> str:
        """Who has it, as far as it left a note; the lock, never this note, decides."""
        try:
            note = json.loads((self.root / _OWNER).read_text("utf-8"))
            return f" (process {note['pid']:d}, since {as_datetime(note['started_ms']):%Y-%m-%d %H:%M} UTC)"
        except (OSError, ValueError, KeyError, TypeError):
            return ""


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise DataFolderError(
            f"The data folder {path} cannot be used (there is no such user): write the path out, without the ~."
        ) from None


def _make_writable(path: Path) -> None:
    """Create ``path`` where missing and really write into it: permissions alone do not tell, least of all to root."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as probe:
            probe.write(b"SIGMA")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as refused:
        raise _unusable(path, refused) from None


def _require_space(path: Path, required: int) -> None:
    free = shutil.disk_usage(path).free
    if free < required:
        raise DataFolderError(
            f"The disk of the data folder {path} has {free / 1e6:,.0f} MB free and SIGMA needs {required / 1e6:,.0f}: "
            f"free some space, or choose another folder with --home or {HOME_VARIABLE}."
        )


def _unusable(path: Path, refused: OSError) -> DataFolderError:
    step = _NEXT_STEPS.get(refused.errno or 0, "check the disk")
    return DataFolderError(
        f"The data folder {path} cannot be used ({refused.strerror or refused}): {step}, "
        f"or choose another folder with --home or {HOME_VARIABLE}."
    )
