"""What is opened: a new file, a sound one, an older one; and what is refused, untouched."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from sigma_engine.errors import StorageError
from sigma_engine.storage import upsert
from sigma_engine.storage.base import Base
from sigma_engine.storage.engines import address, writer_engine
from sigma_engine.storage.migrations import HEAD, runner
from sigma_engine.storage.schema import prepare
from sigma_engine.storage.store import SqliteStore
from tests.engine.storage.storage_samples import BAR_MS, RUN, START_MS, batch, fill, opened, order, position

ROOT = Path(__file__).parents[3]


@pytest.fixture
def file(tmp_path):
    """A database with something in it."""
    file = tmp_path / "sigma.db"

    async def fill():
        async with opened(file) as store:
            for number in range(20):
                await store.commit(batch(number))

    asyncio.run(fill())
    return file


def tables(connection):
    return {name: sql for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")}


def migrated(file):
    """An engine of a database that went through the whole history."""
    engine = writer_engine(address(file))
    with engine.begin() as connection:
        runner.upgrade(connection)
    return engine


def test_the_migrations_lead_to_the_models(tmp_path):
    engine = migrated(tmp_path / "sigma.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Base.metadata})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_database_of_the_schema_before_is_upgraded_with_all_it_holds(tmp_path):
    """Written by hand in the words of schema 0003, so that nothing of the present program helps it."""
    file = tmp_path / "sigma.db"
    older(file, "0003")

    async def read():
        async with opened(file) as store:
            return await store.latest_run("demo", 10)

    stored = asyncio.run(read())
    assert stored.open_orders == (order(0),)
    assert stored.positions == (replace(position(), atr=0.5),)
    assert (stored.run, stored.trade_ids, stored.last_fill_ms) == (RUN, frozenset(), None)
    with closing(sqlite3.connect(file)) as connection:
        fills = connection.execute("SELECT client_id, at_ms, price, quantity, trade_id, realised, run_id FROM fills")
        assert fills.fetchall() == [(order(0).client_id, fill(0).at_ms, "100.80", "0.0340", "", None, "run-1")]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert "fills_before" not in tables(connection)


def older(file, revision):
    """A database of ``revision`` with a run, an order, its fill and its position."""
    engine = writer_engine(address(file))
    with engine.begin() as connection:
        config = runner._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for table, row in OLDER_ROWS.items():
            marks = ", ".join("?" * len(row))
            connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    engine.dispose()


ENTRY = order(0).client_id
OLDER_ROWS = {
    "runs": {
        "run_id": "run-1",
        "mode": "demo",
        "status": "running",
        "strategy_name": "sigma-fusion",
        "strategy": '{"version": 1}',
        "symbols": json.dumps(RUN.symbols),
        "timeframe": "1m",
        "source": "demo-7",
        "started_ms": START_MS,
        "market_ms": START_MS,
        "initial": "10000",
        "wallet": "10000.00",
        "day_open_equity": "10000",
        "peak_equity": "10000",
        "trades_today": 0,
        "fees_paid": "0E-8",
        "feed_checkpoint": "0",
    },
    "orders": {
        "client_id": ENTRY,
        "symbol": RUN.symbols[0],
        "leg": "entry",
        "side": "buy",
        "position_side": "long",
        "quantity": "0.0340",
        "leverage": 5,
        "bar_ms": START_MS,
        "created_ms": START_MS + BAR_MS,
        "reference_price": 100.7,
        "stop_distance": 1.35,
        "target_distance": 3.375,
        "atr": 0.9,
        "exit_reason": None,
        "reason": "long leads",
        "state": "intent",
        "refusal": None,
        "run_id": "run-1",
    },
    "fills": {
        "client_id": ENTRY,
        "at_ms": START_MS + BAR_MS,
        "price": "100.80",
        "quantity": "0.0340",
        "symbol": RUN.symbols[0],
        "leg": "entry",
        "side": "buy",
        "fee": "0.00274176",
        "slippage": "0.00034272",
        "run_id": "run-1",
    },
    "positions": {
        "run_id": "run-1",
        "symbol": RUN.symbols[0],
        "ordinal": 0,
        "side": "long",
        "quantity": "0.0340",
        "leverage": 5,
        "entry_price": "100.80",
        "entry_ms": START_MS,
        "mark": "100.90",
        "stop": "99.45",
        "target": None,
        "initial_stop": "99.45",
        "stop_kind": "stop",
        "liquidation": "81.2",
        "margin": "0.68544000",
        "fees": "0.00274176",
        "funding": "-0",
        "slippage": "0.00034272",
        "extreme": 101.2,
        "atr": 0.5,
        "bars": 3,
        "entry_id": ENTRY,
        "entry_reason": "long leads",
        "unrealised": "0.00340000",
    },
}


def test_constraints_and_column_types_are_the_models_too(tmp_path):
    """A new file is built from the models at once, an old one by the migrations: nobody can tell them apart."""
    migrated(tmp_path / "migrated.db").dispose()
    prepare(address(tmp_path / "created.db"))
    old, new = (sqlite3.connect(tmp_path / name) for name in ("migrated.db", "created.db"))
    found, expected = ({name: parts(sql) for name, sql in tables(each).items()} for each in (old, new))
    assert found == expected
    assert "alembic_version" in found
    versions = [each.execute("SELECT version_num FROM alembic_version").fetchall() for each in (old, new)]
    assert versions == [[(HEAD,)]] * 2
    for connection in (old, new):
        connection.close()


def parts(sql):
    """A statement's columns and constraints; their order within it means nothing, nor how it is broken into lines."""
    pieces = (part for line in sql.splitlines() for part in re.split(r",(?![^(]*\))", line))
    return sorted(part.strip(" \t,)") for part in pieces if part.strip(" \t,)"))


