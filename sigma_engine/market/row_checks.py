"""What makes a row of a candle file unusable, over whole columns at once."""

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.market.file_report import Rejection
from sigma_engine.market.plausible import GREATEST_PRICE, GREATEST_VOLUME, LEAST_PRICE, WIDEST_RANGE
from sigma_engine.market.rows import COLUMNS, Column
from sigma_engine.market.stamps import FIRST_MS, LAST_MS

Mask = NDArray[np.bool_]


def sound(values: Column) -> Mask:
    """Which rows (row x `COLUMNS`, stamps in milliseconds) have ordered, plausible prices and a real stamp."""
    stamp, open_, high, low, close, volume = values.T
    usable: Mask = (
        np.isfinite(values).all(axis=1)
        & (stamp >= FIRST_MS)
        & (stamp < LAST_MS)
        & (low >= LEAST_PRICE)
        & (high <= GREATEST_PRICE)
        & (high / WIDEST_RANGE <= low)
        & (high >= np.maximum(open_, close))
        & (low <= np.minimum(open_, close))
        & (volume >= 0)
        & (volume <= GREATEST_VOLUME)
    )
    return usable


def on_grid(values: Column, timeframe: Timeframe) -> Mask:
    """Which rows open at a multiple of the timeframe since 1970."""
    placed: Mask = values[:, 0] % timeframe.interval_ms == 0
    return placed


def rejection(line: int, row: Column, timeframe: Timeframe) -> Rejection:
    """The row's line with the first thing that is wrong with it, in words."""
    return Rejection(line, _fault(dict(zip(COLUMNS, row.tolist(), strict=True)), timeframe))


def _fault(row: dict[str, float], timeframe: Timeframe) -> str:
    for column, value in row.items():
        if not np.isfinite(value):
            return f"{column} is no finite number"
    if not FIRST_MS <= row["timestamp_ms"] < LAST_MS:
        return f"timestamp_ms {row['timestamp_ms']:.15g} is no time of a candle in the unit of the others"
    for column in ("open", "high", "low", "close"):
        if row[column] <= 0:
            return f"{column} is {row[column]:g}, a price is above zero"
    top, bottom = max(row["open"], row["close"]), min(row["open"], row["close"])
    if row["high"] < top:
        return f"high {row['high']:.12g} is below open or close {top:.12g}"
    if row["low"] > bottom:
        return f"low {row['low']:.12g} is above open or close {bottom:.12g}"
    if row["volume"] < 0:
        return f"volume is {row['volume']:g}, it cannot be negative"
    if (beyond := _implausible(row)) is not None:
        return beyond
    return f"timestamp_ms {row['timestamp_ms']:.15g} is no open time of a {timeframe} candle"


def _implausible(row: dict[str, float]) -> str | None:
    high, low, volume = row["high"], row["low"], row["volume"]
    if high > GREATEST_PRICE or low < LEAST_PRICE:
        return f"a price of {high if high > GREATEST_PRICE else low:g} is none of any market"
    if high / WIDEST_RANGE > low:
        return f"high {high:.12g} is more than {WIDEST_RANGE:g} times low {low:.12g}"
    return f"volume is {volume:g}, more than any market has" if volume > GREATEST_VOLUME else None
