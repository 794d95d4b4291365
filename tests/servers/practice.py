"""The practice exchange behind its server and the unmodified ccxt client, in one loop and on one clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ccxt.pro

from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.faults import Faults
from sigma_engine.practice.market_port import INTERVALS_MS, Candle, Day, PriceKind
from sigma_engine.practice.nouns import UNIT, Listing
from sigma_engine.practice.sandbox import follow
from sigma_engine.practice.server import PracticeServer
from sigma_engine.practice.signature import Key
from sigma_engine.practice.weights import Limits
from tests.servers.virtual_clock import VirtualClock

NOW_MS = 1_767_604_530_000  # 2026-01-05 09:15:30 UTC
KEY = Key(key="practice-trader", secret="a secret of the practice exchange", passphrase="a phrase")
READER = Key(key="practice-reader", secret="another secret of it", passphrase="another phrase", may_trade=False)
BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"


def parts(number: str | int) -> int:
    """A number as people write it, in the exchange's parts."""
    return int(Decimal(number) * UNIT)


def listing(base: str) -> Listing:
    """WEEX's example market."""
    return Listing(
        symbol=f"{base}USDT",
        base=base,
        price_decimals=1,
        quantity_decimals=4,
        contract_value=parts("0.0001"),
        min_quantity=parts("0.0001"),
        max_quantity=parts(1_000_000),
        max_position=parts(5_000_000),
        largest_market_order=parts(2_300),
        price_band=parts("0.2"),
        maker_rate=parts("0.0002"),
        taker_rate=parts("0.0008"),
        maintenance_rate=parts("0.005"),
        max_leverage=400,
    )


class SawTooth:
    """A market past that is a known function of the open time: 97 steps up, then down at once."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms

    def candles(self, symbol: str, interval: str, end_ms: int, limit: int, kind: PriceKind) -> Sequence[Candle]:
        step_ms = INTERVALS_MS[interval]
        newest_ms = min(end_ms, self._now_ms()) // step_ms * step_ms
        opens = range(newest_ms - (limit - 1) * step_ms, newest_ms + 1, step_ms)
        return [self._candle(open_ms, step_ms, kind) for open_ms in opens]

    def spoilt(self, symbol: str, interval: str, rows: Sequence[list[Any]]) -> Sequence[list[Any]]:
        return rows

    def day(self, symbol: str) -> Day:
        now_ms = self._now_ms()
        return Day(
            open_ms=now_ms - 86_400_000,
            close_ms=now_ms,
            open=parts(50_000),
            high=parts(61_000),
            low=parts(49_000),
            volume=parts("12.5"),
            value=parts(700_000),
            trades=42,
        )

    def open_interest(self, symbol: str) -> int:
        return parts("1234.5")

    def _candle(self, open_ms: int, step_ms: int, kind: PriceKind) -> Candle:
        middle = (
            100 + open_ms // step_ms % 97 + {PriceKind.LAST: 0, PriceKind.MARK: 1_000, PriceKind.INDEX: 2_000}[kind]
        )
        return Candle(
            open_ms=open_ms,
            open=parts(middle),
            high=parts(middle + 2),
            low=parts(middle - 1),
            close=parts(middle + 1),
            volume=parts("3.25"),
            value=parts(325),
            trades=7,
            taker_volume=parts(1),
            taker_value=parts(100),
        )


async def settle() -> None:
    """Let everything that is under way between client and server arrive."""
    for _ in range(200):
        await asyncio.sleep(0)


def weex(url: str, now_ms: Callable[[], int], key: Key = KEY, **options: Any) -> Any:
    """The unmodified ccxt client; nothing but addresses, its clock and its throttle are set."""
    websocket = url.replace("http", "ws", 1)
    hosts = dict.fromkeys(("public", "private", "contract", "contractPrivate"), url)
    sockets = {"spot": f"{websocket}/spot/v3/ws", "contract": f"{websocket}/contract/v3/ws"}
    client = ccxt.pro.weex(
        {
            "apiKey": key.key,
            "secret": key.secret,
            "password": key.passphrase,
            "enableRateLimit": False,
            "options": {"defaultType": "swap", **options},
            "urls": {"api": {**hosts, "ws": sockets}, "test": hosts},
        }
    )
    client.milliseconds = now_ms
    return client


@dataclass
class Practice:
    """Everything a test of the wire needs."""

    clock: VirtualClock
    exchange: Exchange
    demo: Exchange
    server: PracticeServer
    url: str
    client: Any

    async def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        await self.clock.run_to(self.clock.now_ms() + milliseconds, settle)

    def asked(self, method: str, path: str) -> list[dict[str, Any]]:
        """What the exchange itself was asked by that call."""
        return [
            dict(heard.given)
            for heard in self.server.requests
            if heard.done and (heard.method, heard.path) == (method, f"/capi/v3/{path}")
        ]


@asynccontextmanager
async def practice(
    faults: Faults | None = None,
    *,
    limits: Limits | None = None,
    keys: Sequence[Key] = (KEY, READER),
    lists_spot: bool = True,
    clock: VirtualClock | None = None,
    **options: Any,
) -> AsyncIterator[Practice]:
    """BTC at 60,000 and ETH at 3,000 with 10,000 USDT; the client has loaded its markets."""
    clock = clock or VirtualClock(NOW_MS)
    listings = (listing("BTC"), listing("ETH"))
    exchange = Exchange(listings, clock.now_ms, parts(10_000), **options)
    demo = Exchange(listings, clock.now_ms, parts(5_000))
    follow(exchange, demo)
    exchange.move("BTCUSDT", parts(60_000))
    exchange.move("ETHUSDT", parts(3_000))
    server = PracticeServer(
        exchange,
        clock.now_ms,
        keys,
        market=SawTooth(clock.now_ms),
        faults=faults,
        demo=demo,
        limits=limits,
        lists_spot=lists_spot,
    )
    url = await server.start()
    client = weex(url, clock.now_ms)
    try:
        yield Practice(clock, exchange, demo, server, url, client)
    finally:
        await client.close()
        await server.stop()


def on_practice(act: Callable[[Practice], Awaitable[None]], faults: Faults | None = None, **options: Any) -> None:
    """Run ``act`` against a practice exchange of its own."""

    async def run() -> None:
        async with practice(faults, **options) as stand:
            await stand.client.load_markets()
            await act(stand)

    asyncio.run(run())


def started(work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """``work``, under way."""
    return asyncio.ensure_future(work)
