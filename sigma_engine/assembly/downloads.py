"""Candles of an exchange, checked as strictly as those of a file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.history import DownloadRequest
from sigma_engine.exchanges.download import fetch_candles
from sigma_engine.exchanges.profiles import venue_named
from sigma_engine.market.cleaning import cleaned
from sigma_engine.market.file_report import FileReport
from sigma_engine.market.history import series_report
from sigma_engine.market.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Download:
    """Candles ready to be kept under ``source``, and what was found on the way; lines in ``report`` count from 1."""

    source: str
    symbol: str
    candles: Candles
    report: FileReport
    document: dict[str, Any]
    """What ``download --json`` prints."""


def download_candles(
    wanted: DownloadRequest,
    tell: Callable[[float], None],
    stop: Callable[[], bool],
    base_url: str | None = None,
) -> Download:
    """`fetch_candles`, then the rules of `read_candle_file`: what cannot be a candle is left out and counted.

    Blocks for as long as the venue's rate limit makes it (WEEX gives two pages of 100 candles a second): call it in
    a thread. Nothing is stored. Raises what `fetch_candles` raises, `DataError` where no row is usable.
    """
    venue = venue_named(wanted.venue)
    found = fetch_candles(wanted, tell, stop, base_url)
    rows = Rows(found.values, np.arange(1, len(found.values) + 1))
    candles, report = cleaned(Path(venue.title), rows, wanted.timeframe)
    report = replace(report, notes=(*found.notes, *report.notes))
    document = {"venue": venue.name, **series_report(wanted.symbol, wanted.timeframe, candles, report)}
    return Download(venue.name, wanted.symbol, candles, report, document)
