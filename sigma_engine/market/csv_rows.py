"""Rows of a CSV candle file: at the speed of C while all is well, line by line where something is wrong."""

import io
import re
from pathlib import Path

import numpy as np

from sigma_engine.errors import DataError
from sigma_engine.market.file_report import Rejection
from sigma_engine.market.rows import COLUMNS, Rows, extra_columns_note

_HEADER = ",".join(COLUMNS)
_DATE = re.compile(r'"?\d{4}[-/.]\d{1,2}[-/.]\d{1,2}')
_NUMBER = re.compile(r'"?\s*[+-]?\d')
_SHOWN = 24
"""Characters of a wrong field that are repeated to the person."""


def csv_rows(path: Path, text: str) -> Rows:
    """The rows of ``text`` in the order of `COLUMNS`, whatever order the header has them in.

    Raises `DataError` where the header is missing or wrong, there are no rows, or times are written as dates.
    """
    header, _, body = text.partition("\n")
    names = _names(path, header)
    if not body.strip():
        raise DataError(f"{path} has a header but no candles: download it again.")
    order = [names.index(column) for column in COLUMNS]
    _refuse_dates(path, body, order[0])
    rows = _at_once(body, len(names), order) or _line_by_line(body, len(names), order)
    return Rows(rows.values, rows.lines, rows.unread, extra_columns_note(names))


def _names(path: Path, header: str) -> list[str]:
    if _NUMBER.match(header):
        raise DataError(f"{path} begins with numbers, not with a header: put the line {_HEADER} first.")
    names = [name.strip().strip('"').strip().lower() for name in header.split(",")]
    if len(names) == 1 and (other := next((mark for mark in ";\t|" if mark in header), None)):
        raise DataError(f"{path} separates its columns by {other!r}: save it with commas.")
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise DataError(f"{path} has no column {', '.join(missing)}: its first line must name {_HEADER}.")
    if twice := [column for column in COLUMNS if names.count(column) > 1]:
        raise DataError(f"{path} names {', '.join(twice)} twice in its first line: keep one.")
    return names


def _refuse_dates(path: Path, body: str, at: int) -> None:
    first = next(line for line in body.split("\n", 1000) if line.strip()).split(",")
    if at < len(first) and _DATE.match(first[at].strip()):
        shown = first[at].strip()[:_SHOWN]
        raise DataError(f"{path} writes times as dates ({shown}): write timestamp_ms in UTC milliseconds since 1970.")


def _at_once(body: str, fields: int, order: list[int]) -> Rows | None:
    """All rows by numpy's C reader; None where a line is not plain numbers, or is blank and would shift the others."""
    try:
        values = np.loadtxt(io.StringIO(body), np.float64, comments=None, delimiter=",", ndmin=2)
    except ValueError:
        return None
    lines = body.count("\n") + (not body.endswith("\n"))
    if values.shape != (lines, fields):
        return None
    return Rows(values[:, order], np.arange(2, lines + 2))


def _line_by_line(body: str, fields: int, order: list[int]) -> Rows:
    values: list[list[float]] = []
    lines: list[int] = []
    unread: list[Rejection] = []
    for number, line in enumerate(body.split("\n"), 2):
        if not line.strip():
            continue
        row = _numbers(line, fields, order)
        if isinstance(row, str):
            unread.append(Rejection(number, row))
        else:
            values.append(row)
            lines.append(number)
    return Rows(np.array(values, np.float64).reshape(-1, len(COLUMNS)), np.array(lines, np.int64), tuple(unread))


def _numbers(line: str, fields: int, order: list[int]) -> list[float] | str:
    """The line's values in the order of `COLUMNS`, or why there are none."""
    parts = line.split(",")
    if len(parts) != fields:
        return f"has {len(parts)} fields, the header has {fields}"
    row = []
    for column, at in zip(COLUMNS, order, strict=True):
        text = parts[at].strip().strip('"').strip()
        try:
            row.append(float("" if "_" in text else text))
        except ValueError:
            return f"{column} is {text[:_SHOWN]!r}, not a number" if text else f"{column} is empty"
    return row
