"""The practice exchange in a process of its own, so that its work is none of what is measured."""

import asyncio
import contextlib
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

from sigma_engine.clock import ScaledClock, system_ms
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.generated import generated
from sigma_engine.practice.listings import usual_listings
from sigma_engine.practice.market import Market
from sigma_engine.practice.nouns import UNIT
from sigma_engine.practice.server import Heard, PracticeServer
from sigma_engine.practice.signature import Key
from sigma_engine.practice.streams import Streams

KEY = Key(key="practice-bench", secret="practice-bench-secret", passphrase="practice-bench-passphrase")
_DEPOSIT = 1_000_000 * UNIT
_LONGEST_START_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Fair:
    """What is traded: so many of the usual markets, a trade in each every ``step_ms``, time ``speed`` times as fast."""

    markets: int
    step_ms: int
    speed: float = 1.0
    history_minutes: int = 6_000


class ExchangeProcess:
    """A running exchange; ``url`` is where."""

    def __init__(self, url: str, line: "Connection[object, object]") -> None:
        self.url, self._line = url, line

    def requests(self) -> list[Heard]:
        """Everything it was asked so far, in its order."""
        self._line.send("requests")
        heard = self._line.recv()
        assert isinstance(heard, list)
        return heard


@contextlib.contextmanager
def serving(fair: Fair) -> Iterator[ExchangeProcess]:
    """An exchange for as long as the block lasts."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(fair, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_LONGEST_START_S):
            raise TimeoutError("the practice exchange did not start")
        yield ExchangeProcess(str(ours.recv()), ours)
    finally:
        with contextlib.suppress(OSError):
            ours.send("end")
        process.join(5)
        process.kill()


def _serve(fair: Fair, line: "Connection[object, object]") -> None:
    asyncio.run(_served(fair, line))


async def _served(fair: Fair, line: "Connection[object, object]") -> None:
    start_ms = system_ms()
    listings = usual_listings()[: fair.markets]
    sources = generated(listings, start_ms, step_ms=fair.step_ms, history_minutes=fair.history_minutes)
    clock = ScaledClock(start_ms, fair.speed)
    exchange = Exchange(listings, clock.now_ms, _DEPOSIT)
    market = Market(exchange, sources, clock.now_ms)
    streams = Streams(exchange, market, clock.now_ms, (KEY,))
    server = PracticeServer(exchange, clock.now_ms, (KEY,), market=market, streams=streams)
    line.send(await server.start())
    running = [asyncio.ensure_future(each.run(clock.sleep_until)) for each in (market, streams)]
    try:
        while await asyncio.to_thread(line.recv) == "requests":
            line.send(server.requests)
    except EOFError:
        pass
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        await server.stop()
