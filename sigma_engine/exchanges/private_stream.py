"""The private streams: they hint that something changed, reconnect by themselves and are never believed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from ccxt.base import errors as ccxt_errors

from sigma_engine.clock import Clock
from sigma_engine.exchanges.client import shut
from sigma_engine.exchanges.refusals import UNREADABLE
from sigma_engine.execution.gateway import Hint

_FIRST_PAUSE_MS, _LONGEST_PAUSE_MS = 500, 30_000
_REBUILD_AFTER = 2
_EVENTS = ("orders", "fill", "positions", "account")
_FAILURES = (ccxt_errors.BaseError, OSError, *UNREADABLE)

EVERYTHING = Hint(symbol=None)


class PrivateStream:
    """Hints from one ccxt client of its own, built anew where it keeps failing.

    Frames are read raw, before ccxt makes its own of them: its averages are wrong by the contract's size, and one it
    cannot read would end its receiving without a word. Until ``silent_until_ms`` the exchange wants no new connection.
    """

    def __init__(
        self,
        make_client: Callable[[], Any],
        symbol: Callable[[str], str],
        clock: Clock,
        silent_until_ms: Callable[[], int] = lambda: 0,
    ) -> None:
        self._make_client, self._symbol, self._clock = make_client, symbol, clock
        self._silent_until_ms = silent_until_ms
        self._client: Any = None
        self._failures = 0
        self._heard: asyncio.Queue[Hint] = asyncio.Queue()
        self._runner: asyncio.Task[None] | None = None

    async def hints(self) -> AsyncIterator[Hint]:
        """Every hint as it comes; `EVERYTHING` after each (re)connection, for what was missed."""
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        while True:
            getting = asyncio.ensure_future(self._heard.get())
            try:
                await asyncio.wait((self._runner, getting), return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not getting.done():
                    getting.cancel()
            if not getting.done() or getting.cancelled():
                break
            yield getting.result()
        if not self._runner.cancelled():
            self._runner.result()

    async def close(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.wait((self._runner,))
        await self._drop()

    async def _run(self) -> None:
        while True:
            if self._client is None:
                self._client = self._listening(self._make_client())
            is_broken = await self._listen(self._client)
            self._failures += 1
            if is_broken or self._failures >= _REBUILD_AFTER:
                await self._drop()
            await self._clock.sleep_until(max(self._clock.now_ms() + self._pause_ms(), self._silent_until_ms()))
            while self._clock.now_ms() < self._silent_until_ms():
                await self._clock.sleep_until(self._silent_until_ms())

    async def _listen(self, client: Any) -> bool:
        """Listen until one of the three streams fails; whether the client itself is of no more use.

        They share a socket: where one ends, all have. A wait that was cancelled under us is a failure like another.
        """
        # The next dial would wait by ccxt's own measure, with a signature that grows old meanwhile.
        client.ws_dial_backoff = {}
        watches = (client.watch_orders, client.watch_my_trades, client.watch_positions)
        watching = [asyncio.create_task(_keep(watch)) for watch in watches]
        try:
            await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
        ends = [task.exception() for task in watching if not task.cancelled()]
        for end in ends:
            if end is not None and not isinstance(end, _FAILURES):
                raise end
        return not any(isinstance(end, ccxt_errors.NetworkError) for end in ends)

    def _listening(self, client: Any) -> Any:
        """The client, its frames passing through here first."""
        handle, connected = client.handle_message, client.on_connected

        def heard(socket: Any, frame: Any) -> None:
            for hint in self._told(frame):
                self._heard.put_nowait(hint)
            try:
                handle(socket, frame)
            except _FAILURES:
                self._heard.put_nowait(EVERYTHING)

        def on_connected(socket: Any, frame: Any = None) -> None:
            connected(socket, frame)
            self._heard.put_nowait(EVERYTHING)

        client.handle_message, client.on_connected = heard, on_connected
        return client

    def _told(self, frame: Any) -> Iterator[Hint]:
        if not isinstance(frame, Mapping):
            return
        if frame.get("result") is True:
            self._failures = 0
            yield EVERYTHING
        event = frame.get("e")
        if event not in _EVENTS:
            return
        rows = frame.get("d")
        for row in rows if isinstance(rows, list) and rows else [{}]:
            yield self._hint(event, row if isinstance(row, Mapping) else {})

    def _hint(self, event: str, row: Mapping[str, Any]) -> Hint:
        market = row.get("symbol")
        if event == "account" or not isinstance(market, str) or not market:
            return EVERYTHING
        return Hint(symbol=self._symbol(market))

    def _pause_ms(self) -> int:
        return min(_LONGEST_PAUSE_MS, _FIRST_PAUSE_MS << min(self._failures - 1, 10))

    async def _drop(self) -> None:
        if self._client is not None:
            await shut(self._client)
            self._client = None  # only now: who is interrupted here leaves it to the next to finish


async def _keep(watch: Callable[[], Any]) -> None:
    """Keep one subscription awaited; ccxt resubscribes only what somebody waits for."""
    while True:
        await watch()