def test_the_revision_known_without_alembic_is_the_newest():
    assert ScriptDirectory.from_config(runner._config()).get_heads() == [HEAD]


def test_the_schema_is_no_dialect_of_sqlite():
    for table in Base.metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=postgresql.dialect()))
        for write in (upsert._append, upsert._append_by_key, upsert._put):
            assert "ON CONFLICT" in str(write("postgresql", table).compile(dialect=postgresql.dialect()))


def imported_by(module):
    code = f"import {module}, sys; print(*sys.modules)"
    listed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in listed.stdout.split()}


def test_the_store_is_light_to_import():
    assert not {"alembic", "pandas", "PySide6"} & imported_by("sigma_engine.storage.store")


def test_finding_the_data_folder_needs_no_database():
    assert not {"sqlalchemy", "pydantic"} & imported_by("sigma_engine.storage.folder")


def test_opening_an_up_to_date_database_does_without_alembic(file):
    code = "import sys; from sigma_engine.storage.store import SqliteStore as S; S.open(sys.argv[1])"
    code += "; sys.exit('alembic' in sys.modules)"
    subprocess.run([sys.executable, "-c", code, str(file)], cwd=ROOT, check=True)


def test_opening_does_not_depend_on_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b%20c#?").mkdir()
    prepare(address("a b%20c#?/sigma.db"))
    assert [path.name for path in (tmp_path / "a b%20c#?").iterdir()] == ["sigma.db"]


def test_a_creation_that_was_cut_short_is_begun_again(tmp_path):
    (tmp_path / "sigma.db.new").write_bytes(b"half")
    (tmp_path / "sigma.db.new-wal").write_bytes(b"a half")
    prepare(address(tmp_path / "sigma.db"))
    assert [path.name for path in tmp_path.iterdir()] == ["sigma.db"]


def test_a_database_newer_than_the_program_is_refused(file):
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    refused_untouched(file, r"newer SIGMA \(schema 9999.*install that version")


def test_another_programs_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    refused_untouched(tmp_path / "other.db", "no database of SIGMA's")


def test_an_empty_file_is_a_damaged_one(tmp_path):
    (tmp_path / "sigma.db").touch()
    refused_untouched(tmp_path / "sigma.db", r"damaged \(it is empty\)")


def test_garbage_is_refused(tmp_path):
    (tmp_path / "sigma.db").write_bytes(b"\x9d\x02garbage" * 2000)
    refused_untouched(tmp_path / "sigma.db", "damaged .*restore a backup")


@pytest.mark.parametrize("fraction", [0.01, 0.3, 0.9])
def test_a_truncated_file_is_refused(file, fraction):
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * fraction)])
    refused_untouched(file, "damaged .*restore a backup")


@pytest.mark.parametrize("table", [table.name for table in Base.metadata.sorted_tables if table.name != "strategies"])
def test_a_flipped_bit_in_the_structure_of_any_table_is_refused(file, table):
    connection = sqlite3.connect(file)
    [(page,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchall()
    [(size,)] = connection.execute("PRAGMA page_size").fetchall()
    connection.close()
    content = bytearray(file.read_bytes())
    content[(page - 1) * size] ^= 0x10
    file.write_bytes(content)
    refused_untouched(file, "damaged .*restore a backup")


def test_a_log_without_its_database_is_not_written_over(tmp_path):
    (tmp_path / "sigma.db-wal").write_bytes(b"the last trades")
    with pytest.raises(StorageError, match=r"missing, but its log sigma\.db-wal is there"):
        SqliteStore.open(tmp_path / "sigma.db")
    assert (tmp_path / "sigma.db-wal").read_bytes() == b"the last trades"


@pytest.mark.parametrize("place", ["mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_an_address_sigma_cannot_use_is_refused(place):
    with pytest.raises(StorageError, match="give a SQLite file or a PostgreSQL address"):
        SqliteStore.open(place)


def test_an_unreadable_address_is_refused_without_repeating_it():
    with pytest.raises(StorageError, match="write it like postgresql://") as refusal:
        SqliteStore.open("postgresql//me:secret@://")
    assert "secret" not in str(refusal.value)


def test_a_missing_driver_is_named_and_the_password_is_not():
    with pytest.raises(StorageError, match=r"driver for postgresql\+asyncpg://me:\*\*\*@host/name") as refusal:
        SqliteStore.open("postgresql+asyncpg://me:secret@host/name")
    assert "secret" not in str(refusal.value)


def refused_untouched(file, sentence):
    content = file.read_bytes()
    with pytest.raises(StorageError, match=sentence) as refusal:
        SqliteStore.open(file)
    assert str(file) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert file.read_bytes() == content
