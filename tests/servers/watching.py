"""A feed, or a whole paper session, on the practice server: real sockets, virtual minutes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sigma_engine.domain.candle import Candle
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.faults import Faults
from sigma_engine.practice.nouns import UNIT
from sigma_engine.practice.server import PracticeServer
from tests.servers.candle_market import CandleMarket
from tests.servers.practice import BTC, ETH, NOW_MS, listing, parts
from tests.servers.virtual_clock import VirtualClock

MINUTE = 60_000
START_MS = NOW_MS - NOW_MS % MINUTE
NAMES = {BTC: "BTCUSDT", ETH: "ETHUSDT"}
_QUIET_NAPS, _TURNS, _NAP_S = 3, 10, 0.001


@dataclass
class Stand:
    """The exchange on one side; ``moved`` counts what happens on the other, so that time waits for it.

    While the other side is ``busy``, with its disk for example, time waits too.
    """

    clock: VirtualClock
    market: CandleMarket
    exchange: Exchange
    server: PracticeServer
    url: str
    moved: Callable[[], int] = field(default=lambda: 0)
    busy: Callable[[], bool] = field(default=lambda: False)

    async def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        await self.clock.run_to(self.clock.now_ms() + milliseconds, self.settle)

    async def wait_until(self, at_ms: int) -> None:
        await self.clock.run_to(at_ms, self.settle)

    async def until(self, task: "asyncio.Task[Any]") -> Any:
        """What ``task`` comes to; time passes meanwhile."""
        while not task.done():
            await self.wait(50)
        return task.result()

    async def settle(self) -> None:
        """Let sockets, threads and tasks do all they can at this instant."""
        quiet, before = 0, self._moves()
        while quiet < _QUIET_NAPS:
            for _ in range(_TURNS):  # however busy the machine is, a question needs so many to get somewhere
                await asyncio.sleep(0)
            await asyncio.sleep(_NAP_S)
            is_quiet = self._moves() == before and not self.busy()
            quiet, before = (quiet + 1, before) if is_quiet else (0, self._moves())

    def _moves(self) -> tuple[int, int, int]:
        answered = sum(1 for heard in self.server.requests[-50:] if heard.status is not None)
        return len(self.server.requests), answered, self.moved()

    def truth(self, symbol: str, open_ms: int) -> Candle:
        """The market's own candle."""
        candle = self.market.candle(NAMES[symbol], open_ms)
        assert candle is not None
        figures = (candle.open, candle.high, candle.low, candle.close, candle.volume)
        return Candle(open_ms, *(figure / UNIT for figure in figures))


@asynccontextmanager
async def standing(
    market: Callable[[VirtualClock], CandleMarket] = CandleMarket, start_ms: int = START_MS, **more: Any
) -> AsyncIterator[Stand]:
    """The exchange with BTC and ETH on the first second of a minute."""
    clock = VirtualClock(start_ms)
    exchange = Exchange((listing("BTC"), listing("ETH")), clock.now_ms, parts(10_000))
    exchange.move("BTCUSDT", parts(100))
    exchange.move("ETHUSDT", parts(50))
    told = market(clock)
    faults = more.pop("faults", None) or Faults(sleep_until=clock.sleep_until)
    server = PracticeServer(exchange, clock.now_ms, (), market=told, streams=told, faults=faults, **more)
    url = await server.start()
    telling = asyncio.create_task(told.tell())
    try:
        yield Stand(clock, told, exchange, server, url)
    finally:
        telling.cancel()
        await asyncio.wait((telling,))
        await server.stop()
