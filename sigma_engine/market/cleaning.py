"""From the rows of a candle file to its candles: what is unusable goes, what is left ascends, all of it is counted."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError
from sigma_engine.market.file_report import KEPT_REJECTIONS, FileReport, Rejection
from sigma_engine.market.gaps import find_gaps, gap_note
from sigma_engine.market.row_checks import Mask, on_grid, rejection, sound
from sigma_engine.market.rows import Column, Rows
from sigma_engine.market.stamps import in_milliseconds
from sigma_engine.market.suspicion import suspicion


def cleaned(path: Path, rows: Rows, timeframe: Timeframe) -> tuple[Candles, FileReport]:
    """The usable candles of ``rows`` by the rules of `read_candle_file`, and the report.

    Raises `DataError` where none is usable, or most are another timeframe apart.
    """
    if not len(rows.values):
        raise _no_candle(path, rows.unread[0])
    stamps, notes = in_milliseconds(path, rows.values[:, 0])
    values = np.column_stack([stamps, rows.values[:, 1:]])
    whole = sound(values)
    _require_spacing(path, values[whole, 0], timeframe)
    checked = _Checked(values, whole, whole & on_grid(values, timeframe))
    rejected = _rejected(rows, checked, timeframe)
    if not checked.usable.any():
        raise _no_candle(path, rejected[0])
    return _reported(rows, checked, rejected, notes, timeframe)


@dataclass(frozen=True, slots=True, eq=False)
class _Checked:
    values: Column
    whole: Mask
    """Rows that could be candles of some timeframe."""
    usable: Mask
    """Those of them on this one's grid."""


def _reported(
    rows: Rows, checked: _Checked, rejected: tuple[Rejection, ...], notes: tuple[str, ...], timeframe: Timeframe
) -> tuple[Candles, FileReport]:
    usable = int(checked.usable.sum())
    kept, out_of_order = _ordered(checked.values[checked.usable])
    candles = _candles(kept)
    gaps = find_gaps(candles.open_ms, timeframe)
    report = FileReport(
        rows=len(rows),
        first_ms=int(candles.open_ms[0]),
        last_ms=int(candles.open_ms[-1]),
        gaps=gaps,
        duplicates=usable - len(candles),
        rejected=rejected,
        rejected_count=len(rows) - usable,
        out_of_order=out_of_order,
        off_grid=int(checked.whole.sum()) - usable,
        notes=(*rows.notes, *notes, *_order_note(out_of_order), *gap_note(gaps), *suspicion(candles)),
    )
    return candles, report


def _no_candle(path: Path, first: Rejection) -> DataError:
    return DataError(
        f"{path} has no usable candle; the first bad row is line {first.line}: {first.reason}. "
        "Mend it or download it again."
    )


def _require_spacing(path: Path, stamps: Column, timeframe: Timeframe) -> None:
    """Refuse a file most of whose candles lie another interval apart: its name or the option is wrong."""
    lengths, counts = np.unique(np.diff(np.unique(stamps)), return_counts=True)
    if counts.sum() < 2 or counts.max() * 2 <= counts.sum():
        return
    usual_ms = int(lengths[counts.argmax()])
    if usual_ms != timeframe.interval_ms:
        raise DataError(
            f"{path} holds {usual_ms / 60_000:g}-minute candles, not {timeframe}: correct its name or --timeframe."
        )


def _rejected(rows: Rows, checked: _Checked, timeframe: Timeframe) -> tuple[Rejection, ...]:
    at = np.flatnonzero(~checked.usable)[:KEPT_REJECTIONS]
    unsound = [rejection(int(rows.lines[i]), checked.values[i], timeframe) for i in at]
    together = sorted([*unsound, *rows.unread[:KEPT_REJECTIONS]], key=lambda row: row.line)
    return tuple(together[:KEPT_REJECTIONS])


def _ordered(values: Column) -> tuple[Column, int]:
    """The rows by time, one a stamp, and how many came after a later one."""
    stamps, volume = values[:, 0], values[:, 5]
    out_of_order = int((stamps[1:] < np.maximum.accumulate(stamps)[:-1]).sum())
    if (np.diff(stamps) > 0).all():
        return values, out_of_order
    order = np.lexsort((-volume, stamps))  # a stable sort: of equal volumes the first row wins
    ordered = values[order]
    return ordered[np.concatenate([[True], np.diff(ordered[:, 0]) > 0])], out_of_order


def _order_note(out_of_order: int) -> tuple[str, ...]:
    return (f"{out_of_order} rows out of order, sorted",) if out_of_order else ()


def _candles(values: Column) -> Candles:
    prices = (np.ascontiguousarray(values[:, column]) for column in range(1, 6))
    return Candles(values[:, 0].astype(np.int64), *prices)
