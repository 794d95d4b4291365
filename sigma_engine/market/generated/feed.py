"""The demo's market as a feed: history, then candles that form tick by tick, for as long as somebody watches."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Self

import numpy as np

from sigma_engine.clock import Clock, ScaledClock
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.market import Bars, MarketStep, Tick, Ticks
from sigma_engine.domain.symbol import PAIRS, require_one_of
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError
from sigma_engine.market.generated.checkpoint import VERSION, Checkpoint
from sigma_engine.market.generated.coins import INSTRUMENTS
from sigma_engine.market.generated.draws import MINUTES, TICKS
from sigma_engine.market.generated.dynamics import opening_state
from sigma_engine.market.generated.hour import FIRST_TICK_MS, HOUR_MS, MINUTE_MS, TICK_MS, MarketHour

HISTORY_BARS = 3_000
DEMO_SPEED = 20.0
"""Market time over wall time in the demo: contracts.md §1."""


class GeneratedFeed:
    """Implements `sigma_engine.session.ports.Feed` with a market made from ``seed``; it never ends.

    The same seed and start give the same candles and ticks, whichever symbols are watched and however often it was
    stopped and resumed. A minute has fifteen instants with a tick of every symbol, then the closed candles.
    """

    timeframe = Timeframe.M1
    stands_still = True

    def __init__(self, source: str, hour: MarketHour, at_ms: int, clock: Clock, history: Mapping[str, Candles]) -> None:
        self.source, self.clock = source, clock
        self._hour, self._at_ms, self._history = hour, at_ms, history
        self.instruments = {symbol: INSTRUMENTS[symbol] for symbol in history}
        self._coins = {symbol: PAIRS.index(symbol) for symbol in history}

    @classmethod
    def start(
        cls,
        seed: int,
        start_ms: int,
        symbols: Sequence[str] = PAIRS,
        speed: float = DEMO_SPEED,
        bars: int = HISTORY_BARS,
    ) -> Self:
        """A new market of ``symbols`` whose history of ``bars`` candles ends where its clock starts.

        That is the minute of ``start_ms``. Raises `UnknownSymbol` for a coin the demo does not have.
        """
        at_ms = start_ms - start_ms % MINUTE_MS
        coins = {require_one_of(symbol, PAIRS): PAIRS.index(symbol) for symbol in symbols}
        hours = list(_hours(seed, (at_ms - bars * MINUTE_MS) // HOUR_MS, (at_ms - 1) // HOUR_MS))
        history = {symbol: _closed_before(at_ms, hours, coin).slice(-bars) for symbol, coin in coins.items()}
        source = f"demo-{seed}-{at_ms // MINUTE_MS}-v{VERSION}"  # another start is another market
        return cls(source, hours[-1], at_ms, ScaledClock(at_ms, speed), history)

    @classmethod
    def resume(cls, source: str, checkpoint: str, clock: Clock, history: Mapping[str, Candles]) -> Self:
        """The market of ``checkpoint`` going on after the last step it gave out, tick for tick as it would have.

        ``source`` is the name it has in the store, ``history`` is what was stored of it; its last candle must be the
        last that had closed. Raises `DataError` where the checkpoint cannot be used or the history does not reach it:
        begin a new run then.
        """
        note = Checkpoint.read(checkpoint)
        for symbol, candles in history.items():
            _require_reaching(require_one_of(symbol, PAIRS), candles, note.at_ms - note.at_ms % MINUTE_MS)
        return cls(source, note.market_hour(), note.at_ms, clock, history)

    def history(self) -> Mapping[str, Candles]:
        """Closed candles before the first step, oldest first."""
        return self._history

    async def steps(self) -> AsyncIterator[MarketStep]:
        """Ticks and closed candles, each when its market time has come."""
        while True:
            for step in self._steps_of_hour():
                if step.at_ms > self._at_ms:
                    await self.clock.sleep_until(step.at_ms)
                    self._at_ms = step.at_ms
                    yield step
            self._hour = self._hour.next()

    def checkpoint(self) -> str:
        """Where the market stands after the last step it gave out."""
        return Checkpoint.of(self._hour, self._at_ms).text()

    async def close(self) -> None:
        """Nothing: it holds nothing."""

    def _steps_of_hour(self) -> Iterator[MarketStep]:
        """Its steps from the minute on that `_at_ms` is in."""
        for minute in range(max(0, (self._at_ms - self._hour.open_ms) // MINUTE_MS), MINUTES):
            open_ms = self._hour.open_ms + minute * MINUTE_MS
            for tick in range(TICKS):
                yield Ticks(open_ms + FIRST_TICK_MS + tick * TICK_MS, self._ticks(minute, tick))
            yield Bars(open_ms + MINUTE_MS, self._closed(minute), had_ticks=True)

    def _ticks(self, minute: int, tick: int) -> tuple[Tick, ...]:
        forming = ((symbol, self._hour.forming(minute, coin, tick)) for symbol, coin in self._coins.items())
        return tuple(Tick(symbol, candle.close, candle) for symbol, candle in forming)

    def _closed(self, minute: int) -> dict[str, Candle]:
        return {symbol: self._hour.forming(minute, coin, TICKS - 1) for symbol, coin in self._coins.items()}


def _hours(seed: int, first: int, last: int) -> Iterator[MarketHour]:
    hour = MarketHour.begin(seed, first, opening_state())
    yield hour
    while hour.hour < last:
        hour = hour.next()
        yield hour


def _closed_before(at_ms: int, hours: Sequence[MarketHour], coin: int) -> Candles:
    blocks = zip(*(hour.candles(coin).columns() for hour in hours), strict=True)
    stamps, *prices = (np.concatenate(columns) for columns in blocks)
    return Candles(stamps, *prices).slice(0, int(np.searchsorted(stamps, at_ms)))


def _require_reaching(symbol: str, candles: Candles, at_ms: int) -> None:
    if not len(candles) or candles.open_ms[-1] + MINUTE_MS != at_ms:
        raise DataError(f"The stored candles of {symbol} do not reach where the demo stood: begin a new demo run.")
