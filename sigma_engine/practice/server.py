"""WEEX's contract API on this machine: who asks, what the account's exchange says, and what goes wrong between."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from aiohttp import web

from sigma_engine.practice.desk import Asked, Desk
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.faults import (
    Echoed,
    Faults,
    Instead,
    Late,
    Lost,
    Mishap,
    Muted,
    Overtaken,
    Twice,
    Unanswered,
)
from sigma_engine.practice.floor import DEMO_ASSET, Floor
from sigma_engine.practice.market_port import MarketPort
from sigma_engine.practice.reply import Reply, muted
from sigma_engine.practice.signature import Key
from sigma_engine.practice.weights import Limits, Weights

HOST = "127.0.0.1"


class Streams(Protocol):
    """The WebSocket side, mounted beside the calls."""

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Where it listens."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request that reached this machine; ``done`` tells whether the exchange got it, ``status`` what was replied.

    ``arrived_ns`` and ``replied_ns`` are by `time.perf_counter_ns`, for who measures how fast somebody is.
    """

    at_ms: int
    method: str
    path: str
    given: Mapping[str, object]
    done: bool
    status: int | None
    arrived_ns: int
    replied_ns: int


class PracticeServer:
    """Serves one account's ``exchange`` on 127.0.0.1 to whoever holds one of ``keys``.

    ``now_ms`` is the exchange's clock. Without a ``market`` there are no candles, trades and day figures; without
    ``streams`` no WebSocket; without a ``demo`` exchange no sandbox; without ``limits`` no rate limit. ``lists_spot``
    lists spot markets under the same names, as WEEX does. ``requests`` is everything that came, in its order, and
    ``torn`` how many requests ended before their end.
    """

    def __init__(
        self,
        exchange: Exchange,
        now_ms: Callable[[], int],
        keys: Sequence[Key],
        *,
        market: MarketPort | None = None,
        streams: Streams | None = None,
        faults: Faults | None = None,
        port: int = 0,
        demo: Exchange | None = None,
        limits: Limits | None = None,
        lists_spot: bool = True,
    ) -> None:
        floor = Floor(exchange=exchange, now_ms=now_ms, market=market, lists_spot=lists_spot)
        self.faults = faults or Faults()
        self.weights = Weights(limits) if limits else None
        self.requests: list[Heard] = []
        self.torn = 0
        demo_floor = None if demo is None else replace(floor, exchange=demo, asset=DEMO_ASSET)
        self._desk = Desk(floor, demo_floor, keys, self.weights)
        self._now_ms, self._streams, self._port = now_ms, streams, port
        self._runner: web.AppRunner | None = None
        self._socket: asyncio.Server | None = None
        self._closing = asyncio.Event()
        self._overtaken: list[asyncio.Future[None]] = []
        self._doors: list[_SilentDoor] = []

    async def start(self) -> str:
        """Open the door; returns the base address, without a slash at its end."""
        app = web.Application()
        app.add_routes([*(self._streams.routes() if self._streams else ()), web.route("*", "/{call:.*}", self._serve)])
        self._closing.clear()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        self._socket = await loop.create_server(self._door, HOST, self._port)
        self._port = self._socket.sockets[0].getsockname()[1]
        return f"http://{HOST}:{self._port}"

    async def stop(self) -> None:
        """Close the door and every connection; what was held back is never answered. It may be started again."""
        self._closing.set()
        if self._socket is not None:
            self._socket.close()
        for door in self._doors:
            door.abort()
        self._doors.clear()
        if self._runner is not None:
            await self._runner.cleanup()
        self._socket = self._runner = None

    def cut_connections(self) -> None:
        """Cut every open connection, streams included; the door stays open."""
        server = self._runner.server if self._runner else None
        for connection in server.connections if server else ():
            if connection.transport is not None:
                connection.transport.abort()
        for door in self._doors:
            door.abort()

    def _door(self) -> asyncio.BaseProtocol:
        shut = self.faults.at_the_door(self._now_ms())
        if shut is None:
            assert self._runner is not None
            assert self._runner.server is not None
            return self._runner.server()
        door = _SilentDoor(stays=shut.silent)
        self._doors.append(door)
        return door

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        at_ns = time.perf_counter_ns()
        try:
            body = await request.read()
        except ConnectionResetError:
            self.torn += 1
            return web.Response(status=400)
        asked = Asked(
            method=request.method,
            path=request.path,
            target=request.raw_path,
            query=dict(request.query),
            body=body,
            headers=request.headers,
            address=request.remote or HOST,
            at_ns=at_ns,
        )
        mishap = self.faults.due(asked.method, asked.path, self._now_ms())
        reply = await self._through(asked, mishap)
        self._wake_overtaken()
        if reply is None:
            return await self._vanish(request, silent=isinstance(mishap, Lost | Unanswered) and mishap.silent)
        if isinstance(mishap, Overtaken):
            await self._overtake()
        response = web.Response(status=reply.status, body=reply.body.encode(), headers=_headers(reply))
        if isinstance(mishap, Echoed):
            await _echo(request, response, reply)
        return response

    async def _through(self, asked: Asked, mishap: Mishap | None) -> Reply | None:
        """What comes back of a request that ``mishap`` met; None where nothing does."""
        match mishap:
            case Lost():
                return self._hear(asked, None, done=False)
            case Instead():
                return self._hear(asked, mishap.reply, done=False)
            case Unanswered():
                self._answer(asked)
                return None
            case Late():
                await self._wait(mishap.request_ms)
                reply = self._answer(asked)
                await self._wait(mishap.reply_ms)
                return reply
            case Twice():
                first = self._answer(asked)
                await self._wait(mishap.apart_ms)
                second = self._answer(asked)
                return second if mishap.second else first
            case Muted():
                return muted(self._answer(asked))
            case _:
                return self._answer(asked)

    def _answer(self, asked: Asked) -> Reply:
        reply = self._desk.answer(asked)
        self._hear(asked, reply, done=True)
        return reply

    def _hear(self, asked: Asked, reply: Reply | None, *, done: bool) -> Reply | None:
        heard = Heard(
            at_ms=self._now_ms(),
            method=asked.method,
            path=asked.path,
            given=asked.told(),
            done=done,
            status=None if reply is None else reply.status,
            arrived_ns=asked.at_ns,
            replied_ns=time.perf_counter_ns(),
        )
        self.requests.append(heard)
        return reply

    async def _wait(self, wait_ms: int) -> None:
        """Let ``wait_ms`` of the exchange's clock pass, or the server close."""
        if not wait_ms:
            return
        assert self.faults.sleep_until is not None
        asleep = asyncio.ensure_future(self.faults.sleep_until(self._now_ms() + wait_ms))
        closing = asyncio.ensure_future(self._closing.wait())
        await asyncio.wait((asleep, closing), return_when=asyncio.FIRST_COMPLETED)
        for task in (asleep, closing):
            task.cancel()

    async def _overtake(self) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._overtaken.append(waiting)
        closing = asyncio.ensure_future(self._closing.wait())
        await asyncio.wait((waiting, closing), return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()

    def _wake_overtaken(self) -> None:
        for waiting in self._overtaken:
            waiting.set_result(None)
        self._overtaken.clear()

    async def _vanish(self, request: web.Request, *, silent: bool) -> web.StreamResponse:
        if silent:
            await self._closing.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)


class _SilentDoor(asyncio.Protocol):
    """A connection nobody answers: cut at once, or where it ``stays`` never read."""

    def __init__(self, *, stays: bool) -> None:
        self._stays = stays
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._stays:
            transport.pause_reading()
        else:
            transport.abort()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def _headers(reply: Reply) -> dict[str, str]:
    return {"Content-Type": f"{reply.content_type}; charset=utf-8", **reply.headers}


async def _echo(request: web.Request, response: web.Response, reply: Reply) -> None:
    """Send the reply, and the same bytes once more behind it."""
    await response.prepare(request)
    await response.write_eof()
    if request.transport is not None:
        body = reply.body.encode()
        head = "".join(f"{name}: {value}\r\n" for name, value in _headers(reply).items())
        line = f"HTTP/1.1 {reply.status} {response.reason}\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        request.transport.write(line.encode() + body)
