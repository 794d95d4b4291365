"""The practice exchange in a process of its own, so that its work is none of what is measured."""

import asyncio
import contextlib
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from sigma_engine.clock import ScaledClock, system_ms
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.frames import candles_frame, text_of
from sigma_engine.practice.generated import generated
from sigma_engine.practice.line import Line
from sigma_engine.practice.listings import usual_listings
from sigma_engine.practice.market import Market
from sigma_engine.practice.market_port import INTERVALS_MS
from sigma_engine.practice.nouns import UNIT
from sigma_engine.practice.server import Heard, PracticeServer
from sigma_engine.practice.signature import Key
from sigma_engine.practice.streams import Streams
from sigma_engine.practice.subscriptions import Channel, Topic
from sigma_engine.practice.texts import candle_row

KEY = Key(key="practice-bench", secret="practice-bench-secret", passphrase="practice-bench-passphrase")
_DEPOSIT = 1_000_000 * UNIT
_LONGEST_START_S = 60
_ROUND_S = 0.001
_EARLIER_MS = 7_200_000
"""Its clock begins when the market is made, and so far behind the wall's that nobody takes that for a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fair:
    """What is traded: so many of the usual markets, a trade in each every ``step_ms``, time ``speed`` times as fast.

    ``frames_per_s`` are told beyond that, spread over everybody's channels of candles, each with a little more volume.
    """

    markets: int
    step_ms: int
    frames_per_s: int = 0
    speed: float = 1.0
    history_minutes: int = 6_000


class ExchangeProcess:
    """A running exchange; ``url`` is where."""

    def __init__(self, url: str, line: "Connection[object, object]") -> None:
        self.url, self._line = url, line

    def requests(self) -> list[Heard]:
        """Everything it was asked so far, in its order."""
        self._line.send("requests")
        heard = self._line.recv()
        assert isinstance(heard, list)
        return heard


@contextlib.contextmanager
def serving(fair: Fair) -> Iterator[ExchangeProcess]:
    """An exchange for as long as the block lasts."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(fair, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_LONGEST_START_S):
            raise TimeoutError("the practice exchange did not start")
        yield ExchangeProcess(str(ours.recv()), ours)
    finally:
        with contextlib.suppress(OSError):
            ours.send("end")
        process.join(5)
        process.kill()


def _serve(fair: Fair, line: "Connection[object, object]") -> None:
    asyncio.run(_served(fair, line))


async def _served(fair: Fair, line: "Connection[object, object]") -> None:
    start_ms = system_ms() - _EARLIER_MS
    listings = usual_listings()[: fair.markets]
    sources = generated(listings, start_ms, step_ms=fair.step_ms, history_minutes=fair.history_minutes)
    clock = ScaledClock(start_ms, fair.speed)
    exchange = Exchange(listings, clock.now_ms, _DEPOSIT)
    market = Market(exchange, sources, clock.now_ms)
    streams = Streams(exchange, market, clock.now_ms, (KEY,))
    server = PracticeServer(exchange, clock.now_ms, (KEY,), market=market, streams=streams)
    line.send(await server.start())
    jobs = market.run(clock.sleep_until), streams.run(clock.sleep_until), _flood(streams, market, clock, fair)
    running = [asyncio.ensure_future(job) for job in jobs]
    try:
        while await asyncio.to_thread(line.recv) == "requests":
            line.send(server.requests)
    except EOFError:
        pass
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        await server.stop()


async def _flood(streams: Streams, market: Market, clock: ScaledClock, fair: Fair) -> None:
    """Tell the forming candle again and again, an atom of volume larger each time, as a busy market would."""
    loop, told, begun_s = asyncio.get_running_loop(), 0, 0.0
    while fair.frames_per_s:
        channels = [(line, channel) for line in streams.lines for channel in _of_candles(line)]
        if not channels:
            told, begun_s = 0, loop.time()
        for line, channel in channels if told < fair.frames_per_s * (loop.time() - begun_s) else ():
            told += 1
            line.tell(channel.name, "kline", _frame(market, channel, clock.now_ms(), told))
        await asyncio.sleep(_ROUND_S)


def _of_candles(line: Line) -> list[Channel]:
    return [channel for channel in line.channels.values() if channel.topic is Topic.KLINE]


def _frame(market: Market, channel: Channel, now_ms: int, more: int) -> str:
    (candle,) = market.candles(channel.symbol, channel.interval, now_ms, 1, channel.price)
    row = candle_row(replace(candle, volume=candle.volume + more), INTERVALS_MS[channel.interval])
    return text_of(candles_frame("kline", channel.symbol, channel.interval, channel.price, [row], now_ms))
