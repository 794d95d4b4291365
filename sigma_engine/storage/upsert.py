"""Inserts that may be repeated: the one piece of SQL each database spells in its own way."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Insert, Table

from sigma_engine.storage.base import Base
from sigma_engine.storage.mapping import Row


def append(connection: Connection, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert ``rows``; those whose key is there already change nothing."""
    if rows:
        connection.execute(_append(connection.dialect.name, model.__table__), rows)


def append_by_key(connection: Connection, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert ``rows``; those whose primary key is there already change nothing, any other conflict refuses all."""
    if rows:
        connection.execute(_append_by_key(connection.dialect.name, model.__table__), rows)


def put(connection: Connection, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert ``rows``, or replace those with the same primary key."""
    if rows:
        connection.execute(_put(connection.dialect.name, model.__table__), rows)


@cache
def _append(dialect: str, table: Table) -> Insert:
    statement: Insert = _insert(dialect, table).on_conflict_do_nothing()
    return statement


@cache
def _append_by_key(dialect: str, table: Table) -> Insert:
    keys = list(table.primary_key.columns)
    statement: Insert = _insert(dialect, table).on_conflict_do_nothing(index_elements=keys)
    return statement


@cache
def _put(dialect: str, table: Table) -> Insert:
    insert = _insert(dialect, table)
    keys = list(table.primary_key.columns)
    replaced = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    statement: Insert = insert.on_conflict_do_update(index_elements=keys, set_=replaced)
    return statement


def _insert(dialect: str, table: Table) -> Any:
    """The dialect's own kind of insert; a dialect takes its time to import, and one is needed."""
    spelling = import_module(f"sqlalchemy.dialects.{dialect}")
    return spelling.insert(table)
