"""`sigma-engine history`: which candles are kept, and forgetting some."""

import asyncio
from typing import Annotated, Any

import typer

from sigma_engine.clock import as_datetime
from sigma_engine.command_line.kept import kept
from sigma_engine.command_line.options import AsJson, Home
from sigma_engine.command_line.output import write_document, write_table, write_text
from sigma_engine.domain.history import Coverage, Series
from sigma_engine.domain.symbol import short
from sigma_engine.errors import InputError
from sigma_engine.storage.folder import DataFolder

_HEADER = ("series", "candles", "first", "last", "missing")


def history(
    delete: Annotated[
        str | None,
        typer.Option("--delete", metavar="SOURCE:SYMBOL:TIMEFRAME", help="Forget a series: weex:BTC/USDT:5m."),
    ] = None,
    json: AsJson = False,
    home: Home = None,
) -> None:
    """Show which candles the data folder keeps and where they have holes, or forget a series of them."""
    if delete is None:
        _show(asyncio.run(_coverage(DataFolder.beside(home))), json)
        return
    with DataFolder.open(home) as folder:  # a session lives on what it has kept
        _told(*asyncio.run(_forget(folder, delete)), json)


async def _coverage(folder: DataFolder) -> tuple[Coverage, ...]:
    async with kept(folder) as store:
        return await store.coverage()


async def _forget(folder: DataFolder, text: str) -> tuple[Series, int]:
    async with kept(folder) as store:
        series = _named(text, [entry.series for entry in await store.coverage()])
        return series, await store.delete_series(series)


def _named(text: str, there: list[Series]) -> Series:
    """The series a person wrote, the symbol in its short or its full form."""
    for series in there:
        if text.strip().lower() in (_name(series).lower(), _full_name(series).lower()):
            return series
    choice = ", ".join(_name(series) for series in there) or "nothing yet"
    raise InputError(f"--delete {text} is no series that is kept. There is: {choice}.")


def _show(entries: tuple[Coverage, ...], json: bool) -> None:
    if json:
        write_document({"series": [_document(entry) for entry in entries]})
    elif entries:
        write_table("Kept candles", [_row(entry) for entry in entries], _HEADER)
    else:
        write_text("No candles are kept yet: bring some with sigma-engine import or sigma-engine download.")


def _told(series: Series, candles: int, json: bool) -> None:
    if json:
        write_document({"deleted": _identity(series), "candles": candles})
    else:
        write_text(f"{_name(series)}: {candles} candles forgotten.")


def _document(entry: Coverage) -> dict[str, Any]:
    return {
        **_identity(entry.series),
        "candles": entry.candles,
        "first_ms": entry.first_ms,
        "last_ms": entry.last_ms,
        "missing_bars": entry.missing,
        "gaps": entry.gaps,
    }


def _identity(series: Series) -> dict[str, str]:
    return {"source": series.source, "symbol": series.symbol, "timeframe": str(series.timeframe)}


def _row(entry: Coverage) -> tuple[str, ...]:
    first, last = (f"{as_datetime(at_ms):%Y-%m-%d %H:%M}" for at_ms in (entry.first_ms, entry.last_ms))
    missing = f"{entry.missing} in {len(entry.gaps)} gaps" if entry.gaps else "-"
    return _name(entry.series), str(entry.candles), first, last, missing


def _name(series: Series) -> str:
    return f"{series.source}:{short(series.symbol)}:{series.timeframe}"


def _full_name(series: Series) -> str:
    return f"{series.source}:{series.symbol}:{series.timeframe}"
