"""A span cut out of candle files, with enough before it that trading begins where the span does."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.symbol import base
from sigma_engine.errors import DataError, InputError
from sigma_engine.market.candle_file import CandleFile, read_candle_file
from sigma_engine.market.replay import HISTORY_BARS

_HEADER = ("timestamp_ms", "open", "high", "low", "close", "volume")
_SMALLEST_MS = 10**11
"""Bare numbers below this are no milliseconds of any market: 1973."""


def moment_ms(option: str, text: str | None) -> int | None:
    """The UTC milliseconds of ``2025-03-01``, ``2025-03-01T12:00`` or milliseconds themselves."""
    if text is None:
        return None
    if text.isdecimal() and int(text) >= _SMALLEST_MS:
        return int(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text} is no date: write it like 2025-03-01 or 2025-03-01T12:00 (UTC).") from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def excerpt(paths: Sequence[Path], from_ms: int | None, to_ms: int | None, folder: Path) -> tuple[Path, ...]:
    """Write the candles that open in [``from_ms``, ``to_ms``) into ``folder``, with their lead-in; the new files.

    A replay takes its first 3,000 candles, a third at most, as history. The lead-in is chosen so that history
    ends at ``from_ms``; where the files begin too late for that, trading begins later. Without bounds the files
    are given back as they are. Raises `DataError` where the span is empty.
    """
    if from_ms is None and to_ms is None:
        return tuple(paths)
    files = [read_candle_file(path) for path in paths]
    times = np.unique(np.concatenate([file.candles.open_ms for file in files]))
    first = 0 if from_ms is None else int(np.searchsorted(times, from_ms))
    last = len(times) if to_ms is None else int(np.searchsorted(times, to_ms))
    if first >= last:
        raise DataError(
            f"No candle opens between --from and --to; the files hold {_day(times[0])} to {_day(times[-1])}: "
            "choose a span within that."
        )
    lead_in = 0 if from_ms is None else min(first, HISTORY_BARS, (last - first) // 2)
    start_ms, end_ms = times[first - lead_in], times[last - 1]
    return tuple(
        _write(folder, at, file, start_ms, end_ms) for at, file in enumerate(files) if _within(file, start_ms, end_ms)
    )


def _within(file: CandleFile, start_ms: int, end_ms: int) -> bool:
    return len(_cut(file.candles, start_ms, end_ms)) > 0


def _cut(candles: Candles, start_ms: int, end_ms: int) -> Candles:
    first, behind = np.searchsorted(candles.open_ms, [start_ms, end_ms + 1])
    return candles.slice(int(first), int(behind))


def _write(folder: Path, at: int, file: CandleFile, start_ms: int, end_ms: int) -> Path:
    path = folder / f"{base(file.symbol)}USDT-{file.timeframe}-{at}.csv"
    rows = zip(*(column.tolist() for column in _cut(file.candles, start_ms, end_ms).columns()), strict=True)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(_HEADER)
        writer.writerows(rows)
    return path


def _day(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M}"
