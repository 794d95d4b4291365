"""The kill switch as a session obeys it when another process pressed it, before it began or meanwhile."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from sigma_engine import LiftHalt, Mode, RunStatus, SessionRequest, open_session
from sigma_engine.clock import system_ms
from sigma_engine.domain.account import AccountState
from sigma_engine.events import StandingChanged
from sigma_engine.session.ports import Batch
from sigma_engine.session.remote_kill import RemoteKill
from sigma_engine.session.session import Session
from sigma_engine.storage.kill_requests import KillFiles
from tests.engine.storage.storage_samples import RUN, opened

PAPER = replace(RUN, run_id="paper-1", mode=Mode.PAPER, source="practice-weex")


@asynccontextmanager
async def demo(home: Path) -> AsyncIterator[tuple[Session, RemoteKill]]:
    """A demo that does not run yet, and the switch that others press."""
    session = await open_session(SessionRequest(mode=Mode.DEMO, home=home))
    held = session.portfolio()
    try:
        async with opened(home / "sigma.db") as store:
            remote = RemoteKill(
                *(KillFiles(home), session.bus, session.execute, lambda: held.positions, store.halt_all),
                account=session.state.account,
                venue="",
            )
            yield session, remote
    finally:
        await session.close()


async def obeyed_at_start(home: Path, and_then: Callable[[Session], Awaitable[object]] | None = None) -> AccountState:
    """How the account of a demo stands that found what waits in ``home``."""
    async with demo(home) as (session, remote):
        await remote.begin()
        state = session.standings.standing.state
        if and_then is not None:
            await and_then(session)
        await remote.obey()
        return state


async def lifted(session: Session) -> None:
    await session.execute(LiftHalt())


async def traded_on_paper(home: Path) -> None:
    async with opened(home / "sigma.db") as store:
        await store.commit(Batch(run=PAPER, positions=()))


async def stored_state(home: Path, account: str) -> AccountState | None:
    async with opened(home / "sigma.db") as store:
        standing = await store.standing(account)
        return None if standing is None else standing.state


def asked(home: Path, *, pressed_ms: int | None = None, flatten: bool = False) -> Path:
    """A request as the command line leaves it."""
    file = home / "kill.request"
    file.write_text(json.dumps({"pressed_ms": pressed_ms or system_ms(), "flatten": flatten}), "utf-8")
    return file


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"pressed_ms": "soon"}'])
def test_a_request_nobody_can_read_halts_none_the_less(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kill.request"
    file.write_text(text, "utf-8")
    assert asyncio.run(obeyed_at_start(tmp_path)) is AccountState.HALTED
    assert not file.exists()


def test_one_nobody_can_read_halts_each_time_it_is_left(tmp_path: Path) -> None:
    file = tmp_path / "kill.request"

    async def act() -> list[AccountState]:
        states = []
        async with demo(tmp_path) as (session, remote):
            for _ in range(3):
                file.touch()
                await remote.obey()
                states.append(session.standings.standing.state)
                await lifted(session)
        return states

    assert asyncio.run(act()) == [AccountState.HALTED] * 3
    assert not file.exists()


def test_the_halt_is_counted_from_the_press_by_the_wall(tmp_path: Path) -> None:
    early_ms = system_ms() - 60_000
    asked(tmp_path, pressed_ms=early_ms)
    asyncio.run(obeyed_at_start(tmp_path))
    answer = json.loads((tmp_path / "kill.answer").read_text("utf-8"))
    assert answer["pressed_ms"] == early_ms
    assert 60_000 <= answer["halted_ms"] <= system_ms() - early_ms


@pytest.mark.parametrize("flatten", [False, True])
def test_what_waited_halts_every_account_of_the_folder_whichever_is_opened(tmp_path: Path, flatten: bool) -> None:
    async def act() -> tuple[AccountState, AccountState | None]:
        await traded_on_paper(tmp_path)
        asked(tmp_path, flatten=flatten)
        async with demo(tmp_path) as (session, _):
            told: asyncio.Queue[StandingChanged] = asyncio.Queue()
            session.bus.subscribe(StandingChanged, told.put_nowait)
            running = asyncio.create_task(session.run())
            first = await told.get()
            await session.close()
            await running
        return first.standing.state, await stored_state(tmp_path, PAPER.account)

    assert asyncio.run(act()) == (AccountState.HALTED, AccountState.HALTED)


def test_one_pressed_while_a_session_runs_is_meant_for_its_account_alone(tmp_path: Path) -> None:
    async def act() -> AccountState | None:
        await traded_on_paper(tmp_path)
        async with demo(tmp_path) as (_, remote):
            await remote.begin()
            asked(tmp_path)
            await remote.obey()
        return await stored_state(tmp_path, PAPER.account)

    assert asyncio.run(act()) is None


def test_closing_what_an_exchange_holds_waits_for_a_session_that_trades_there(tmp_path: Path) -> None:
    async def act() -> list[AccountState]:
        await traded_on_paper(tmp_path)
        asked(tmp_path, flatten=True)
        return [await obeyed_at_start(tmp_path, lifted), await obeyed_at_start(tmp_path)]

    assert asyncio.run(act()) == [AccountState.HALTED, AccountState.ACTIVE], "a demo obeys it once, and leaves it"
    waiting = KillFiles(tmp_path).waiting()
    assert waiting is not None
    assert waiting.flatten


def test_one_that_was_left_waiting_and_comes_back_is_a_new_one(tmp_path: Path) -> None:
    early_ms = system_ms()

    async def act() -> AccountState:
        await traded_on_paper(tmp_path)
        asked(tmp_path, pressed_ms=early_ms, flatten=True)
        async with demo(tmp_path) as (session, remote):
            await remote.begin()
            await lifted(session)
            (tmp_path / "kill.request").unlink()
            await remote.obey()
            asked(tmp_path, pressed_ms=early_ms, flatten=True)
            await remote.obey()
            return session.standings.standing.state

    assert asyncio.run(act()) is AccountState.HALTED


def test_where_nothing_was_traded_at_an_exchange_a_demo_takes_it_all(tmp_path: Path) -> None:
    file = asked(tmp_path, flatten=True)
    assert asyncio.run(obeyed_at_start(tmp_path)) is AccountState.HALTED
    assert not file.exists()


@pytest.mark.parametrize("waits", [True, False])
def test_a_session_closed_before_it_obeyed_what_waited_ends_in_order(tmp_path: Path, waits: bool) -> None:
    async def act() -> RunStatus:
        async with demo(tmp_path) as (session, _):
            running = asyncio.create_task(session.run())
            for _ in range(2):
                await asyncio.sleep(0)
            await session.close()
            await running
            return session.snapshot().status

    if waits:
        asked(tmp_path)
    assert asyncio.run(act()) is not RunStatus.FAILED
    assert (tmp_path / "kill.request").exists() is waits, "what was not obeyed waits for the next session"


@pytest.mark.parametrize("waits", [True, False])
def test_a_session_that_was_closed_does_not_run(tmp_path: Path, waits: bool) -> None:
    async def act() -> tuple[RunStatus, RunStatus]:
        async with demo(tmp_path) as (session, _):
            await session.close()
            before = session.snapshot().status
            await session.run()
            return before, session.snapshot().status

    if waits:
        asked(tmp_path)
    before, after = asyncio.run(act())
    assert after is before


def test_where_the_halts_cannot_be_stored_nothing_is_traded(tmp_path: Path) -> None:
    async def act() -> tuple[RunStatus, str]:
        await traded_on_paper(tmp_path)
        async with demo(tmp_path) as (session, _):
            with closing(sqlite3.connect(tmp_path / "sigma.db")) as database:
                database.execute("DROP TABLE standings")
            await session.run()
            snapshot = session.snapshot()
            return snapshot.status, snapshot.reason

    asked(tmp_path)
    status, reason = asyncio.run(act())
    assert status is RunStatus.FAILED
    assert "sigma.db" in reason
    assert (tmp_path / "kill.request").exists(), "the next session tries again"
