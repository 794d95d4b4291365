"""Where a market's trades come from: replayed candles, replayed trades; `generated` invents them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sigma_engine.practice.nouns import UNIT, Listing
from sigma_engine.practice.paths import Row, Tick, ticks_of

STEP_MS = 5_000
"""How far apart the trades of a candle are, where nobody says otherwise."""
FileRow = tuple[int, float, float, float, float, float]
"""A candle as files have it: open time (UTC ms), open, high, low, close and volume, in USDT and coins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What happens in one market: ``past`` candles of ``interval_ms``, and the ``ticks`` to come, ascending."""

    symbol: str
    interval_ms: int
    past: Sequence[Row]
    ticks: Iterable[Tick]


def replayed(
    listing: Listing,
    rows: Iterable[FileRow],
    interval_ms: int,
    start_ms: int,
    *,
    step_ms: int = STEP_MS,
    seed: int = 0,
) -> Source:
    """Candles again: those that opened before ``start_ms`` are the past, the others happen trade by trade."""
    parts = [in_parts(row) for row in rows]
    coming = (row for row in parts if row[0] >= start_ms)
    return Source(
        symbol=listing.symbol,
        interval_ms=interval_ms,
        past=tuple(row for row in parts if row[0] < start_ms),
        ticks=(tick for row in coming for tick in ticks_of(row, interval_ms, listing, step_ms, seed)),
    )


def replayed_ticks(
    listing: Listing,
    ticks: Iterable[tuple[int, float, float]],
    *,
    past: Iterable[FileRow] = (),
    interval_ms: int = 60_000,
) -> Source:
    """Trades again (time, price, quantity, ascending); ``past`` candles of ``interval_ms`` came before them."""
    return Source(
        symbol=listing.symbol,
        interval_ms=interval_ms,
        past=tuple(in_parts(row) for row in past),
        ticks=_ticks_in_parts(ticks),
    )


def in_parts(row: FileRow) -> Row:
    """A candle of a file in the exchange's parts."""
    open_ms, first, high, low, last, volume = row
    return open_ms, _parts(first), _parts(high), _parts(low), _parts(last), _parts(volume)


def _ticks_in_parts(ticks: Iterable[tuple[int, float, float]]) -> Iterator[Tick]:
    for at_ms, price, quantity in ticks:
        yield at_ms, _parts(price), _parts(quantity)


def _parts(figure: float) -> int:
    return round(figure * UNIT)
