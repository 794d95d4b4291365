"""A live session in a process of its own, on an exchange in another: real sockets, a durable journal."""

import asyncio
import multiprocessing
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ParamSpec, TypeVar

from sigma_engine.assembly import assemble
from sigma_engine.benchmarks.exchange_process import KEY
from sigma_engine.domain.run import Mode, SessionRequest
from sigma_engine.events import StandingChanged
from sigma_engine.session.session import Session
from sigma_engine.settings import Credentials

P = ParamSpec("P")
T = TypeVar("T")

TURN_S = 0.0005
"""As window and command line set it."""
_CALM_S = 4
"""Until terms are agreed and what reading began with is no longer counted."""
_IDLE = '{"version": 1, "name": "Idle", "timeframe": "1m", "entry_long": ["close < 0.000001"]}'
"""It decides at every candle, and enters never."""


def apart(work: Callable[P, Awaitable[T]], *arguments: P.args, **named: P.kwargs) -> T:
    """What ``work`` comes to in a fresh process with a loop of its own."""
    run: Callable[..., T] = _run
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run, work, *arguments, **named).result()


def _run(work: Callable[..., Awaitable[T]], *arguments: object, **named: object) -> T:
    sys.setswitchinterval(TURN_S)
    for name, part in zip(_KEY_NAMES, (KEY.key, KEY.secret, KEY.passphrase), strict=True):
        os.environ[name] = part

    async def run() -> T:
        return await work(*arguments, **named)

    return asyncio.run(run())


_KEY_NAMES = tuple(name.upper() for name in Credentials.model_fields if name.startswith("weex_api"))


@asynccontextmanager
async def live_session(url: str, symbols: tuple[str, ...], speed: float) -> AsyncIterator[Session]:
    """A session that trades there and has read its account; ended with the block."""
    with TemporaryDirectory() as home:
        strategy = Path(home) / "idle.json"
        strategy.write_text(_IDLE, "utf-8")
        request = SessionRequest(
            mode=Mode.LIVE, home=Path(home), strategy=str(strategy), symbols=symbols, speed=speed, venue_url=url
        )
        session = await assemble(request)
        active = asyncio.get_running_loop().create_future()

        def watch(change: StandingChanged) -> None:
            if change.standing.may_enter and not active.done():
                active.set_result(None)

        session.bus.subscribe(StandingChanged, watch)
        running = asyncio.create_task(session.run())
        try:
            await asyncio.wait((active, running), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(_CALM_S)
            yield session
        finally:
            await session.close()
            await running
