"""No key is ever written anywhere: every byte SIGMA leaves behind is searched for keys like no other text."""

import asyncio
import base64
import faulthandler
import io
import logging
import signal
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from sigma_desktop import logs
from sigma_engine import ConnectionRequest, Event, Mode, SessionRequest, StandingChanged, examine_keys, open_session
from sigma_engine.domain.keys import ApiKeys
from sigma_engine.domain.order import PositionSide
from sigma_engine.errors import SigmaError
from sigma_engine.events import OrderFilled, OrderRejected
from sigma_engine.practice.faults import MAINTENANCE, Fault, Mishap, Unanswered, refused
from sigma_engine.practice.signature import Key
from tests.servers.practice import practice
from tests.servers.processes import Ended, exchange, run_live, typed
from tests.servers.trading import ETH, sit_down

CANARY = Key(key="practice-Kanari/7f+key", secret="S3kret&Vogel=9a/+b", passphrase="Ph rase%Amsel?c2")
TYPED = typed(CANARY)
KEYS = ApiKeys.of(CANARY.key, CANARY.secret, CANARY.passphrase)
ECHO = refused(-1000, f"bad request of {CANARY.key} {CANARY.secret} {CANARY.passphrase}", 400)


def forms(text: str) -> set[bytes]:
    """Every way ``text`` might be written down."""
    raw = text.encode()
    coded = {base64.b64encode(b"\0" * before + raw)[4 * (before > 0) + (before == 2) : -4] for before in range(3)}
    quoted = {quote(text), quote(text, safe=""), quote_plus(text)}
    return {
        raw,
        raw[::-1],
        raw.hex().encode(),
        raw.hex().upper().encode(),
        repr(text)[1:-1].encode(),
        *coded,
        *(each.replace(b"+", b"-").replace(b"/", b"_") for each in coded),
        *(each.encode() for each in quoted),
    }


FORMS = {name: forms(getattr(CANARY, name)) for name in ("key", "secret", "passphrase")}


def found(data: bytes) -> set[str]:
    """Which of the three are in there."""
    return {name for name, marks in FORMS.items() if any(mark in data for mark in marks)}


def leaks(folder: Path, *texts: str) -> dict[str, set[str]]:
    """Where they are, of all files below ``folder`` and what was told."""
    places = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    places |= {f"text {place}": text.encode() for place, text in enumerate(texts)}
    assert sum(map(len, places.values())) > 0
    return {place: names for place, data in places.items() if (names := found(data))}


