"""`sigma-engine download`: public candles of an exchange into history, without keys."""

import asyncio
from typing import Annotated

import typer

from sigma_engine.command_line.kept import in_a_line, keep_candles
from sigma_engine.command_line.moments import moment_ms
from sigma_engine.command_line.options import AsJson, Home
from sigma_engine.command_line.output import share_bar, write_document, write_text
from sigma_engine.domain.history import DownloadRequest, Series
from sigma_engine.domain.symbol import short, unified
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import InputError
from sigma_engine.exchanges.profiles import VENUES, venue_named
from sigma_engine.storage.folder import DataFolder

_NAMES = ", ".join(venue.name for venue in VENUES)


def download(
    venue: Annotated[str, typer.Option("--venue", help=f"Exchange: {_NAMES}.")],
    symbol: Annotated[str, typer.Option("--symbol", help="Perpetual: BTC, BTCUSDT or BTC/USDT.")],
    timeframe: Annotated[str, typer.Option("--timeframe", help=f"Candle length: {', '.join(Timeframe)}.")],
    since: Annotated[str, typer.Option("--since", help="First open time: 2025-03-01 or 2025-03-01T12:00 (UTC).")],
    until: Annotated[str | None, typer.Option("--until", help="Open times before this. Default: now.")] = None,
    venue_url: Annotated[
        str | None, typer.Option("--venue-url", help="Server that stands in for the exchange's own.")
    ] = None,
    json: AsJson = False,
    home: Home = None,
) -> None:
    """Fetch an exchange's public candles, keep them in the data folder under its name, and report what came.

    Works beside a running session.
    """
    from sigma_engine.assembly.downloads import download_candles

    wanted = _wanted(venue, symbol, timeframe, since, until)
    folder = DataFolder.beside(home)
    with share_bar(f"downloading {short(wanted.symbol)} {wanted.timeframe}") as tell:
        found = download_candles(wanted, tell, stop=lambda: False, base_url=venue_url)
    asyncio.run(keep_candles(folder, Series(found.source, found.symbol, wanted.timeframe), found.candles))
    if json:
        write_document(found.document)
    else:
        write_text(f"{found.source}: {in_a_line(found.document)}")


def _wanted(venue: str, symbol: str, timeframe: str, since: str, until: str | None) -> DownloadRequest:
    try:
        length = Timeframe(timeframe.strip())
    except ValueError:
        raise InputError(f"--timeframe {timeframe} is none SIGMA knows; there is {', '.join(Timeframe)}.") from None
    venue_named(venue).require(length)
    since_ms = moment_ms("--since", since)
    assert since_ms is not None, "a text was given"
    return DownloadRequest(
        venue=venue,
        symbol=unified(symbol),
        timeframe=length,
        since_ms=since_ms,
        until_ms=moment_ms("--until", until),
    )
