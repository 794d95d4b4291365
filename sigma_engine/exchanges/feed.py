"""A venue's market as a feed: streams and questions joined into ticks and closed candles, for as long as it trades."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress

from sigma_engine.clock import Clock, abandon
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.feed_way import ASKED_EVERY_MS, FeedWay
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.market import Bars, MarketStep, Ticks
from sigma_engine.domain.symbol import short
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import VenueError
from sigma_engine.exchanges.bar_assembly import BarAssembly, Gate
from sigma_engine.exchanges.market_data import CandleStream, MarketData, StreamLost
from sigma_engine.exchanges.outbox import Outbox
from sigma_engine.exchanges.pulse import Pulse
from sigma_engine.execution.funding import AnnouncedFunding

log = logging.getLogger(__name__)

BEAT_MS = 1_000
COMPARE_MS = 30_000
"""So often a stream is compared with what the venue answers."""
FUNDING_MS = 300_000
CLOCK_MS = 600_000
_COMPARED = 5
_LONGEST_PAUSE_MS = 30_000


class ExchangeFeed:
    """Implements `sigma_engine.session.ports.Feed` with the public market of a venue; it never ends by itself.

    ``history`` holds the closed candles that were decided on already, a block a symbol in the strategy's order; what
    closed since comes first, marked as late, as far as it is in ``backlog`` or the venue still gives it. ``funding``
    is told what the venue announces. Without ``streams`` the market is asked all the time instead. `close()` lets go of
    the connections, those too that were opened before the first step.
    """

    stands_still = False

    def __init__(
        self,
        market: MarketData,
        source: str,
        timeframe: Timeframe,
        instruments: Mapping[str, Instrument],
        history: Mapping[str, Candles],
        gate: Gate,
        funding: AnnouncedFunding,
        *,
        backlog: Mapping[str, Candles] | None = None,
        streams: bool = True,
    ) -> None:
        self.source, self.timeframe, self.instruments = source, timeframe, instruments
        self.clock: Clock = market.clock
        self.funding = funding
        self._market, self._history, self._streams = market, history, streams
        self._backlog = backlog or {}
        now_ms, interval_ms = self.clock.now_ms(), timeframe.interval_ms
        before_ms = now_ms - now_ms % interval_ms - interval_ms
        decided = {symbol: int(block.open_ms[-1]) if len(block) else before_ms for symbol, block in history.items()}
        self._bars = BarAssembly(timeframe, decided, gate)
        self._pulses = {symbol: Pulse(interval_ms, now_ms) for symbol in history}
        self._lost = {symbol: asyncio.Event() for symbol in history}
        self._asked_ms = dict.fromkeys(history, 0)
        self._asking: set[str] = set()
        self._stale: set[str] = set()
        self._ways: Mapping[str, FeedWay] = {}
        self._outbox = Outbox()
        self._runner: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._checkpoint_ms = self._bars.decided_ms + interval_ms

    def history(self) -> Mapping[str, Candles]:
        """Closed candles before the first step, oldest first."""
        return self._history

    def checkpoint(self) -> str:
        """When the candles closed that were handed out last: the rest is read from the venue again."""
        return str(self._checkpoint_ms)

    async def steps(self) -> AsyncIterator[MarketStep]:
        """Prices as they come, and the candles that closed together."""
        self._market.open()
        self._runner = asyncio.create_task(self._run())
        self._runner.add_done_callback(lambda _: self._outbox.wake())
        while not self._runner.done():
            while (step := self._outbox.take()) is not None:
                if isinstance(step, Bars):
                    self._checkpoint_ms = step.at_ms
                yield step
            await self._outbox.wait()
        self._runner.result()

    async def close(self) -> None:
        """Stop listening and let go of every connection."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.wait((self._runner,))
        await asyncio.gather(self._market.close(), *self._closing)

    async def _run(self) -> None:
        for symbol, candles in self._backlog.items():
            self._bars.recall(symbol, candles)
        self._outbox.put(self._bars.close(self.clock.now_ms()))
        async with asyncio.TaskGroup() as jobs:
            for symbol in self.instruments if self._streams else ():
                jobs.create_task(self._listen(jobs, symbol))
            jobs.create_task(self._beat(jobs))
            jobs.create_task(self._follow_funding())
            jobs.create_task(self._keep_time())

    async def _listen(self, jobs: asyncio.TaskGroup, symbol: str) -> None:
        """Follow one symbol's stream, and build it anew whenever it ends or falls behind."""
        failures = 0
        while True:
            self._pulses[symbol].connect()
            self._lost[symbol].clear()
            stream = self._market.stream(symbol, self.timeframe)
            try:
                told = await self._follow(jobs, symbol, stream)
            finally:
                self._let_go(stream)
            self._pulses[symbol].lose(self.clock.now_ms())
            failures = 0 if told else failures + 1
            await self._sleep(min(BEAT_MS << min(failures, 10), _LONGEST_PAUSE_MS))

    def _let_go(self, stream: CandleStream) -> None:
        """Close ``stream`` beside everything else: the next one does not wait for a connection that may be dead."""
        closing = asyncio.create_task(stream.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _follow(self, jobs: asyncio.TaskGroup, symbol: str, stream: CandleStream) -> bool:
        """Take rows until the stream is lost; whether it told any."""
        told = False
        while True:
            try:
                rows = await self._rows(stream, self._lost[symbol])
            except StreamLost as lost:
                log.info("the stream of %s at %s was lost: %s", short(symbol), self.source, lost)
                return told
            now_ms = self.clock.now_ms()
            if sound := self._bars.sound(rows, now_ms):
                told = True
                self._pulses[symbol].hear(sound[-1], now_ms)
                self._take(jobs, self._bars.hear(symbol, sound, now_ms))

    async def _rows(self, stream: CandleStream, lost: asyncio.Event) -> list[Candle]:
        """The next rows; raises `StreamLost` where the stream ended or is given up."""
        telling, losing = asyncio.create_task(stream.rows()), asyncio.create_task(lost.wait())
        try:
            await asyncio.wait((telling, losing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            losing.cancel()
            await abandon(telling)
        if telling.cancelled():
            raise StreamLost("it fell behind what the venue answers")
        return telling.result()

    async def _beat(self, jobs: asyncio.TaskGroup) -> None:
        """Look after the time: candles that are due, markets to ask, streams that sleep."""
        while True:
            now_ms = self.clock.now_ms()
            self._take(jobs, self._bars.close(now_ms))
            for symbol, pulse in self._pulses.items():
                every_ms = ASKED_EVERY_MS if pulse.is_silent(now_ms) or not self._streams else COMPARE_MS
                if now_ms - self._asked_ms[symbol] >= every_ms:
                    self._ask(jobs, symbol, max(_COMPARED, self._bars.missing(symbol, now_ms)))
                if pulse.is_behind(now_ms):
                    self._lost[symbol].set()
            self._tell_stale(now_ms)
            self._tell_ways(now_ms)
            await self.clock.sleep_until(now_ms - now_ms % BEAT_MS + BEAT_MS)

    def _take(self, jobs: asyncio.TaskGroup, steps: Iterable[MarketStep]) -> None:
        """Hand ``steps`` out, and ask for what is missing now."""
        self._outbox.put(steps)
        for symbol, count in self._bars.questions(self.clock.now_ms()).items():
            self._ask(jobs, symbol, max(_COMPARED, count))

    def _ask(self, jobs: asyncio.TaskGroup, symbol: str, count: int) -> None:
        if symbol not in self._asking:
            self._asking.add(symbol)
            self._asked_ms[symbol] = self.clock.now_ms()
            jobs.create_task(self._answer(jobs, symbol, count))

    async def _answer(self, jobs: asyncio.TaskGroup, symbol: str, count: int) -> None:
        asked_ms = self.clock.now_ms()
        try:
            rows = await self._market.newest(symbol, self.timeframe, count)
        except VenueError as refused:
            log.info("%s was not told: %s", short(symbol), refused)
            return
        finally:
            self._asking.discard(symbol)
        now_ms = self.clock.now_ms()
        if sound := self._bars.sound(rows, now_ms):
            self._pulses[symbol].answer(sound[-1], now_ms)
        self._take(jobs, self._bars.read(symbol, sound, asked_ms, now_ms))

    def _tell_stale(self, now_ms: int) -> None:
        """Say once when a symbol's prices have become too old."""
        stale = {symbol for symbol, pulse in self._pulses.items() if pulse.is_stale(now_ms)}
        doubts = {
            symbol: f"no new price for {self._pulses[symbol].age_ms(now_ms) / 1000:.0f} s: nothing is opened meanwhile"
            for symbol in self._pulses
            if symbol in stale - self._stale
        }
        self._stale = stale
        if doubts:
            self._outbox.put([Ticks(now_ms, (), doubts=doubts)])

    def _tell_ways(self, now_ms: int) -> None:
        """Say how the prices come, whenever that changed."""
        ways = {symbol: pulse.way(now_ms) if self._streams else FeedWay.ASKED for symbol, pulse in self._pulses.items()}
        if ways != self._ways:
            self._ways = ways
            self._outbox.put([Ticks(now_ms, (), ways=ways)])

    async def _follow_funding(self) -> None:
        while True:
            for symbol in self.instruments:
                with suppress(VenueError):
                    if (word := await self._market.funding(symbol)) is not None:
                        self.funding.announce(symbol, word.rate, word.stamp_ms)
            await self._sleep(FUNDING_MS)

    async def _keep_time(self) -> None:
        while True:
            await self._sleep(CLOCK_MS)
            with suppress(VenueError):
                await self._market.measure_clock()

    async def _sleep(self, wait_ms: int) -> None:
        await self.clock.sleep_until(self.clock.now_ms() + wait_ms)
