"""Rows of a Parquet candle file."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sigma_engine.errors import DataError
from sigma_engine.market.rows import COLUMNS, Column, Rows, extra_columns_note


def parquet_rows(path: Path, content: bytes) -> Rows:
    """The rows of a Parquet file with the columns of a candle file; ``timestamp_ms`` may be a timestamp column.

    What is no number becomes NaN, to be rejected with its row. Raises `DataError` where pyarrow is not installed,
    the file is damaged, empty, or lacks a column.
    """
    table = _table(path, content)
    names = [str(name) for name in table.columns]
    if missing := [column for column in COLUMNS if column not in names]:
        raise DataError(f"{path} has no column {', '.join(missing)}: it must have {', '.join(COLUMNS)}.")
    if table.empty:
        raise DataError(f"{path} has no candles: download it again.")
    values = np.column_stack([_numbers(table[name]) for name in COLUMNS])
    return Rows(values, np.arange(1, len(values) + 1), notes=extra_columns_note(names))


def _table(path: Path, content: bytes) -> pd.DataFrame:
    try:
        table = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
    except ImportError:
        raise DataError(f"{path}: to read Parquet install pyarrow, or give the candles as CSV.") from None
    except (ValueError, OSError) as problem:  # pyarrow's errors of a broken file are both kinds
        raise DataError(f"{path} is a damaged Parquet file: download it again.") from problem
    return table if table.index.name is None else table.reset_index()


def _numbers(column: "pd.Series[Any]") -> Column:
    if column.dtype.kind == "M":
        column = (column - pd.Timestamp(0, tz=column.dt.tz)) / pd.Timedelta(milliseconds=1)
    return pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
