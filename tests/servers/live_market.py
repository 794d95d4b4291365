"""The whole engine in live mode on a practice exchange with a market of its own; hours pass in seconds."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sigma_engine.assembly import assemble
from sigma_engine.domain.run import Mode, SessionRequest
from sigma_engine.events import Event
from sigma_engine.execution.standings import Standings
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.faults import Faults
from sigma_engine.practice.market import Market
from sigma_engine.practice.nouns import Listing
from sigma_engine.practice.server import PracticeServer
from sigma_engine.practice.sources import Source
from sigma_engine.practice.stream_faults import StreamFaults
from sigma_engine.practice.streams import Streams
from sigma_engine.session.session import Session
from tests.servers.practice import KEY, parts
from tests.servers.virtual_clock import VirtualClock

QUIET_NAPS, NAP_S = 3, 0.0005


@dataclass
class LiveMarket:
    """A session and the exchange it trades at."""

    clock: VirtualClock
    exchange: Exchange
    market: Market
    server: PracticeServer
    streams: Streams
    session: Session
    home: Path
    request: SessionRequest
    facts: list[Event] = field(default_factory=list)
    _running: "asyncio.Task[None] | None" = None

    @property
    def stand(self) -> "LiveMarket":
        return self

    @property
    def standings(self) -> Standings:
        return self.session.standings

    @property
    def file(self) -> Path:
        return self.home / "sigma.db"

    def begin(self) -> None:
        self.session.bus.subscribe(Event, self.facts.append)
        self._running = asyncio.create_task(self.session.run())

    async def wait(self, milliseconds: int) -> None:
        """Let time pass: the market's trades and everybody's waiting, in their order."""
        until_ms = self.clock.now_ms() + milliseconds
        while (due_ms := self.market.next_ms()) is not None and due_ms <= until_ms:
            await self.clock.run_to(due_ms, self.settle)
            self.market.advance_to(due_ms)
            await self.settle()
        await self.clock.run_to(until_ms, self.settle)

    async def settle(self) -> None:
        """Until nothing moves for a while."""
        quiet, before = 0, self._moves()
        while quiet < QUIET_NAPS:
            await asyncio.sleep(NAP_S)
            quiet, before = (quiet + 1, before) if self._moves() == before else (0, self._moves())

    def _moves(self) -> tuple[int, int, int]:
        answered = sum(1 for heard in self.server.requests[-50:] if heard.status is not None)
        return len(self.server.requests), answered, len(self.facts)

    async def restart(self) -> None:
        """Close the session in order and open it again on the same folder, at the same exchange."""
        await self.leave()
        self.session = await _opened(self.request, self.clock)
        self.begin()

    async def leave(self) -> None:
        await self.session.close()
        if self._running is not None:
            await self._running


async def _opened(request: SessionRequest, clock: VirtualClock) -> Session:
    """The session; while it is being opened it may wait for its turn in the rate budget."""
    opening = asyncio.create_task(assemble(request, clock))
    while not opening.done():
        await asyncio.sleep(NAP_S)
        await clock.run_to(clock.now_ms() + 20, _breathe)
    return opening.result()


async def _breathe() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@asynccontextmanager
async def live_market(
    home: Path,
    listings: Sequence[Listing],
    sources: Sequence[Source],
    start_ms: int,
    *,
    strategy: str | None = None,
    symbols: tuple[str, ...] = (),
    faults: Faults | None = None,
    stream_faults: StreamFaults | None = None,
    **options: Any,
) -> AsyncIterator[LiveMarket]:
    """A live session on a fresh account of 10,000 USDT; keys come from the environment, as a person would give them."""
    clock = VirtualClock(start_ms)
    exchange = Exchange(listings, clock.now_ms, parts(10_000), **options)
    market = Market(exchange, sources, clock.now_ms)
    streams = Streams(exchange, market, clock.now_ms, [KEY], faults=stream_faults)
    server = PracticeServer(exchange, clock.now_ms, [KEY], market=market, streams=streams, faults=faults)
    url = await server.start()
    request = SessionRequest(mode=Mode.LIVE, home=home, strategy=strategy, symbols=symbols, venue_url=url)
    session = await _opened(request, clock)
    world = LiveMarket(clock, exchange, market, server, streams, session, home, request)
    world.begin()
    try:
        yield world
    finally:
        await world.leave()
        await server.stop()
