"""What commands that bring candles into history share: keeping them, and saying what they were."""

from collections.abc import Mapping
from typing import Any

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.symbol import short
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.settings import load_settings
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.store import SqliteStore


async def keep_candles(folder: DataFolder, source: str, symbol: str, timeframe: Timeframe, candles: Candles) -> None:
    """Add candles to the history of ``source``; what was there for the same times is replaced."""
    place = load_settings(folder.config).database_url
    store = SqliteStore.open(place.get_secret_value() if place else folder.database)
    try:
        await store.save_candles(source, symbol, timeframe, candles)
    finally:
        await store.close()


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
