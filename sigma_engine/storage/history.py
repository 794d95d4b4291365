"""The candles that are kept: which there are, a span of them at the speed of the driver, and taking them away."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, select

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.history import Coverage, Gap, Series
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.storage.models import CandleRow

SLICE = 20_000
"""Candles one transaction deletes or adds, so that a session beside it waits some 50 ms at most."""

_COLUMNS = (
    ("open_ms", CandleRow.open_ms, np.int64),
    ("open", CandleRow.open, np.float64),
    ("high", CandleRow.high, np.float64),
    ("low", CandleRow.low, np.float64),
    ("close", CandleRow.close, np.float64),
    ("volume", CandleRow.volume, np.float64),
)
_ROW = np.dtype([(name, kind) for name, _, kind in _COLUMNS])


def coverage(connection: Connection) -> tuple[Coverage, ...]:
    """Every kept series, by source, symbol and timeframe; the stamps of one are read only where some are missing."""
    market = (CandleRow.source, CandleRow.symbol, CandleRow.timeframe)
    query = select(*market, func.count(), func.min(CandleRow.open_ms), func.max(CandleRow.open_ms)).group_by(*market)
    return tuple(sorted((_covered(connection, row) for row in connection.execute(query).all()), key=lambda c: c.series))


def newest_candle_ms(connection: Connection, source: str) -> int | None:
    """When the newest kept candle of a market opened, None where none is kept."""
    return connection.scalar(select(func.max(CandleRow.open_ms)).where(CandleRow.source == source))


def _covered(connection: Connection, row: Row[*tuple[str, str, Timeframe, int, int, int]]) -> Coverage:
    source, symbol, timeframe, count, first_ms, last_ms = row
    series = Series(source, symbol, timeframe)
    whole = (last_ms - first_ms) // timeframe.interval_ms + 1 == count
    gaps = () if whole else _gaps(_stamps(connection, series), timeframe)
    return Coverage(series=series, candles=count, first_ms=first_ms, last_ms=last_ms, gaps=gaps)


def _gaps(stamps: NDArray[np.int64], timeframe: Timeframe) -> tuple[Gap, ...]:
    missing = np.diff(stamps) // timeframe.interval_ms - 1
    return tuple(Gap(int(stamps[at]), int(missing[at])) for at in np.flatnonzero(missing > 0))


def _stamps(connection: Connection, series: Series) -> NDArray[np.int64]:
    found = connection.execute(select(CandleRow.open_ms).where(_of(series)).order_by(CandleRow.open_ms))
    return np.fromiter((row[0] for row in found), np.int64)


def candles_between(connection: Connection, series: Series, from_ms: int | None, to_ms: int | None) -> Candles:
    """The candles of ``series`` that open in [``from_ms``, ``to_ms``), oldest first; None leaves that end open."""
    query = select(*(column for _, column, _ in _COLUMNS)).where(_of(series)).order_by(CandleRow.open_ms)
    if from_ms is not None:
        query = query.where(CandleRow.open_ms >= from_ms)
    if to_ms is not None:
        query = query.where(CandleRow.open_ms < to_ms)
    rows = np.array(_driver_rows(connection, query), _ROW)
    stamps, *prices = (np.ascontiguousarray(rows[name]) for name, _, _ in _COLUMNS)
    return Candles(stamps, *prices)


def _driver_rows(connection: Connection, query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """Rows as the driver gives them: plain tuples of numbers, which need none of SQLAlchemy's conversions."""
    cursor = connection.execute(query).cursor
    return () if cursor is None else cursor.fetchall()


def delete_slice(connection: Connection, series: Series) -> int:
    """Delete the oldest `SLICE` candles of ``series``; how many there were, 0 once none is left."""
    oldest = select(CandleRow.open_ms).where(_of(series)).order_by(CandleRow.open_ms).limit(1).offset(SLICE)
    end_ms = connection.execute(oldest).scalar_one_or_none()
    gone = delete(CandleRow).where(_of(series))
    return connection.execute(gone if end_ms is None else gone.where(CandleRow.open_ms < end_ms)).rowcount


def _of(series: Series) -> ColumnElement[bool]:
    return and_(
        CandleRow.source == series.source,
        CandleRow.symbol == series.symbol,
        CandleRow.timeframe == series.timeframe,
    )
