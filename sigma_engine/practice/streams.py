"""The practice exchange's two sockets: the market for everybody, the account for who holds a key."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

from aiohttp import WSMessage, WSMsgType, web

from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.frames import (
    Frame,
    account_row,
    fill_row,
    order_row,
    position_row,
    private_frame,
    text_of,
)
from sigma_engine.practice.line import Line
from sigma_engine.practice.market_port import MarketPort
from sigma_engine.practice.nouns import Changed, Fill, MarginMode, Order, Position, Quote, Refusal, Trade, Wallet
from sigma_engine.practice.reply import envelope
from sigma_engine.practice.signature import Key, admit
from sigma_engine.practice.stream_faults import Denied, Side, StreamFaults, Turned
from sigma_engine.practice.subscriptions import MOST_CHANNELS, Channel, Topic, Wish, channel_of, wish_of
from sigma_engine.practice.tellers import Teller, teller_of

SIGNED_PATH = "/v3/ws/private"
"""What the signature of the private socket is about, wherever it is served."""
PING_MS = 30_000
_GOODBYE_S = 1.0
"""How long a client has to answer a close."""


class Streams:
    """Serves both sockets and tells, in its order, what `Exchange.listen` hears.

    ``market`` tells of candles and days, ``now_ms`` is the exchange's clock, ``keys`` open the private socket. Pings
    go out every ``ping_ms`` while `run` runs; ``faults`` may be changed at any moment.
    """

    def __init__(
        self,
        exchange: Exchange,
        market: MarketPort,
        now_ms: Callable[[], int],
        keys: Sequence[Key],
        *,
        faults: StreamFaults | None = None,
        ping_ms: int = PING_MS,
    ) -> None:
        self.faults = faults or StreamFaults()
        self.lines: list[Line] = []
        self._exchange, self._market, self._now_ms, self._keys = exchange, market, now_ms, keys
        self._ping_ms = ping_ms
        self._tellers: dict[str, Teller] = {}
        self._moved: dict[str, None] = {}
        self._numbered = 0
        exchange.listen(self._hear)

    def routes(self) -> list[web.RouteDef]:
        """Where the sockets are; ccxt knows a contract's by the word in its address."""
        return [
            web.get("/contract/v3/ws/public", self._serve_public),
            web.get("/contract/v3/ws/private", self._serve_private),
        ]

    async def run(self, sleep_until: Callable[[int], Awaitable[None]]) -> None:
        """Ping whoever is connected, in both forms WEEX has, until cancelled."""
        while True:
            await sleep_until(self._now_ms() + self._ping_ms)
            for line in tuple(self.lines):
                word = "event" if line.side is Side.PUBLIC else "type"
                line.ping(text_of({word: "ping", "time": str(self._now_ms())}))

    def inject(self, text: str, side: Side) -> None:
        """Send ``text`` as it is to everybody on that socket."""
        for line in self._on(side):
            line.say("injected", text)

    def drop(self, side: Side, status: int | None = 1001) -> None:
        """End every connection of that socket with a close ``status``, or with None cut them without a word."""
        for line in tuple(self._on(side)):
            line.drop(status)

    # Connections

    async def _serve_public(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, Side.PUBLIC)

    async def _serve_private(self, request: web.Request) -> web.StreamResponse:
        try:
            admit(request.headers, SIGNED_PATH, self._keys, self._now_ms())
        except Refusal as refusal:
            return web.Response(status=401, text=envelope(refusal).body, content_type="application/json")
        return await self._serve(request, Side.PRIVATE)

    async def _serve(self, request: web.Request, side: Side) -> web.StreamResponse:
        turned = self.faults.due(Turned, side, "", "connect", self._now_ms())
        if turned is not None:
            return web.Response(status=turned.status)
        socket = web.WebSocketResponse(timeout=_GOODBYE_S, autoping=False)
        await socket.prepare(request)
        line = Line(side, socket, request, self.faults, self._now_ms)
        self.lines.append(line)
        try:
            async for message in socket:
                self._listen(line, message)
        finally:
            self.lines.remove(line)
            self._retire()
            await line.end()
        return socket

    def _listen(self, line: Line, message: WSMessage) -> None:
        if message.type is WSMsgType.PING:
            line.pong(message.data)
        wish = wish_of(message.data) if message.type is WSMsgType.TEXT else None
        match wish:
            case Wish(method="SUBSCRIBE"):
                self._subscribe(line, wish)
            case Wish(method="UNSUBSCRIBE"):
                self._unsubscribe(line, wish)
            case Wish(method="PONG"):
                line.unanswered = 0
                line.say("pong", text_of({"id": wish.wish_id, "method": "PONG"}))
            case _:
                pass

    # Subscriptions

    def _subscribe(self, line: Line, wish: Wish) -> None:
        try:
            channels = self._channels(line, wish)
        except Refusal as refusal:
            line.say("ack", text_of({"result": False, "id": wish.wish_id, "msg": refusal.message}))
            return
        line.say("ack", text_of({"result": True, "id": wish.wish_id}))
        for channel in channels:
            if channel.name not in line.channels:
                line.channels[channel.name] = channel
                self._open(line, channel)

    def _channels(self, line: Line, wish: Wish) -> list[Channel]:
        """All the channels of the wish, or none: raises `Refusal`."""
        for name in wish.names:
            denied = self.faults.due(Denied, line.side, name, "ack", self._now_ms())
            if denied is not None:
                raise Refusal(-1000, denied.message)
        symbols = {listing.symbol for listing in self._exchange.listings}
        channels = [channel_of(name, line.side, symbols) for name in wish.names]
        if len({*line.channels, *wish.names}) > MOST_CHANNELS:
            raise Refusal(-1140, f"INVALID_ARGUMENT: more than {MOST_CHANNELS} channels")
        return channels

    def _unsubscribe(self, line: Line, wish: Wish) -> None:
        for name in wish.names:
            line.forget(name)
        self._retire()
        line.say("ack", text_of({"result": True, "id": wish.wish_id}))

    def _retire(self) -> None:
        """Forget what nobody listens to."""
        heard = {name for line in self.lines for name in line.channels}
        self._tellers = {name: teller for name, teller in self._tellers.items() if name in heard}

    # Public channels

    def _open(self, line: Line, channel: Channel) -> None:
        """Tell a new listener what comes first, after those before it have heard what is new."""
        if line.side is Side.PRIVATE or not self._exchange.trades(channel.symbol, 1):
            return
        if channel.name in self._tellers:
            self._tell_news(channel.name)
        else:
            self._tellers[channel.name] = teller_of(channel, self._exchange, self._market, self._now_ms)
        line.opened.add(channel.name)
        _send(line, channel.name, self._tellers[channel.name].first())

    def _tell_news(self, name: str) -> None:
        frame = self._tellers[name].news()
        for line in self._on(Side.PUBLIC):
            if name in line.opened:
                _send(line, name, frame)

    def _tell_moved(self) -> None:
        """Tell of every market that moved since the last turn of the loop."""
        moved, self._moved = self._moved, {}
        channels = {
            channel.name: channel
            for line in self._on(Side.PUBLIC)
            for channel in line.channels.values()
            if channel.symbol in moved
        }
        for name, channel in channels.items():
            if name in self._tellers:
                self._tell_news(name)
            for line in self._on(Side.PUBLIC):
                if name in line.channels and name not in line.opened:
                    self._open(line, channel)

    # What the exchange says

    def _hear(self, change: Changed) -> None:
        if not self.lines:
            return
        match change:
            case Trade() | Quote():
                if not self._moved:
                    asyncio.get_running_loop().call_soon(self._tell_moved)
                self._moved[change.symbol] = None
            case Order() | Fill() | Position() | Wallet():
                self._tell_account(*self._told(change))
            case _:
                pass

    def _told(self, change: Order | Fill | Position | Wallet) -> tuple[Topic, Frame]:
        match change:
            case Order(ticket=ticket):
                return Topic.ORDERS, order_row(change, *self._terms(ticket.symbol))
            case Fill():
                mode, _, separated = self._terms(change.symbol)
                return Topic.FILL, fill_row(change, mode, separated)
            case Position():
                return Topic.POSITIONS, position_row(change)
            case _:
                return Topic.ACCOUNT, account_row(change)

    def _tell_account(self, topic: Topic, row: Frame) -> None:
        self._numbered += 1
        text = text_of(private_frame(topic, row, self._numbered, self._now_ms()))
        for line in tuple(self._on(Side.PRIVATE)):
            if topic in line.channels:
                line.tell(topic, topic, text)

    def _terms(self, symbol: str) -> tuple[MarginMode, int, bool]:
        exchange = self._exchange
        return exchange.margin_mode(symbol), exchange.leverage(symbol), exchange.separated(symbol)

    def _on(self, side: Side) -> Iterator[Line]:
        return (line for line in self.lines if line.side is side)


def _send(line: Line, name: str, frame: Frame | None) -> None:
    if frame is not None:
        line.tell(name, str(frame["e"]), text_of(frame))
