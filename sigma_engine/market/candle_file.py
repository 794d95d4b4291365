"""Candle files: read whole, checked row by row, with a report of everything that was not right."""

from dataclasses import dataclass
from pathlib import Path

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError
from sigma_engine.market.cleaning import cleaned
from sigma_engine.market.csv_rows import csv_rows
from sigma_engine.market.file_content import as_text, is_parquet, read_content
from sigma_engine.market.file_name import names_symbol, names_timeframe, symbol_of, timeframe_of
from sigma_engine.market.file_report import FileReport


@dataclass(frozen=True, slots=True, eq=False)
class CandleFile:
    """The usable candles of a file, ascending strictly on the grid of ``timeframe``; gaps are left as they are."""

    path: Path
    symbol: str
    timeframe: Timeframe
    candles: Candles
    report: FileReport


def read_candle_file(path: Path, symbol: str | None = None, timeframe: str | None = None) -> CandleFile:
    """Read a CSV, CSV.gz or Parquet file of candles.

    Columns ``timestamp_ms, open, high, low, close, volume`` in any order, more are ignored; ``timestamp_ms`` is the
    open time. Symbol and timeframe come from the name (``BTCUSDT-5m-...``), otherwise from the arguments.

    The rules, each counted in the report: a row that cannot be a candle (wrong number of fields, no number, not
    finite, price not above zero, high below or low above open or close, negative volume, stamp off the timeframe's
    grid) is rejected with its line; rows out of order are sorted; of rows with one stamp the first is kept, unless
    a later one has the larger volume (the other was captured before it closed).

    Raises `DataError` with one sentence where nothing usable is left or the file is not what its name says.
    """
    content = read_content(path)
    name, interval = symbol_of(path, symbol), timeframe_of(path, timeframe)
    if is_parquet(content):
        from sigma_engine.market.parquet_rows import parquet_rows

        rows = parquet_rows(path, content)
    else:
        rows = csv_rows(path, as_text(path, content))
    candles, report = cleaned(path, rows, interval)
    return CandleFile(path, name, interval, candles, report)


def read_telling_file(path: Path) -> CandleFile:
    """A candle file whose name says what it holds, for those who have nobody to ask; `DataError` where it does not."""
    if path.is_file() and not (names_symbol(path) and names_timeframe(path)):
        raise DataError(
            f"{path} is no candle file by its name: give a CSV, CSV.gz or Parquet file of candles that is named like "
            "BTCUSDT-5m-2025.csv."
        )
    return read_candle_file(path)
