"""A server with WEEX's paths whose every answer a test writes itself, byte for byte, and the gateway that meets it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from aiohttp import WSMsgType, web

from sigma_engine.domain.order import Leg, Order, OrderSide, PositionSide
from sigma_engine.exchanges.connect import open_gateway
from sigma_engine.exchanges.gateway import CcxtGateway
from sigma_engine.exchanges.keys import ApiKeys
from sigma_engine.exchanges.profiles import venue_named
from tests.servers.virtual_clock import VirtualClock

NOW_MS = 1_767_604_530_000
BTC = "BTC/USDT:USDT"
SECRETS = ("practice-canary-key", "canary-secret", "canary-phrase")
KEYS = ApiKeys.of(*SECRETS)
ORDER, ALGO = "POST /capi/v3/order", "POST /capi/v3/algoOrder"
MARKET = {
    "symbol": "BTCUSDT", "baseAsset": "BTC", "quoteAsset": "USDT", "marginAsset": "USDT", "pricePrecision": "1",
    "quantityPrecision": "4", "baseAssetPrecision": "4", "quotePrecision": "8", "contractVal": "0.0001",
    "delivery": [], "forwardContractFlag": True, "minLeverage": "1", "maxLeverage": "400", "makerFeeRate": "0.0002",
    "takerFeeRate": "0.0008", "minOrderSize": "0.001", "maxOrderSize": "1000", "maxPositionSize": "5000000",
    "marketOpenLimitSize": "500",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A request: method and path, what it asks, and its headers."""

    call: str
    given: dict[str, Any]
    headers: dict[str, str]


@dataclass(frozen=True)
class Said:
    """An answer; ``text`` goes out as it stands."""

    text: str
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, status: int = 200, **headers: str) -> "Said":
        return cls(json.dumps(value), status, headers=headers)


@dataclass(frozen=True)
class Cut:
    """The connection ends instead."""


class Silence:
    """Nothing comes back, ever."""


Answer = Said | Cut | Silence
Script = Callable[[Asked], Answer]


@dataclass
class Stage:
    """The server, the gateway that was opened on it, and all that was asked; ``answers`` may be changed at any time."""

    clock: VirtualClock
    answers: dict[str, Answer | Script]
    asked: list[Asked] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    listens: Callable[[web.WebSocketResponse, dict[str, Any]], Awaitable[None]] | None = None
    url: str = ""
    gateway: CcxtGateway = None  # type: ignore[assignment]
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def calls(self, call: str) -> list[dict[str, Any]]:
        """What was asked by one call."""
        return [asked.given for asked in self.asked if asked.call == call]

    async def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        await self.clock.run_to(self.clock.now_ms() + milliseconds, settle)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        given = {**request.query, **(json.loads(body) if body else {})}
        asked = Asked(f"{request.method} {request.path}", given, dict(request.headers))
        self.asked.append(asked)
        answer = self.answers.get(asked.call, Said("404 page not found", 404, "text/plain"))
        said = answer(asked) if callable(answer) else answer
        if isinstance(said, Silence):
            await self.closing.wait()
        if not isinstance(said, Said):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(body=said.text.encode(), status=said.status, content_type=said.kind, headers=said.headers)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(f"WS {request.path}", {}, dict(request.headers)))
        if isinstance(refused := self.answers.get("WS"), Said):
            return web.Response(status=refused.status, text=refused.text)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                frame = json.loads(message.data)
                self.asked.append(Asked("FRAME", frame, {}))
                if self.listens is not None:
                    await self.listens(socket, frame)
                elif frame["method"] == "SUBSCRIBE":
                    await socket.send_json({"result": True, "id": frame["id"]})
        return socket


async def settle() -> None:
    """Let what is under way arrive."""
    for _ in range(200):
        await asyncio.sleep(0)


@asynccontextmanager
async def staged(answers: dict[str, Answer | Script] | None = None, *, opens: bool = True) -> AsyncIterator[Stage]:
    """The gateway on a stage; it has read the one market and the time."""
    clock = VirtualClock(NOW_MS)
    stage = Stage(clock, {})
    stage.answers = {
        "GET /capi/v3/market/time": lambda _: Said.of({"serverTime": clock.now_ms()}),
        "GET /capi/v3/market/exchangeInfo": Said.of({"assets": [], "symbols": [MARKET]}),
        "GET /api/v3/exchangeInfo": Said.of({"symbols": []}),
        ORDER: lambda asked: taken(asked.given["newClientOrderId"]),
        ALGO: lambda asked: taken(asked.given["clientAlgoId"]),
        **(answers or {}),
    }
    app = web.Application()
    app.add_routes([web.get("/contract/v3/ws/private", stage.stream), web.route("*", "/{call:.*}", stage.serve)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stage.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        if opens:
            stage.gateway = await open_gateway(venue_named("weex"), KEYS, clock, stage.url)
            stage.asked.clear()
        yield stage
    finally:
        stage.closing.set()
        if stage.gateway is not None:
            await stage.gateway.close()
        for socket in stage.sockets:
            await socket.close()
        await runner.cleanup()


def on_stage(
    act: Callable[[Stage], Awaitable[None]], answers: dict[str, Answer | Script] | None = None, *, opens: bool = True
) -> None:
    """Run ``act`` on a stage of its own."""

    async def run() -> None:
        async with staged(answers, opens=opens) as stage:
            await act(stage)

    asyncio.run(run())


def taken(client_id: str, **changed: Any) -> Said:
    """WEEX's answer to an order it takes."""
    row = {"orderId": "702345678901234567", "clientOrderId": client_id, "success": True, "errorCode": ""}
    return Said.of({**row, "errorMessage": "", **changed})


def order(leg: Leg = Leg.ENTRY, quantity: str = "0.01", **changed: Any) -> Order:
    """A long one of BTC."""
    side = OrderSide.BUY if leg is Leg.ENTRY else OrderSide.SELL
    if leg.rests:
        changed = {"trigger": Decimal("58000"), **changed}
    return Order(
        **{
            "client_id": f"sg{leg}aaaaaaaaaaaaaaaaaaaa", "symbol": BTC, "leg": leg, "side": side,
            "position_side": PositionSide.LONG, "quantity": Decimal(quantity), "leverage": 5, "bar_ms": 0,
            "created_ms": NOW_MS, "reference_price": 60_000.0, **changed,
        }
    )  # fmt: skip
