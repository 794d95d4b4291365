"""Connections to the database: the SQLite settings durability rests on; any other SQLAlchemy address as it is.

SQLite before 3.51.3 can corrupt a database when two connections write or checkpoint a write-ahead log at the same
moment (sqlite.org/wal.html#walresetbug). A SIGMA therefore has exactly one connection that writes, it alone
checkpoints, several of them take `turns`, and readers are opened read-only, so that not even their closing touches the
log.
"""

import sqlite3
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from sigma_engine.errors import StorageError

BUSY_TIMEOUT_MS = 5000
_SUPPORTED = ("sqlite", "postgresql")


class Checkpoint(StrEnum):
    """How far a checkpoint goes: what it can without waiting, or all of it and an empty log."""

    PASSIVE = "PASSIVE"
    TRUNCATE = "TRUNCATE"


def address(place: str | Path) -> URL:
    """The SQLAlchemy address of a file's path or of a text that already is one.

    Raises `StorageError` for an address of no database SIGMA can use.
    """
    if isinstance(place, Path) or "://" not in place:
        return URL.create("sqlite", database=str(Path(place).absolute()))
    try:
        url = make_url(place)
    except ArgumentError:
        raise StorageError("The database address cannot be read: write it like postgresql://user@host/name.") from None
    if url.get_backend_name() not in _SUPPORTED or (is_sqlite(url) and url.database in (None, "", ":memory:")):
        raise StorageError(f"SIGMA cannot keep its memory in {shown(url)}: give a SQLite file or a PostgreSQL address.")
    return url


def is_sqlite(url: URL) -> bool:
    """Whether the database is a SQLite file."""
    return url.get_backend_name() == "sqlite"


def file_of(url: URL) -> Path:
    """The file of a SQLite address."""
    return Path(url.database or "")


def shown(url: URL) -> str:
    """The address as a person may see it: a path, or the address without its password."""
    return url.database or "" if is_sqlite(url) else url.render_as_string(hide_password=True)


def writer_engine(url: URL, busy_timeout_ms: int = BUSY_TIMEOUT_MS, *, durable: bool = True) -> Engine:
    """The engine of the one connection that writes; a SQLite file that is not there is created.

    Without ``durable`` nothing waits for the disk: for a file that nobody needs once the program is gone.
    """
    if not is_sqlite(url):
        return _foreign_engine(url)
    return _sqlite_engine(url, "rwc", "BEGIN IMMEDIATE", _writer_pragmas(busy_timeout_ms, durable))


def reader_engine(url: URL) -> Engine:
    """The engine of a connection that cannot write; each of its transactions sees one moment."""
    if not is_sqlite(url):
        return _foreign_engine(url)
    return _sqlite_engine(url, "ro", "BEGIN", (f"busy_timeout = {BUSY_TIMEOUT_MS}",))


def checkpoint(connection: Connection, kind: Checkpoint) -> None:
    """Move the write-ahead log into the file; does nothing where there is no such log. Not within a transaction."""
    if connection.dialect.name != "sqlite":
        return
    statement = f"PRAGMA wal_checkpoint({kind})"
    try:
        _raw(connection).execute(statement).fetchall()  # SQLAlchemy would begin a transaction for it
    except sqlite3.Error as refused:
        raise DBAPIError(statement, None, refused) from refused


def _writer_pragmas(busy_timeout_ms: int, durable: bool) -> tuple[str, ...]:
    return (
        f"busy_timeout = {busy_timeout_ms}",
        "journal_mode = WAL",
        f"synchronous = {'FULL' if durable else 'OFF'}",
        "fullfsync = ON",  # macOS: fsync alone leaves the data in the drive's cache
        "checkpoint_fullfsync = ON",
        "foreign_keys = ON",
        "wal_autocheckpoint = 0",
    )


def _sqlite_engine(url: URL, mode: str, begin: str, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(url, creator=_opener(file_of(url), mode), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _opener(file: Path, mode: str) -> Callable[[], sqlite3.Connection]:
    """Opens the file; transactions are begun by us, so the driver's own are off."""
    location = f"{file.absolute().as_uri()}?mode={mode}"
    return lambda: sqlite3.connect(location, uri=True, isolation_level=None, check_same_thread=False)


def _foreign_engine(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True)
    except (ImportError, NoSuchModuleError) as missing:
        raise StorageError(f"The driver for {shown(url)} is not installed: {missing}.") from None


def _raw(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
