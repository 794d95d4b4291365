"""Candle files side by side: one unbroken series a symbol, all of one timeframe."""

import logging
from collections.abc import Iterable, Sequence

import numpy as np

from sigma_engine.clock import as_datetime
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.symbol import short
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError
from sigma_engine.market.candle_file import CandleFile
from sigma_engine.market.gaps import LONGEST_BRIDGE_MS, bridge_gaps

log = logging.getLogger(__name__)


def common_timeframe(files: Sequence[CandleFile]) -> Timeframe:
    """The timeframe all files share; raises `DataError` where there is no file or they differ."""
    if not files:
        raise DataError("There is nothing to replay: name at least one candle file.")
    first = files[0]
    for other in files[1:]:
        if other.timeframe != first.timeframe:
            raise DataError(
                f"{first.path.name} holds {first.timeframe} candles and {other.path.name} {other.timeframe}: "
                "files that are replayed together need one timeframe."
            )
    return first.timeframe


def joined_series(files: Sequence[CandleFile]) -> dict[str, Candles]:
    """The bridged series of each symbol, in the order the symbols first come in ``files``.

    Files of one symbol are put one behind the other; where they overlap they must agree. What `bridge_gaps` did is
    logged. Raises `DataError` where they contradict each other or lie more than a day apart.
    """
    timeframe = common_timeframe(files)
    return {symbol: _bridged(symbol, candles, timeframe) for symbol, candles in joined_files(files).items()}


def joined_files(files: Sequence[CandleFile]) -> dict[str, Candles]:
    """The candles of each symbol as `joined_series` puts them together, with the gaps they have."""
    common_timeframe(files)
    symbols = dict.fromkeys(file.symbol for file in files)
    return {symbol: _one_behind_the_other([file for file in files if file.symbol == symbol]) for symbol in symbols}


def in_order(symbols: Iterable[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """``symbols`` in the order of ``wanted``; those not wanted by name come last, in their own order."""
    rank = {symbol: place for place, symbol in enumerate(wanted)}
    return tuple(sorted(symbols, key=lambda symbol: rank.get(symbol, len(rank))))


def _one_behind_the_other(files: list[CandleFile]) -> Candles:
    first, *later = sorted(files, key=lambda file: file.report.first_ms)
    candles, last = first.candles, first
    for file in later:
        candles, last = _joined(candles, last, file), file
    return candles


def _bridged(symbol: str, candles: Candles, timeframe: Timeframe) -> Candles:
    bridged = bridge_gaps(candles, timeframe)
    if note := bridged.note():
        log.info("%s: %s", short(symbol), note)
    return bridged.candles


def _joined(before: Candles, last: CandleFile, file: CandleFile) -> Candles:
    """``before`` followed by what ``file`` has beyond it, if the two agree where both speak."""
    if int(file.candles.open_ms[0] - before.open_ms[-1]) > LONGEST_BRIDGE_MS:
        raise DataError(f"{last.path.name} and {file.path.name} lie more than a day apart: replay them one at a time.")
    shared, mine, theirs = np.intersect1d(before.open_ms, file.candles.open_ms, return_indices=True)
    differs = np.zeros(len(shared), bool)
    for old, new in zip(before.columns(), file.candles.columns(), strict=True):
        differs |= old[mine] != new[theirs]
    if differs.any():
        raise DataError(
            f"{last.path.name} and {file.path.name} contradict each other at "
            f"{as_datetime(int(shared[differs][0])):%Y-%m-%d %H:%M} UTC: replay one of them."
        )
    return before.joined(file.candles.slice(int(np.searchsorted(file.candles.open_ms, before.open_ms[-1], "right"))))
