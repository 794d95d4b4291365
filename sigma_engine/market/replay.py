"""Candle files as a feed: the past, candle by candle, at any speed."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sigma_engine.clock import Clock, ScaledClock
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.instrument import Instrument, practice_instrument
from sigma_engine.domain.market import Bars
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError
from sigma_engine.market.candle_file import CandleFile
from sigma_engine.market.joining import common_timeframe, in_order, joined_series

HISTORY_BARS = 3_000
"""Candles a replay takes as history before its first step, but never more than a third of them."""


class ReplayFeed:
    """Implements `sigma_engine.session.ports.Feed` with ``series`` that are already there; it ends when they do.

    ``series`` holds unbroken candles a symbol, in the strategy's order; ``first_ms`` is the open time of the first
    candle that is replayed, all before it is history. ``instruments`` default to those of practice accounts.
    ``minutes`` are 1m candles, handed out with the longer candles they lie in. Nothing of a replay is kept in the
    store.
    """

    source = ""
    stands_still = True

    def __init__(
        self,
        series: Mapping[str, Candles],
        timeframe: Timeframe,
        first_ms: int,
        clock: Clock,
        *,
        instruments: Mapping[str, Instrument] | None = None,
        minutes: Mapping[str, Candles] | None = None,
    ) -> None:
        self.timeframe, self.clock = timeframe, clock
        self.instruments = instruments or {
            symbol: practice_instrument(symbol, float(candles.close[0])) for symbol, candles in series.items()
        }
        self._minutes = (minutes or {}) if timeframe is not Timeframe.M1 else {}
        starts = {symbol: int(np.searchsorted(candles.open_ms, first_ms)) for symbol, candles in series.items()}
        self._history = {symbol: candles.slice(0, starts[symbol]) for symbol, candles in series.items()}
        self._ahead = {symbol: candles.slice(starts[symbol]) for symbol, candles in series.items()}
        self._at_ms = first_ms

    def history(self) -> Mapping[str, Candles]:
        """Closed candles before the first step; empty for a symbol whose file begins later."""
        return self._history

    async def steps(self) -> AsyncIterator[Bars]:
        """Closed candles at each close time there is, of every symbol that has one."""
        for step in self.bars():
            await self.clock.sleep_until(step.at_ms)
            self._at_ms = step.at_ms
            yield step

    def bars(self) -> Iterator[Bars]:
        """The same steps without waiting for their time."""
        for open_ms, candles in _side_by_side(self._ahead):
            close_ms = open_ms + self.timeframe.interval_ms
            yield Bars(close_ms, candles, False, self._inside(candles, open_ms, close_ms))

    def _inside(self, symbols: Iterable[str], open_ms: int, close_ms: int) -> dict[str, Candles]:
        """The minutes of ``symbols`` from ``open_ms`` up to, not with, ``close_ms``, where there are any."""
        present = ((symbol, self._minutes[symbol]) for symbol in symbols if symbol in self._minutes)
        parts = {symbol: _between(minutes, open_ms, close_ms) for symbol, minutes in present}
        return {symbol: part for symbol, part in parts.items() if len(part)}

    def checkpoint(self) -> str:
        """The market time of the last step, for people to read: a replay always begins anew."""
        return str(self._at_ms)

    async def close(self) -> None:
        """Nothing: it holds nothing."""


def replay_feed(files: Sequence[CandleFile], symbols: Sequence[str] = (), speed: float = 1.0) -> ReplayFeed:
    """A replay of ``files`` side by side, its clock (``speed`` times the wall's, 0 = at once) at the first step.

    Candles of one time come in the order of ``symbols``. The first 3,000 times, at most a third of all, are
    history. Raises `DataError` where the files cannot be replayed together or hold fewer than two candles.
    """
    series, timeframe = joined_series(files), common_timeframe(files)
    times = _times(series)
    if len(times) < 2:
        raise DataError(f"{files[0].path} holds one candle only: there is nothing to replay.")
    first_ms = int(times[min(HISTORY_BARS, len(times) // 3)])
    ordered = {symbol: series[symbol] for symbol in in_order(series, symbols)}
    return ReplayFeed(ordered, timeframe, first_ms, ScaledClock(first_ms + timeframe.interval_ms, speed))


def _between(candles: Candles, from_ms: int, to_ms: int) -> Candles:
    start, stop = np.searchsorted(candles.open_ms, (from_ms, to_ms)).tolist()
    return candles.slice(start, stop)


def _times(series: Mapping[str, Candles]) -> NDArray[np.int64]:
    return np.unique(np.concatenate([candles.open_ms for candles in series.values()]))


def _side_by_side(series: Mapping[str, Candles]) -> Iterator[tuple[int, dict[str, Candle]]]:
    """Every time there is with the candles that open at it; each series ascends strictly."""
    ahead = {symbol: iter(candles) for symbol, candles in series.items()}
    heads = {symbol: next(candles, None) for symbol, candles in ahead.items()}
    for open_ms in _times(series).tolist():
        due = {symbol: head for symbol, head in heads.items() if head is not None and head.open_ms == open_ms}
        yield open_ms, due
        heads.update((symbol, next(ahead[symbol], None)) for symbol in due)
