"""The kill switch on the command line: pressed from another process, stored before it is called done."""

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sigma_engine.clock import system_ms
from tests.servers.practice import KEY
from tests.servers.processes import Ended, exchange, typed

DEMO = ("run", "--mode", "demo", "--symbols", "BTC,ETH", "--json")


def environment() -> Mapping[str, str]:
    keys = typed(KEY)
    given = {"WEEX_API_KEY": keys.key, "WEEX_API_SECRET": keys.secret, "WEEX_API_PASSPHRASE": keys.passphrase}
    return {**os.environ, **given}


async def started(home: Path, *words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sigma_engine.cli", *words, "--home", str(home)),
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process) -> Ended:
    out, err = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), err.decode())


async def sigma_engine(home: Path, *words: str) -> Ended:
    return await ended(await started(home, *words))


@asynccontextmanager
async def session(home: Path, *words: str, until: str = '"status": "running"') -> AsyncIterator[None]:
    """A session in a process of its own, once it has said ``until``."""
    process = await started(home, *words)
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if until in line:
            break
    try:
        yield
    finally:
        process.terminate()
        end = await ended(process)
        assert (end.code, end.err) == (0, "")


def standings(home: Path) -> dict[str, tuple[str, int]]:
    with sqlite3.connect(home / "sigma.db") as database:
        return {account: (state, latched) for account, state, latched in database.execute(QUERY)}


QUERY = "SELECT account, state, latched FROM standings"
HALTED = ("halted", 1)


def document(answer: Ended) -> dict[str, Any]:
    assert (answer.code, answer.err) == (0, "")
    (line,) = answer.out.splitlines()
    said: dict[str, Any] = json.loads(line)
    return said


def test_a_demo_in_another_process_is_halted_at_once_and_stays_so(tmp_path: Path) -> None:
    async def act() -> tuple[Ended, int, dict[str, tuple[str, int]], bool]:
        async with session(tmp_path, *DEMO):
            begun_ms = system_ms()
            pressed = await sigma_engine(tmp_path, "kill", "--json")
            took_ms = system_ms() - begun_ms
            return pressed, took_ms, standings(tmp_path), (tmp_path / "kill.request").exists()

    pressed, took_ms, stored, waits = asyncio.run(act())
    said = document(pressed)
    assert said["running"]
    assert said["halted"] == ["demo"]
    assert 0 <= said["halted_ms"] <= took_ms
    assert said["drill"]["cancelled_ms"] >= said["drill"]["entries_stopped_ms"] >= 0
    assert stored == {"demo": HALTED}
    assert not waits, "the request is gone once the halt is stored"


def test_a_live_session_is_halted_and_its_command_says_where_the_way_back_is(tmp_path: Path) -> None:
    async def act() -> tuple[Ended, dict[str, tuple[str, int]]]:
        async with exchange() as url:
            live = ("run", "--mode", "live", "--venue", "weex", "--venue-url", url, "--symbols", "BTC", "--json")
            async with session(tmp_path, *live, until='"state": "active"'):
                pressed = await sigma_engine(tmp_path, "kill", "--flatten")
                return pressed, standings(tmp_path)

    pressed, stored = asyncio.run(act())
    assert (pressed.code, pressed.err) == (0, "")
    assert pressed.out.startswith("SIGMA at WEEX is halted, ")
    assert "all was closed in" in pressed.out
    assert pressed.out.endswith("Lift the halt in the window of SIGMA: Settings, Safety, typing LIFT.\n")
    assert list(stored.values()) == [HALTED]


def test_where_nothing_runs_it_says_so_and_the_next_session_begins_halted(tmp_path: Path) -> None:
    async def act() -> tuple[Ended, Ended, bool]:
        idle = await sigma_engine(tmp_path, "kill")
        following = await sigma_engine(tmp_path, *DEMO, "--for", "0.5")
        return idle, following, (tmp_path / "kill.request").exists()

    idle, following, waits = asyncio.run(act())
    assert (idle.code, idle.err) == (0, "")
    assert idle.out.startswith("No SIGMA trades on this data folder: the next session begins halted.")
    first = json.loads(following.out.splitlines()[0])
    assert (first["event"], first["standing"]["state"]) == ("StandingChanged", "halted"), "before anything else"
    assert standings(tmp_path) == {"demo": HALTED}
    assert not waits


def test_every_account_of_the_folder_is_halted_whichever_is_opened_next(tmp_path: Path) -> None:
    async def act() -> Ended:
        async with exchange() as url:
            paper = ("run", "--mode", "paper", "--venue-url", url, "--symbols", "BTC", "--for", "2")
            assert (await sigma_engine(tmp_path, *paper)).code == 0
        assert (await sigma_engine(tmp_path, *DEMO, "--for", "0.5")).code == 0
        return await sigma_engine(tmp_path, "kill", "--json")

    said = document(asyncio.run(act()))
    assert (said["running"], sorted(said["halted"])) == (False, ["demo", "paper:practice-weex"])
    assert standings(tmp_path) == {"demo": HALTED, "paper:practice-weex": HALTED}


def test_a_session_that_hangs_is_not_called_halted(tmp_path: Path) -> None:
    from filelock import FileLock

    async def act() -> Ended:
        with FileLock(tmp_path / "sigma.lock"):  # somebody has the folder, and nobody looks
            return await sigma_engine(tmp_path, "kill", "--json")

    answer = asyncio.run(act())
    assert (answer.code, answer.out) == (1, "")
    assert "did not take the kill switch within 10 s: end it" in answer.err
    assert (tmp_path / "kill.request").exists(), "the next session begins halted"


@pytest.mark.parametrize("text", ["", "{", '{"pressed_ms": "soon"}'])
def test_a_request_nobody_can_read_halts_none_the_less(tmp_path: Path, text: str) -> None:
    (tmp_path / "kill.request").write_text(text, "utf-8")
    asyncio.run(sigma_engine(tmp_path, *DEMO, "--for", "0.5"))
    assert standings(tmp_path) == {"demo": HALTED}


def test_a_folder_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    answer = asyncio.run(sigma_engine(tmp_path / "elsewhere", "kill"))
    assert (answer.code, answer.out) == (2, "")
    assert "There is no data folder" in answer.err
