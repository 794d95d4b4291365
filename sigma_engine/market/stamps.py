"""Stamps of candle files in whatever unit their author used, as milliseconds."""

from pathlib import Path

import numpy as np

from sigma_engine.errors import DataError
from sigma_engine.market.rows import Column

FIRST_MS, LAST_MS = 1_230_768_000_000, 4_102_444_800_000
"""2009-01-01, when there was no bitcoin yet, and 2100-01-01: no candle of a coin lies outside."""

_PER_MS = {"milliseconds": 1.0, "seconds": 1e-3, "microseconds": 1e3, "nanoseconds": 1e6}


def in_milliseconds(path: Path, stamps: Column) -> tuple[Column, tuple[str, ...]]:
    """The stamps in milliseconds, and a note where they were in another unit.

    The unit is the one in which the middle stamp lies between 2009 and 2100; only one can. Stamps that are no
    numbers stay NaN. Raises `DataError` where it lies there in none.
    """
    known = stamps[np.isfinite(stamps)]
    middle = float(np.median(known)) if len(known) else np.nan
    for unit, per_ms in _PER_MS.items():
        if FIRST_MS <= middle / per_ms < LAST_MS:
            return (stamps, ()) if per_ms == 1 else (stamps / per_ms, (f"timestamp_ms was in {unit}, converted",))
    raise DataError(f"{path}: {middle:.15g} in timestamp_ms is no time of a candle: write UTC milliseconds since 1970.")
