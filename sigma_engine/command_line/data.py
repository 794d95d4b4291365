"""`sigma-engine import` and `indicators`: candle files checked, and their indicators column by column."""

import asyncio
import csv
import os
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from sigma_engine.command_line.kept import in_a_line, keep_candles
from sigma_engine.command_line.options import AsJson, Home
from sigma_engine.command_line.output import figure, progress, write_document, write_table, write_text
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.history import IMPORTED, Series
from sigma_engine.errors import InputError
from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.market.history import import_report
from sigma_engine.storage.folder import DataFolder
from sigma_engine.strategy.indicator_set import ALL_COLUMNS, IndicatorSet

Symbol = Annotated[str | None, typer.Option("--symbol", help="Market, where the file's name does not say it.")]
Timeframe = Annotated[
    str | None, typer.Option("--timeframe", help="Candle length, where the file's name does not say it.")
]
_ROWS_A_CHUNK = 2_000


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Candles: CSV, CSV.gz or Parquet.")],
    symbol: Symbol = None,
    timeframe: Timeframe = None,
    json: AsJson = False,
    home: Home = None,
) -> None:
    """Check candle files row by row, keep their candles in the data folder, and report what they held."""
    with DataFolder.open(home) as folder, progress("reading", len(files)) as advance:
        for file in files:
            source = read_candle_file(file, symbol, timeframe)
            asyncio.run(keep_candles(folder, Series(IMPORTED, source.symbol, source.timeframe), source.candles))
            advance(1)
            report = import_report(source)
            if json:
                write_document(report)
            else:
                write_text(f"{report['file']}: {in_a_line(report)}")


def indicators(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Candles: CSV, CSV.gz or Parquet.")],
    out: Annotated[Path | None, typer.Option("--out", help="Write every column to this CSV file.")] = None,
    symbol: Symbol = None,
    timeframe: Timeframe = None,
    json: AsJson = False,
    home: Home = None,
) -> None:
    """Compute every indicator column of a candle file, in full precision and empty where undefined."""
    source = read_candle_file(file, symbol, timeframe)
    block = IndicatorSet(ALL_COLUMNS, source.timeframe)
    values = block.run(source.candles)
    if out is not None:
        _write_csv(out, block.columns, source.candles, values)
    if json:
        write_document(
            {
                "file": file,
                "symbol": source.symbol,
                "timeframe": source.timeframe,
                "columns": block.columns,
                "rows": len(values),
                "first_defined": first_defined(block.columns, values),
            }
        )
    else:
        _show(block.columns, values, out)


def first_defined(columns: tuple[str, ...], values: NDArray[np.float64]) -> dict[str, int | None]:
    """Index of each column's first number, None where it has none."""
    defined = ~np.isnan(values)
    return {name: int(defined[:, at].argmax()) if defined[:, at].any() else None for at, name in enumerate(columns)}


def _show(columns: tuple[str, ...], values: NDArray[np.float64], out: Path | None) -> None:
    firsts = first_defined(columns, values)
    rows = [
        (name, "-" if firsts[name] is None else str(firsts[name]), figure(None if np.isnan(last) else float(last), 6))
        for name, last in zip(columns, values[-1], strict=True)
    ]
    write_table(f"{len(values)} candles", rows, ("column", "first defined", "last value"))
    if out is not None:
        write_text(f"Written to {out}.")


def _write_csv(out: Path, columns: tuple[str, ...], candles: Candles, values: NDArray[np.float64]) -> None:
    """The whole file or none: it appears under its name when it is complete."""
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as target, progress("writing", len(values)) as advance:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(("timestamp_ms", *columns))
            for start in range(0, len(values), _ROWS_A_CHUNK):
                rows = slice(start, start + _ROWS_A_CHUNK)
                writer.writerows(_texts(candles.open_ms[rows], values[rows]))
                advance(len(values[rows]))
        os.replace(part, out)
    except OSError as refused:
        raise InputError(f"{out} cannot be written ({refused.strerror}): choose another --out.") from None


def _texts(stamps: NDArray[np.int64], values: NDArray[np.float64]) -> list[list[object]]:
    """Rows for the CSV writer: every digit of a number, nothing where there is none."""
    rows = zip(stamps.tolist(), values.tolist(), strict=True)
    return [[stamp, *("" if value != value else value for value in row)] for stamp, row in rows]
