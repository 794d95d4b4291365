"""Killed at any point, a store comes back with every batch it acknowledged, whole, and with no half of another."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sigma_engine.storage.writer import CHECKPOINT_EVERY
from tests.engine.storage import storage_samples
from tests.engine.storage.storage_samples import BAR_MS, PAIRS, START_MS, batch, opened

ROOT = Path(__file__).parents[3]


def killed_after(acknowledged, file):
    """Commit in a process of its own, kill it, and return the number of the last batch it was told is durable."""
    command = [sys.executable, storage_samples.__file__, str(file)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE) as process:
        numbers = [int(process.stdout.readline()) for _ in range(acknowledged)]
        process.kill()
        numbers += [int(line) for line in process.stdout.read().splitlines()]
    return numbers[-1]


def per_bar(file, table, stamp):
    """How many rows ``table`` has at each stamp."""
    with closing(sqlite3.connect(file)) as connection:
        return dict(connection.execute(f"SELECT {stamp}, count(*) FROM {table} GROUP BY {stamp}").fetchall())


@pytest.mark.parametrize("acknowledged", [1, 7, CHECKPOINT_EVERY, 2 * CHECKPOINT_EVERY + 3])
def test_every_acknowledged_batch_survives_a_kill_and_none_is_half(tmp_path, acknowledged):
    file = tmp_path / "sigma.db"
    last = killed_after(acknowledged, file)
    run = resumed(file)
    kept = int(run.run.feed_checkpoint)
    assert kept in (last, last + 1), "a batch may be durable before its acknowledgement is read"
    bars = [START_MS + number * BAR_MS for number in range(kept + 1)]
    closes = [bar + BAR_MS for bar in bars]
    assert per_bar(file, "candles", "open_ms") == dict.fromkeys(bars, 8)
    assert per_bar(file, "decisions", "bar_ms") == dict.fromkeys(bars, 8)
    assert per_bar(file, "forecasts", "bar_ms") == dict.fromkeys(bars, 8)
    assert per_bar(file, "orders", "bar_ms") == dict.fromkeys(bars, 1)
    assert per_bar(file, "fills", "at_ms") == dict.fromkeys(closes, 1)
    assert per_bar(file, "equity", "at_ms") == dict.fromkeys(closes, 1)
    assert repr(run.positions) == repr(batch(kept).positions)
    assert [made.symbol for made in run.decisions] == list(PAIRS)


def resumed(file):
    """The run as a restarted session finds it; it then goes on, as one does."""

    async def scenario():
        async with opened(file) as store:
            run = await store.latest_run("demo", 10)
            await store.commit(batch(int(run.run.feed_checkpoint)))
            return run

    return asyncio.run(scenario())
