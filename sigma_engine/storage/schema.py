"""Brings a database to the schema this program speaks before anything else touches it, or says why it cannot."""

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, select

from sigma_engine.errors import StorageError
from sigma_engine.storage import account_rows, models, trial_row
from sigma_engine.storage.base import Base
from sigma_engine.storage.engines import (
    Checkpoint,
    address,
    checkpoint,
    file_of,
    is_sqlite,
    reader_engine,
    shown,
    writer_engine,
)
from sigma_engine.storage.failures import damaged, explaining
from sigma_engine.storage.migrations import HEAD

_VERSIONS = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Where Alembic notes the schema's version."""

TABLES = (models, account_rows, trial_row)
"""The modules whose tables `Base` knows once they are imported; a new file has all of them."""


def prepare(url: URL) -> None:
    """Create, check and upgrade the database at ``url``.

    Raises `StorageError` when it is damaged, not SIGMA's, or newer than this program; it is left as it was.
    """
    if is_sqlite(url) and not file_of(url).exists():
        _create(file_of(url))
    elif (revision := _examined(url)) != HEAD:
        _require_known(revision, url)
        _upgrade(url)


def _create(file: Path) -> None:
    """Build the new file beside its place and move it there whole, so that an empty one is always a damaged one.

    It is built from the models at once: the history leads to the same, as the tests say, and takes half a second.
    """
    _require_no_orphan(file)
    young = file.with_name(f"{file.name}.new")
    for leftover in (young, *_companions(young)):
        leftover.unlink(missing_ok=True)
    _change(address(young), _build)
    os.replace(young, file)


def _build(connection: Connection) -> None:
    Base.metadata.create_all(connection)
    _VERSIONS.create(connection)
    connection.execute(insert(_VERSIONS).values(version_num=HEAD))


def _upgrade(url: URL) -> None:
    """Run the migrations, all or none."""
    from sigma_engine.storage.migrations import runner  # Alembic takes long to import and is seldom needed

    _change(url, runner.upgrade)


def _change(url: URL, change: Callable[[Connection], None]) -> None:
    """Let ``change`` bring the database at ``url`` to its newest schema, all or none."""
    engine = writer_engine(url)
    try:
        with explaining(shown(url)), engine.connect() as connection:
            with connection.begin():
                change(connection)
            checkpoint(connection, Checkpoint.TRUNCATE)
    finally:
        engine.dispose()


def _examined(url: URL) -> str | None:
    """The schema's version, read without writing; None where there is no schema of SIGMA's."""
    if is_sqlite(url) and file_of(url).stat().st_size == 0:
        raise damaged(shown(url), "it is empty")
    engine = reader_engine(url)
    try:
        with explaining(shown(url)), engine.connect() as connection, connection.begin():
            _require_sound(connection, shown(url))
            return _revision(connection)
    finally:
        engine.dispose()


def _require_sound(connection: Connection, place: str) -> None:
    if connection.dialect.name == "sqlite":
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if verdict != "ok":
            raise damaged(place, " ".join(str(verdict).split()))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSIONS.name):
        return None
    return connection.execute(select(_VERSIONS.c.version_num)).scalar_one_or_none()


def _require_known(revision: str | None, url: URL) -> None:
    """An empty server database may be filled; a file was made whole, so one without a schema is somebody else's."""
    from sigma_engine.storage.migrations import runner

    if revision is None and is_sqlite(url):
        raise StorageError(f"{shown(url)} is no database of SIGMA's: move it away, or choose another data folder.")
    if revision is not None and revision not in runner.revisions():
        raise StorageError(
            f"{shown(url)} was written by a newer SIGMA (schema {revision}, this one knows {HEAD}): install that "
            "version, or choose another data folder."
        )


def _require_no_orphan(file: Path) -> None:
    """A log without its file may hold the last trades; a new file must not be built over it."""
    log = _companions(file)[0]
    if log.exists() and log.stat().st_size:
        raise StorageError(f"{file} is missing, but its log {log.name} is there: put it back, or move the log away.")


def _companions(file: Path) -> tuple[Path, Path]:
    return file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")
