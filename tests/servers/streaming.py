"""The practice exchange with a market that moves and its streams, behind the unmodified ccxt client."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from sigma_engine.practice.data_faults import DataFaults
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.market import Market
from sigma_engine.practice.nouns import Hold, Kind, Order, Side, Ticket
from sigma_engine.practice.server import PracticeServer
from sigma_engine.practice.signature import Key, signed
from sigma_engine.practice.sources import FileRow, replayed
from sigma_engine.practice.stream_faults import StreamFaults
from sigma_engine.practice.streams import SIGNED_PATH, Streams
from tests.servers.practice import KEY, READER, listing, parts, settle, weex
from tests.servers.virtual_clock import VirtualClock

MINUTE_MS = 60_000
START_MS = 1_767_604_500_000  # 2026-01-05 09:15 UTC, on the grid of five minutes
BTC_ROWS: list[FileRow] = [
    (START_MS + at * MINUTE_MS, 60_000 + 10 * at, 60_025 + 10 * at, 59_990 + 10 * at, 60_010 + 10 * at, 130.0 + at)
    for at in range(-120, 120)
]
ETH_ROWS: list[FileRow] = [(row[0], *(figure / 20 for figure in row[1:5]), 30.0) for row in BTC_ROWS]  # type: ignore[misc]


@dataclass
class Stage:
    """Everything a test of the streams needs."""

    clock: VirtualClock
    exchange: Exchange
    market: Market
    streams: Streams
    url: str
    client: Any
    order_ids: list[int] = field(default_factory=list)

    async def wait(self, milliseconds: int) -> None:
        """Let time pass; the market moves and pings go out."""
        await self.clock.run_to(self.clock.now_ms() + milliseconds, settle)

    async def soon(self, work: Coroutine[Any, Any, Any], within_ms: int = 60_000) -> Any:
        """What ``work`` comes to while time passes; it must, within ``within_ms`` of the exchange's clock."""
        task = asyncio.ensure_future(work)
        for _ in range(max(1, within_ms // 1_000)):
            if task.done():
                break
            await self.wait(1_000)
        if not task.done():
            task.cancel()
        return await task

    def trade(self, side: Side = Side.BUY, hold: Hold = Hold.LONG, quantity: str = "0.01", **terms: Any) -> Order:
        """A market order of the account in BTC."""
        ticket = Ticket(
            symbol="BTCUSDT",
            side=side,
            hold=hold,
            kind=terms.pop("kind", Kind.MARKET),
            quantity=parts(quantity),
            client_id=f"order-{len(self.order_ids)}",
            **terms,
        )
        order = self.exchange.place(ticket)
        self.order_ids.append(order.order_id)
        return order


class Raw:
    """A plain WebSocket client: what came, word by word."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []
        self.closed_with: int | None = None
        self.quiet_from = 0
        self._ids = 0

    async def send(self, method: str, *channels: str, **more: Any) -> str:
        self._ids += 1
        await self.socket.send_str(json.dumps({"id": str(self._ids), "method": method, "params": channels, **more}))
        await settle()
        await self.read()
        return str(self._ids)

    async def read(self) -> list[dict[str, Any]]:
        """Everything that has arrived by now."""
        await settle()
        while True:
            reading = asyncio.ensure_future(self.socket.receive())
            await settle()
            if not reading.done():
                reading.cancel()
                await asyncio.wait((reading,))
                return self.frames
            message = reading.result()
            if message.type is aiohttp.WSMsgType.CLOSE:
                self.closed_with = message.data
            if message.type is not aiohttp.WSMsgType.TEXT:
                return self.frames
            self.frames.append(json.loads(message.data))

    def of(self, event: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame.get("e") == event]


@asynccontextmanager
async def stage(
    faults: StreamFaults | None = None, data: DataFaults | None = None, *, step_ms: int = 5_000, **options: Any
) -> AsyncIterator[Stage]:
    """Two hours of BTC and ETH behind and two ahead, minute by minute; 10,000 USDT; the client knows its markets."""
    clock = VirtualClock(START_MS)
    exchange = Exchange((listing("BTC"), listing("ETH")), clock.now_ms, parts(10_000), **options)
    rows = {"BTC": BTC_ROWS, "ETH": ETH_ROWS}
    sources = [replayed(listing(base), rows[base], MINUTE_MS, START_MS, step_ms=step_ms) for base in rows]
    market = Market(exchange, sources, clock.now_ms, faults=data)
    streams = Streams(exchange, market, clock.now_ms, (KEY, READER), faults=faults)
    server = PracticeServer(exchange, clock.now_ms, (KEY, READER), market=market, streams=streams)
    url = await server.start()
    client = weex(url, clock.now_ms)
    running = [asyncio.ensure_future(each.run(clock.sleep_until)) for each in (market, streams)]
    try:
        await client.load_markets()
        yield Stage(clock, exchange, market, streams, url, client)
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        await client.close()
        await server.stop()


def on_stage(
    act: Callable[[Stage], Awaitable[None]],
    faults: StreamFaults | None = None,
    data: DataFaults | None = None,
    **options: Any,
) -> None:
    """Run ``act`` against a practice exchange of its own."""

    async def run() -> None:
        async with stage(faults, data, **options) as here:
            await act(here)

    asyncio.run(run())


@asynccontextmanager
async def raw(here: Stage, side: str = "public", key: Key = KEY, **headers: str) -> AsyncIterator[Raw]:
    """A plain client of one socket, signed where it must be."""
    stamp = str(here.clock.now_ms())
    signature = {
        "ACCESS-KEY": key.key,
        "ACCESS-PASSPHRASE": key.passphrase,
        "ACCESS-TIMESTAMP": stamp,
        "ACCESS-SIGN": signed(key, stamp, SIGNED_PATH),
    }
    own = (signature if side == "private" else {}) | headers
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{here.url}/contract/v3/ws/{side}", headers=own, autoping=False) as socket,
    ):
        yield Raw(socket)
