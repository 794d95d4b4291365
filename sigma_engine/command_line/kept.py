"""What commands about kept candles share: the store, keeping them, and saying what they were."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.history import Series
from sigma_engine.domain.symbol import short
from sigma_engine.settings import load_settings
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.store import SqliteStore


@asynccontextmanager
async def kept(folder: DataFolder) -> AsyncIterator[SqliteStore]:
    """The store of ``folder``, or the one its settings name."""
    place = load_settings(folder.config).database_url
    store = SqliteStore.open(place.get_secret_value() if place else folder.database)
    try:
        yield store
    finally:
        await store.close()


async def keep_candles(folder: DataFolder, series: Series, candles: Candles) -> None:
    """Add candles to a series; what was there for the same times is replaced."""
    async with kept(folder) as store:
        await store.add_candles(series, candles)


def in_a_line(report: Mapping[str, Any]) -> str:
    """A `series_report` in a line or two."""
    parts = [
        f"{short(report['symbol'])} {report['timeframe']}",
        f"{report['candles']} candles of {report['rows']} rows",
        f"{report['missing_bars']} missing in {len(report['gaps'])} gaps",
        f"{report['duplicates']} duplicate{'' if report['duplicates'] == 1 else 's'}",
        f"{report['rejected_rows']} rejected",
    ]
    first = [f"first rejected: line {row['line']}, {row['reason']}" for row in report["rejected"][:1]]
    return "; ".join([*parts, *first, *report["notes"]])
