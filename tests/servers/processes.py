"""The practice exchange in the wall's time, and SIGMA's command line as a process of its own that trades there."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sigma_engine.clock import Clock, system_ms
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.faults import Fault, Faults, Mishap
from sigma_engine.practice.generated import generated
from sigma_engine.practice.listings import usual_listings
from sigma_engine.practice.market import Market
from sigma_engine.practice.nouns import Listing
from sigma_engine.practice.server import PracticeServer
from sigma_engine.practice.signature import Key
from sigma_engine.practice.streams import Streams
from tests.servers.practice import KEY, READER, parts

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Typed:
    """Keys as a person gave them."""

    key: str
    secret: str
    passphrase: str


def typed(key: Key) -> Typed:
    return Typed(key.key, key.secret, key.passphrase)


@asynccontextmanager
async def exchange(
    now_ms: Callable[[], int] = system_ms,
    mishap: Mishap | None = None,
    keys: Sequence[Key] = (KEY, READER),
    clock: Clock | None = None,
    markets: int = 1,
    listed: Callable[[Listing], Listing] = lambda usual: usual,
    prepare: Callable[[Exchange], object] = lambda account: None,
) -> AsyncIterator[str]:
    """The first ``markets``, as ``listed``, on this machine, in the time of ``now_ms``; the exchange's address.

    On a ``clock`` the market and its streams move by themselves, as those of `sigma-engine exchange serve` do.
    ``prepare`` is what was done to the account before anybody trades it.
    """
    now_ms = now_ms if clock is None else clock.now_ms
    listings = tuple(map(listed, usual_listings()[:markets]))
    account = Exchange(listings, now_ms, parts(10_000))
    market = Market(account, generated(listings, now_ms(), history_minutes=600 if clock is None else 1_500), now_ms)
    streams = Streams(account, market, now_ms, keys)
    faults = Faults() if mishap is None else Faults(Fault(what=mishap, times=None))
    server = PracticeServer(account, now_ms, keys, market=market, streams=streams, faults=faults)
    market.advance_to(now_ms())
    prepare(account)
    moving: list[asyncio.Task[None]] = []
    try:
        url = await server.start()
        if clock is not None:
            moving = [asyncio.create_task(each.run(clock.sleep_until)) for each in (market, streams)]
        yield url
    finally:
        for task in moving:
            task.cancel()
        await asyncio.gather(*moving, return_exceptions=True)
        await server.stop()


@dataclass(frozen=True)
class Ended:
    """What a process left behind."""

    code: int
    out: str
    err: str


async def run_live(
    url: str, home: Path, keys: Typed, *more: str, crash: signal.Signals | None = None, **environment: str
) -> Ended:
    """`sigma-engine run --mode live` as a process of its own; ``crash`` is sent to it once it has said something."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sigma_engine.cli", *_words(url, home), *(more or ("--symbols", "BTC"))),
        env={**os.environ, **_given(keys), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    first = b""
    if crash is not None:
        assert process.stdout is not None
        first = await process.stdout.readline()
        process.send_signal(crash)
    out, err = await process.communicate()
    return Ended(process.returncode or 0, (first + out).decode(), err.decode())


@asynccontextmanager
async def living(
    program: Sequence[str], arguments: Sequence[str], url: str, home: Path, said: Path
) -> AsyncIterator[Process]:
    """The command line, or the ``program`` that stands in for it, trading live for as long as the block lasts at most.

    ``program`` is its module and what that wants to know first; what it says is kept in the file ``said``.
    """
    with said.open("wb") as saying:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *program, *_words(url, home), *arguments),
            env={**os.environ, **_given(typed(KEY)), "PYTHONPATH": str(_ROOT)},
            cwd=home.parent,
            stdout=saying,
            stderr=saying,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _words(url: str, home: Path) -> tuple[str, ...]:
    return "run", "--mode", "live", "--venue", "weex", "--venue-url", url, "--home", str(home)


def _given(keys: Typed) -> dict[str, str]:
    return {"WEEX_API_KEY": keys.key, "WEEX_API_SECRET": keys.secret, "WEEX_API_PASSPHRASE": keys.passphrase}
