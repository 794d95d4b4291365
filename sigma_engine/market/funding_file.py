"""Funding files: the rates a perpetual paid, one a stamp."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sigma_engine.clock import as_datetime
from sigma_engine.errors import DataError
from sigma_engine.market.file_content import as_text, read_content
from sigma_engine.market.file_name import symbol_of
from sigma_engine.market.stamps import FIRST_MS, LAST_MS
from sigma_engine.risk.costs import FUNDING_MS

_COLUMNS = ("timestamp_ms", "funding_rate")
_OFFSET_MS = 60_000
"""An exchange stamps a payment some milliseconds beside its hour; further away it is another hour's."""
_HIGHEST = 0.1
"""A rate above 10 % in 8 hours is written in another unit; venues cap it at 2 to 4 %."""


@dataclass(frozen=True, slots=True, eq=False)
class FundingFile:
    """``rates`` are fractions by the stamp they were paid at, 00, 08 or 16 UTC in milliseconds, ascending."""

    path: Path
    symbol: str
    rates: Mapping[int, float]


def read_funding_file(path: Path, symbol: str | None = None) -> FundingFile:
    """Read a CSV or CSV.gz file with the columns ``timestamp_ms`` and ``funding_rate`` (a fraction).

    The symbol comes from the name (``BTCUSDT-funding-...``), otherwise it is ``symbol``. Stamps are rounded to the
    payment they belong to. Raises `DataError` with one sentence where a row is no rate of such a payment.
    """
    content = read_content(path)
    market = symbol_of(path, symbol)
    header, _, body = as_text(path, content).partition("\n")
    names = [name.strip().strip('"').lower() for name in header.split(",")]
    if missing := [column for column in _COLUMNS if column not in names]:
        raise DataError(
            f"{path} has no column {', '.join(missing)}: a funding file begins with timestamp_ms,funding_rate."
        )
    at, of = (names.index(column) for column in _COLUMNS)
    lines = [(number, line) for number, line in enumerate(body.split("\n"), 2) if line.strip()]
    if not lines:
        raise DataError(f"{path} has a header but no funding rates: download it again.")
    return FundingFile(path, market, dict(sorted(_row(path, number, line, at, of) for number, line in lines)))


def _row(path: Path, number: int, line: str, at: int, of: int) -> tuple[int, float]:
    parts = line.split(",")
    try:
        stamp_ms, rate = float(parts[at]), float(parts[of])
    except (ValueError, IndexError):
        raise DataError(f"{path}, line {number}: {line.strip()[:40]!r} is no time and rate: mend it.") from None
    if not FIRST_MS <= stamp_ms < LAST_MS:
        raise DataError(f"{path}, line {number}: {parts[at].strip()} is no time in UTC milliseconds: mend it.")
    if not (math.isfinite(rate) and abs(rate) <= _HIGHEST):
        raise DataError(f"{path}, line {number}: a rate of {rate:g} is no fraction paid in 8 hours: 0.0001 is 1 bp.")
    return _payment(path, number, round(stamp_ms)), rate


def _payment(path: Path, number: int, stamp_ms: int) -> int:
    nearest = (stamp_ms + FUNDING_MS // 2) // FUNDING_MS * FUNDING_MS
    if abs(stamp_ms - nearest) > _OFFSET_MS:
        raise DataError(
            f"{path}, line {number}: {as_datetime(stamp_ms):%Y-%m-%d %H:%M} UTC is no payment at 00, 08 or 16 o'clock: "
            "give 8-hourly rates."
        )
    return nearest
