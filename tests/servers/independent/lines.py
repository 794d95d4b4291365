"""WebSocket connections of the independent exchange: what they subscribed to, and what is sent to them in order."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

from aiohttp import WSMsgType, web

from tests.servers.independent.agenda import Agenda
from tests.servers.independent.habits import Dialect, Ident, Stamp
from tests.servers.independent.nouns import Refusal

UNANSWERED_MAX = 5


class Line:
    """One connection; frames leave it in the order they were said."""

    def __init__(self, dialect: Dialect) -> None:
        self.socket = web.WebSocketResponse(heartbeat=None)
        self.channels: dict[str, object] = {}
        """What it subscribed to, and what the server remembers about each."""
        self.unanswered = 0
        self._dialect = dialect
        self._frames: asyncio.Queue[str] = asyncio.Queue()

    def say(self, frame: dict[str, object]) -> None:
        self._frames.put_nowait(self._dialect.text(frame))

    async def flush(self) -> None:
        """Return once everything said so far is on its way."""
        if not self.socket.closed:
            await self._frames.join()

    async def pump(self) -> None:
        """Send until the connection is gone."""
        while True:
            frame = await self._frames.get()
            try:
                with suppress(ConnectionError):
                    await self.socket.send_str(frame)
            finally:
                self._frames.task_done()


class Lines:
    """All connections of one kind; ``subscribed`` is told of each channel that is new to a line, or refuses it."""

    def __init__(
        self, agenda: Agenda, dialect: Dialect, ping_word: str, check: Callable[[str], None],
        subscribed: Callable[[Line, str], None],
    ) -> None:  # fmt: skip
        self.open: list[Line] = []
        self.arrival = asyncio.Event()
        """Set whenever a connection is opened."""
        self._agenda, self._dialect, self._ping_word = agenda, dialect, ping_word
        self._check, self._subscribed = check, subscribed

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Live with one connection from its upgrade to its end."""
        line = Line(self._dialect)
        await line.socket.prepare(request)
        self.open.append(line)
        self.arrival.set()
        pump = asyncio.get_running_loop().create_task(line.pump())
        self._agenda.after(self._dialect.habits.ping_ms, lambda: self._ping(line))
        try:
            async for message in line.socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(line, json.loads(message.data))
        finally:
            self.open.remove(line)
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)
        return line.socket

    def _heard(self, line: Line, frame: dict[str, object]) -> None:
        line.unanswered = 0
        method, number, params = frame.get("method"), frame.get("id"), frame.get("params")
        if method == "PONG":
            if self._dialect.chance(0.5):
                line.say({"id": number, "method": "PONG"})
        elif method in ("SUBSCRIBE", "UNSUBSCRIBE") and isinstance(params, list):
            self._change(line, str(method), str(number), [str(each) for each in params])

    def _change(self, line: Line, method: str, number: str, channels: list[str]) -> None:
        try:
            for channel in channels:
                self._check(channel)
        except Refusal as refusal:
            line.say({"result": False, "id": number, "msg": f"INVALID_ARGUMENT: {refusal.text}"})
            return
        line.say({"result": True, "id": Ident(int(number)) if number.isdecimal() else number})
        for channel in channels:
            if method == "UNSUBSCRIBE":
                line.channels.pop(channel, None)
            elif channel not in line.channels:
                line.channels[channel] = None
                self._subscribed(line, channel)

    def _ping(self, line: Line) -> None:
        if line not in self.open:
            return
        line.unanswered += 1
        if line.unanswered > UNANSWERED_MAX:
            self._agenda.spawn(line.socket.close(code=1001))
            return
        line.say({self._ping_word: "ping", "time": str(Stamp(self._agenda.now_ms()))})
        self._agenda.after(self._dialect.habits.ping_ms, lambda: self._ping(line))

    async def flush(self) -> None:
        for line in list(self.open):
            await line.flush()

    async def hang_up(self, code: int) -> None:
        """Close every connection."""
        for line in list(self.open):
            await line.socket.close(code=code)
