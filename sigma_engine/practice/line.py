"""One client's connection: what it listens to, and its frames on their way out, with what goes wrong with them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from sigma_engine.practice.stream_faults import (
    Doubled,
    Dropped,
    Frozen,
    Late,
    Side,
    Silent,
    Skipped,
    StreamFaults,
    Swapped,
)
from sigma_engine.practice.subscriptions import Channel

MISSED_PINGS = 5
"""A client that left more pings than these unanswered is let go."""
_GOING_AWAY, _POLICY = 1001, 1008
_WHATEVER = (Frozen, Skipped, Late, Doubled, Swapped)


@dataclass(frozen=True, slots=True)
class _Text:
    """A frame."""

    text: str


@dataclass(frozen=True, slots=True)
class _Pong:
    """The answer to a ping of the protocol, with what the ping carried."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class _Goodbye:
    """The end of the connection, with its status."""

    status: int


class Line:
    """Frames go out in their order, each after the faults had their way with it."""

    def __init__(
        self,
        side: Side,
        socket: web.WebSocketResponse,
        request: web.Request,
        faults: StreamFaults,
        now_ms: Callable[[], int],
    ) -> None:
        self.side = side
        self.channels: dict[str, Channel] = {}
        self.opened: set[str] = set()
        self.unanswered = 0
        self._is_over = self._says_goodbye = False
        self._socket, self._request, self._faults, self._now_ms = socket, request, faults, now_ms
        self._out: asyncio.Queue[_Text | _Pong | _Goodbye] = asyncio.Queue()
        self._last: dict[str, str] = {}
        self._held: dict[str, str] = {}
        self._across: list[str] = []
        self._late: set[asyncio.Task[None]] = set()
        self._writer = asyncio.ensure_future(self._write())

    def tell(self, channel: str, frame: str, text: str) -> None:
        """Send a frame of ``channel``; ``frame`` is its kind."""
        if self._is_over:
            return
        dropped = self._faults.due(Dropped, self.side, channel, frame, self._now_ms())
        if dropped is not None:
            self.drop(dropped.status)
            return
        mishap = self._faults.due(_WHATEVER, self.side, channel, frame, self._now_ms())
        match mishap:
            case Skipped():
                return
            case Frozen():
                if mishap.repeats and channel in self._last:
                    self._send(self._last[channel])
                return
            case Late():
                self._later(mishap.by_ms, text)
                return
            case Swapped():
                self._hold(channel, text, mishap.across)
                return
            case Doubled():
                self._send(text)
            case _:
                pass
        self._last[channel] = text
        self._send(text)
        self._release(channel)

    def say(self, kind: str, text: str) -> None:
        """Send what is of no channel: an ack, a ping, an injected text."""
        if not self._is_over and not self._silent(kind):
            self._out.put_nowait(_Text(text))

    def pong(self, payload: bytes) -> None:
        """Answer a ping of the protocol."""
        if not self._is_over and not self._silent("pong"):
            self._out.put_nowait(_Pong(bytes(payload)))

    def ping(self, text: str) -> None:
        """Ask whether the client is there; one that never answers is let go."""
        if self.unanswered > MISSED_PINGS:
            self.drop(_POLICY)
            return
        self.unanswered += 1
        self.say("ping", text)

    def drop(self, status: int | None = _GOING_AWAY) -> None:
        """End the connection after what is on its way, or with None cut it at once."""
        self._is_over = True
        if status is not None:
            self._out.put_nowait(_Goodbye(status))
        elif self._request.transport is not None:
            self._request.transport.abort()

    def forget(self, name: str) -> None:
        """The client no longer listens to the channel ``name``."""
        self.channels.pop(name, None)
        self.opened.discard(name)

    async def end(self) -> None:
        """Stop writing; a goodbye that is being said is said to its end."""
        for task in self._late if self._says_goodbye else (self._writer, *self._late):
            task.cancel()
        await asyncio.wait((self._writer, *self._late))

    def _send(self, text: str) -> None:
        if not self._silent("data"):
            self._out.put_nowait(_Text(text))

    def _silent(self, kind: str) -> bool:
        return self._faults.due(Silent, self.side, "", kind, self._now_ms()) is not None

    def _hold(self, channel: str, text: str, across: bool) -> None:
        if across:
            self._across.append(text)
        else:
            self._held[channel] = text

    def _release(self, channel: str) -> None:
        """Let follow what was held back behind this frame."""
        held = self._held.pop(channel, None)
        for text in (*([] if held is None else [held]), *self._across):
            self._send(text)
        self._across.clear()

    def _later(self, by_ms: int, text: str) -> None:
        async def wait() -> None:
            assert self._faults.sleep_until is not None
            await self._faults.sleep_until(self._now_ms() + by_ms)
            self._send(text)

        task = asyncio.ensure_future(wait())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _write(self) -> None:
        while True:
            out = await self._out.get()
            try:
                match out:
                    case _Text(text):
                        await self._socket.send_str(text)
                    case _Pong(payload):
                        await self._socket.pong(payload)
                    case _Goodbye(status):
                        self._says_goodbye = True
                        await self._socket.close(code=status)
                        return
            except ConnectionResetError:
                return
