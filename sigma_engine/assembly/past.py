"""The candles a live market had before somebody began to watch it: from the store, completed by the venue."""

import asyncio
from collections.abc import Iterable, Sequence

import numpy as np

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.exchanges.bar_assembly import GRACE_MS
from sigma_engine.exchanges.market_data import MarketData
from sigma_engine.market import quality
from sigma_engine.market.gaps import bridge_gaps
from sigma_engine.storage.store import SqliteStore

HISTORY_BARS = 990
"""What a market is asked for at least: WEEX gives so much of eight markets at once, and ten times as slowly more."""
MOST_BARS = 20_000
"""What is taken along where the store has it, and fetched where a run goes on that far behind."""


async def past_candles(
    market: MarketData,
    store: SqliteStore,
    source: str,
    timeframe: Timeframe,
    symbols: Sequence[str],
    since_ms: int | None = None,
) -> dict[str, Candles]:
    """The closed candles of each symbol up to now, 990 before now or before ``since_ms``, without a hole, oldest first.

    What the store lacks is asked of the venue and kept in the store; what it has besides comes along. A market younger
    than that gives what it has, perhaps nothing. Raises `VenueError` where the venue does not answer.
    """
    bars = [_bars_wanted(market.clock.now_ms(), timeframe, since_ms)] * len(symbols)
    blocks = await asyncio.gather(
        *(_past(market, store, source, timeframe, symbol, count) for symbol, count in zip(symbols, bars, strict=True))
    )
    return dict(zip(symbols, blocks, strict=True))


def _bars_wanted(now_ms: int, timeframe: Timeframe, since_ms: int | None) -> int:
    missed = 0 if since_ms is None else max(0, now_ms - since_ms) // timeframe.interval_ms
    return min(HISTORY_BARS + missed, MOST_BARS)


async def _past(
    market: MarketData, store: SqliteStore, source: str, timeframe: Timeframe, symbol: str, bars: int
) -> Candles:
    now_ms, interval_ms = market.clock.now_ms(), timeframe.interval_ms
    end_ms = (now_ms - GRACE_MS) // interval_ms * interval_ms
    kept = _unbroken(await store.candles(source, symbol, timeframe, MOST_BARS), interval_ms)
    first_ms = end_ms - bars * interval_ms
    known_ms = int(kept.open_ms[-1]) if len(kept) else first_ms - interval_ms
    fetched = await _fetched(market, timeframe, symbol, max(known_ms + interval_ms, first_ms), end_ms)
    if len(fetched):
        await store.save_candles(source, symbol, timeframe, fetched)
    if len(kept) and len(kept) < bars and int(kept.open_ms[0]) > first_ms:
        older = await _fetched(market, timeframe, symbol, first_ms, int(kept.open_ms[0]))
        if len(older):
            await store.save_candles(source, symbol, timeframe, older)
        kept = older.joined(kept)
    whole = kept.joined(fetched)
    return bridge_gaps(whole, timeframe).candles if len(whole) else whole


def _unbroken(candles: Candles, interval_ms: int) -> Candles:
    """The part behind the last hole."""
    holes = np.flatnonzero(np.diff(candles.open_ms) != interval_ms)
    return candles.slice(int(holes[-1]) + 1) if len(holes) else candles


async def _fetched(market: MarketData, timeframe: Timeframe, symbol: str, first_ms: int, end_ms: int) -> Candles:
    """What the venue has in [``first_ms``, ``end_ms``), the newest page first, sound rows alone."""
    interval_ms = timeframe.interval_ms
    if first_ms >= end_ms:
        return Candles.empty()
    reaches_now = market.clock.now_ms() < end_ms + 2 * interval_ms
    count = (market.clock.now_ms() - first_ms) // interval_ms + 2
    rows = await market.newest(symbol, timeframe, count) if reaches_now else []
    begins_ms = rows[0].open_ms if rows else end_ms
    while begins_ms > first_ms and (page := await market.page_before(symbol, timeframe, begins_ms)):
        rows = [*page, *rows]
        begins_ms = page[0].open_ms
    return _sound(rows, timeframe, first_ms, end_ms)


def _sound(rows: Iterable[Candle], timeframe: Timeframe, first_ms: int, end_ms: int) -> Candles:
    inside = (row for row in rows if first_ms <= row.open_ms < end_ms)
    by_time = {row.open_ms: row for row in inside if quality.check(None, row, timeframe) is None}
    return Candles.from_rows([by_time[open_ms] for open_ms in sorted(by_time)])
