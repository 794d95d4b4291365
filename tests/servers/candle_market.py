"""Two markets whose every candle is known, told by WEEX's answers and its stream, and whatever goes wrong there."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any

from aiohttp import WSMsgType, web

from sigma_engine.practice.data_faults import DataFaults
from sigma_engine.practice.market_port import INTERVALS_MS, Candle, Day, PriceKind
from sigma_engine.practice.nouns import UNIT
from sigma_engine.practice.reply import Json
from tests.servers.virtual_clock import VirtualClock

MINUTE, TOLD_MS = 60_000, 5_000
"""A candle's state is told so often, last of all at its close."""
_STEP = UNIT // 10


class CandleMarket:
    """Implements the practice server's `MarketPort` and `Streams`; candles are 1m and nothing else.

    ``faults`` spoil candles wherever they are told. ``silent``: the stream says nothing more, not even to a new
    subscriber. ``frozen``: it repeats its last word. ``twice``, ``shuffled``: each frame comes again, or late.
    ``refused`` is a symbol the stream does not know.
    """

    def __init__(self, clock: VirtualClock, seed: int = 1, faults: DataFaults | None = None) -> None:
        self._clock, self._seed, self.faults = clock, seed, faults or DataFaults()
        self.silent = self.frozen = self.twice = self.shuffled = False
        self.spoil: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: row
        self.connected = 0
        self.refused = ""
        self._sockets: dict[web.WebSocketResponse, set[str]] = {}
        self._late: list[tuple[web.WebSocketResponse, str]] = []
        self._last: dict[str, str] = {}

    # -- the truth

    def candle(self, symbol: str, open_ms: int, at_ms: int | None = None) -> Candle | None:
        """The candle as it stands at ``at_ms``, else as it closes; None before its first trade."""
        chance = Random(f"{self._seed}|{symbol}|{open_ms}")
        middle = 1_000 if symbol == "BTCUSDT" else 500
        count = MINUTE // TOLD_MS
        prices = [(middle + chance.randint(-30, 30)) * _STEP for _ in range(count)]
        done = count if at_ms is None else min(count, (at_ms - open_ms) // TOLD_MS)
        if done <= 0:
            return None
        seen = prices[:done]
        volume = done * UNIT
        return Candle(
            open_ms=open_ms,
            open=seen[0],
            high=max(seen),
            low=min(seen),
            close=seen[-1],
            volume=volume,
            value=volume,
            trades=done,
            taker_volume=volume // 2,
            taker_value=volume // 2,
        )

    def candles(self, symbol: str, interval: str, end_ms: int, limit: int, kind: PriceKind) -> Sequence[Candle]:
        now_ms = self._clock.now_ms()
        newest_ms = min(end_ms, now_ms) // MINUTE * MINUTE
        opens = range(newest_ms - (limit - 1) * MINUTE, newest_ms + 1, MINUTE)
        known = [candle for open_ms in opens if (candle := self.candle(symbol, open_ms, now_ms)) is not None]
        return self.faults.told(symbol, interval, INTERVALS_MS[interval], known, now_ms)

    def spoilt(self, symbol: str, interval: str, rows: Sequence[list[Json]]) -> Sequence[list[Json]]:
        return self.faults.spoilt(symbol, interval, rows)

    def day(self, symbol: str) -> Day:
        now_ms, one = self._clock.now_ms(), UNIT
        return Day(
            open_ms=now_ms - 86_400_000, close_ms=now_ms, open=one, high=one, low=one, volume=one, value=one, trades=1
        )

    def open_interest(self, symbol: str) -> int:
        return UNIT

    # -- the stream

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [web.get("/contract/v3/ws/public", self._serve)]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connected += 1
        self._sockets[socket] = set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._heard(socket, json.loads(message.data))
        finally:
            del self._sockets[socket]
        return socket

    async def _heard(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        if said.get("method") != "SUBSCRIBE":
            return
        if self.refused and any(channel.startswith(self.refused) for channel in said["params"]):
            words = f"INVALID_ARGUMENT: invalid symbol : {self.refused}"
            await socket.send_str(json.dumps({"result": False, "id": said["id"], "msg": words}))
            return
        await socket.send_str(json.dumps({"result": True, "id": said["id"]}))
        for channel in said["params"]:
            self._sockets[socket].add(channel)
            if not self.silent and (frame := self._frame(channel, "klineSnapshot", self._clock.now_ms())):
                await socket.send_str(frame)

    async def tell(self) -> None:
        """Tell every subscriber how its candle stands, all the time."""
        while True:
            now_ms = self._clock.now_ms()
            await self._clock.sleep_until(now_ms - now_ms % TOLD_MS + TOLD_MS)
            for socket, channels in list(self._sockets.items()):
                for channel in channels:
                    with suppress(ConnectionError):
                        await self._send(socket, channel)

    async def _send(self, socket: web.WebSocketResponse, channel: str) -> None:
        if self.silent:
            return
        frame = self._last.get(channel) if self.frozen else self._frame(channel, "kline", self._clock.now_ms())
        if frame is None:
            return
        self._last[channel] = frame
        if self.shuffled:
            late, self._late = self._late, [(socket, frame)]
            frames = [*(text for owner, text in late if owner is socket), frame][::-1]
        else:
            frames = [frame]
        for text in frames * 2 if self.twice else frames:
            await socket.send_str(text)

    def _frame(self, channel: str, event: str, now_ms: int) -> str | None:
        """At a close the closed candle is told, and what the next one's first trade made of it is told later."""
        symbol = channel.partition("@")[0]
        open_ms = (now_ms - 1) // MINUTE * MINUTE
        if (candle := self.candle(symbol, open_ms, now_ms)) is None:
            return None
        told = self.faults.told(symbol, "1m", MINUTE, [candle], now_ms)
        rows = [self.spoil(_row(symbol, each)) for each in told]
        return json.dumps({"e": event, "E": now_ms, "s": symbol, "p": "LAST_PRICE", "d": rows}) if rows else None

    async def hang_up(self) -> None:
        """Close every stream."""
        for socket in list(self._sockets):
            await socket.close()


def _row(symbol: str, candle: Candle) -> dict[str, Any]:
    def text(parts: int) -> str:
        return f"{parts / UNIT:.8f}"

    return {
        "t": candle.open_ms,
        "T": candle.open_ms + MINUTE,
        "s": symbol,
        "i": "1m",
        "o": text(candle.open),
        "c": text(candle.close),
        "h": text(candle.high),
        "l": text(candle.low),
        "v": text(candle.volume),
        "n": candle.trades,
        "q": text(candle.value),
        "V": text(candle.taker_volume),
        "Q": text(candle.taker_value),
    }