@pytest.mark.parametrize("name", ["key", "secret", "passphrase"])
def test_the_search_finds_whatever_is_there(name: str, tmp_path: Path) -> None:
    text = getattr(CANARY, name)
    written = [
        text,
        text[::-1],
        text.encode().hex(),
        base64.b64encode(f"x{text}y".encode()).decode(),
        base64.b64encode(f"{text}yz".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{text}c".encode()).decode(),
        quote_plus(text),
        quote(text),
    ]
    for place, each in enumerate(written):
        (tmp_path / "log").write_text(f"before {each} after", "utf-8")
        assert leaks(tmp_path) == {"log": {name}}, place


@pytest.fixture
def everything_logged(tmp_path: Path) -> Iterator[Path]:
    """The window's own log with every logger there is set to DEBUG, ccxt's too."""
    end = logs.begin_log(tmp_path / "log")
    names = [name for name in logging.root.manager.loggerDict if isinstance(logging.getLogger(name), logging.Logger)]
    levels = {name: logging.getLogger(name).level for name in ["", *names]}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield tmp_path
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    end()


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, part in zip(("KEY", "SECRET", "PASSPHRASE"), (CANARY.key, CANARY.secret, CANARY.passphrase), strict=True):
        monkeypatch.setenv(f"WEEX_API_{name}", part)


def test_orders_refusals_and_an_exchange_that_repeats_the_keys(everything_logged: Path) -> None:
    async def act() -> list[str]:
        async with practice(keys=(CANARY,)) as stand:
            sitting = await sit_down(stand, everything_logged / "sigma.db", KEYS)
            await sitting.wait(1_000)
            await sitting.enter()
            await sitting.wait(5_000)
            await sitting.enter(ETH, PositionSide.SHORT, "1000", 2)
            await sitting.wait(5_000)
            for place, mishap in enumerate((ECHO, MAINTENANCE, Unanswered(), refused(-1047, CANARY.secret))):
                stand.server.faults.add(Fault(what=mishap, times=4))
                await sitting.enter(ETH, PositionSide.LONG, "0.1", f"again {place}")
                await sitting.wait(20_000)
            assert sitting.events(OrderFilled)
            assert sitting.events(OrderRejected)
            await sitting.leave()
            return [repr(sitting.facts), repr(vars(sitting.gateway)), repr(sitting.account), repr(KEYS)]

    told = asyncio.run(act())
    assert "exchange" in (everything_logged / "log" / logs.FILE).read_text("utf-8")
    assert leaks(everything_logged, *told) == {}


def test_a_session_whose_handlers_and_jobs_fail(everything_logged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act() -> list[str]:
        async with exchange(keys=(CANARY,)) as url:
            request = SessionRequest(mode=Mode.LIVE, home=everything_logged, symbols=("BTC",), venue_url=url)
            session = await open_session(request)
            active = asyncio.Event()

            def fail(event: Event) -> None:
                raise RuntimeError(event, KEYS, session.trader.venue)

            def watch(event: StandingChanged) -> None:
                if event.standing.may_enter:
                    active.set()

            session.bus.subscribe(Event, fail)
            session.bus.subscribe(StandingChanged, watch)
            running = asyncio.create_task(session.run())
            await active.wait()

            def break_down(at_ms: int) -> Any:
                raise RuntimeError(KEYS, session.trader.venue, request)

            monkeypatch.setattr(session.trader, "hear", break_down)
            await running
            told = [repr(session.snapshot()), session.snapshot().reason]
            await session.close()
            with (everything_logged / "log" / logs.CRASH_FILE).open("a") as crashes:
                faulthandler.dump_traceback(crashes)
            return told

    told = asyncio.run(act())
    log = (everything_logged / "log" / logs.FILE).read_text("utf-8")
    assert "the run failed" in log
    assert " failed on " in log
    assert leaks(everything_logged, *told) == {}


@pytest.mark.parametrize(
    "mishap", [None, ECHO, MAINTENANCE, refused(-1047, CANARY.secret)], ids=["well", "echo", "maintenance", "refused"]
)
def test_the_command_line_and_its_json(tmp_path: Path, mishap: Mishap | None) -> None:
    async def act() -> Ended:
        async with exchange(keys=(CANARY,), mishap=mishap) as url:
            return await run_live(url, tmp_path, TYPED, "--symbols", "BTC", "--for", "2", "--json")

    ended = asyncio.run(act())
    assert ended.code == (0 if mishap is None else 1)
    assert leaks(tmp_path, ended.out, ended.err) == {}


def test_a_process_that_is_killed_by_a_fault(tmp_path: Path) -> None:
    async def act() -> Ended:
        async with exchange(keys=(CANARY,)) as url:
            return await run_live(
                url, tmp_path, TYPED, "--symbols", "BTC", "--json", crash=signal.SIGABRT, PYTHONFAULTHANDLER="1"
            )

    ended = asyncio.run(act())
    assert "Fatal Python error: Aborted" in (tmp_path / "logs" / logs.CRASH_FILE).read_text("utf-8")
    assert ended.code < 0
    assert leaks(tmp_path, ended.out, ended.err) == {}


@pytest.mark.parametrize("mishap", [None, ECHO, refused(-1047, CANARY.secret)], ids=["well", "echo", "refused"])
def test_keys_that_are_tested(everything_logged: Path, mishap: Mishap | None) -> None:
    request = ConnectionRequest(
        venue="weex", key=CANARY.key, secret=CANARY.secret, passphrase=CANARY.passphrase, demo=False
    )

    async def act() -> str:
        async with exchange(keys=(CANARY,), mishap=mishap) as url:
            asked = replace(request, venue_url=url)
            return repr((asked, await examine_keys(asked)))

    assert leaks(everything_logged, asyncio.run(act())) == {}


def test_an_error_on_the_way_shows_no_key_with_all_its_variables(everything_logged: Path) -> None:
    async def act() -> str:
        async with exchange(keys=(CANARY,), mishap=ECHO) as url:
            request = SessionRequest(mode=Mode.LIVE, home=everything_logged, symbols=("BTC",), venue_url=url)
            try:
                await open_session(request)
            except SigmaError as error:
                text = io.StringIO()
                traceback.TracebackException.from_exception(error).print(file=text)
                logging.getLogger("test").exception("as somebody might log it")
                return text.getvalue() + repr(error)
            raise AssertionError("the exchange let nobody in")

    assert leaks(everything_logged, asyncio.run(act())) == {}
