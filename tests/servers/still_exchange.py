"""A practice exchange in the wall's time, ten times as fast, whose price stands still until it is moved."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Self

from sigma_engine.clock import ScaledClock
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.faults import Faults
from sigma_engine.practice.market import Market
from sigma_engine.practice.nouns import Fill
from sigma_engine.practice.server import PracticeServer
from sigma_engine.practice.sources import Source
from sigma_engine.practice.streams import Streams
from tests.servers.practice import KEY, listing, parts

START_MS, MINUTE, TICK_MS = 1_767_604_530_000, 60_000, 5_000
SPEED = 10
_PAST_MINUTES = 600


class StillExchange:
    """BTC at ``price``, traded every five seconds, and an account of 10,000 USDT, within `async with`.

    ``url`` is where it listens, ``faults`` are its wire's.
    """

    def __init__(self, price: int) -> None:
        self.clock, self.price, self.faults = ScaledClock(START_MS, SPEED), price, Faults()
        now_ms = self.clock.now_ms
        self.exchange = Exchange([listing("BTC")], now_ms, parts(10_000))
        self._market = Market(self.exchange, [self._source()], now_ms)
        self._streams = Streams(self.exchange, self._market, now_ms, (KEY,))
        self.server = PracticeServer(
            self.exchange, now_ms, (KEY,), market=self._market, streams=self._streams, faults=self.faults
        )
        self.url = ""
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.url = await self.server.start()
        self._open.push_async_callback(self.server.stop)
        jobs = [asyncio.ensure_future(job.run(self.clock.sleep_until)) for job in (self._market, self._streams)]
        self._open.push_async_callback(asyncio.wait, jobs)
        for job in jobs:
            self._open.callback(job.cancel)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._open.aclose()

    def move(self, price: int) -> None:
        """Trade there from now on."""
        self.price = price
        self.exchange.move("BTCUSDT", parts(price))

    @property
    def fills(self) -> list[Fill]:
        """Everything that was executed."""
        return [change for change in self.exchange.history if isinstance(change, Fill)]

    def was_sent(self, path: str) -> bool:
        """Whether something was sent there that arrived whole."""
        return any((heard.method, heard.path) == ("POST", path) for heard in self.server.requests)

    def _source(self) -> Source:
        middle, reach, end_ms = parts(self.price), parts(self.price) // 1_000, START_MS // MINUTE * MINUTE
        opens = range(end_ms - _PAST_MINUTES * MINUTE, end_ms, MINUTE)
        past = tuple((open_ms, middle, middle + reach, middle - reach, middle, parts(3)) for open_ms in opens)
        return Source(symbol="BTCUSDT", interval_ms=MINUTE, past=past, ticks=self._ticks())

    def _ticks(self) -> Iterator[tuple[int, int, int]]:
        at_ms = START_MS
        while True:
            yield at_ms, parts(self.price), parts("0.1")
            at_ms += TICK_MS
