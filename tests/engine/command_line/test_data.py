"""`import` and `indicators`."""

import asyncio
import csv
import math
from pathlib import Path

from sigma_engine.command_line.data import IMPORTED
from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.store import SqliteStore
from sigma_engine.strategy.indicator_set import ALL_COLUMNS, IndicatorSet

REPORT_KEYS = {"file", "symbol", "timeframe", "rows", "first_ms", "last_ms", "gaps", "duplicates", "rejected"}


def test_a_file_is_reported_with_every_count(sigma_engine, candles: Path) -> None:
    with candles.open("a", encoding="utf-8") as file:
        file.write("1748916300000,1,2,3,4,5\n")
    report = sigma_engine("import", candles, "--json").document
    assert set(report) >= REPORT_KEYS
    assert (report["symbol"], report["timeframe"], report["rows"]) == ("BTC/USDT:USDT", "5m", 601)
    assert report["rejected_rows"] == 1
    assert report["rejected"][0]["line"] == 602


def test_several_files_are_a_line_each(sigma_engine, candles: Path) -> None:
    other = candles.rename(candles.with_name("candles.csv"))
    answer = sigma_engine("import", other, other, "--symbol", "eth", "--timeframe", "5m", "--json")
    assert [line["symbol"] for line in answer.lines] == ["ETH/USDT:USDT"] * 2


def test_imported_candles_are_kept(sigma_engine, candles: Path, tmp_path: Path) -> None:
    sigma_engine("import", candles)
    source = read_candle_file(candles)

    async def kept() -> int:
        with DataFolder.open(tmp_path / "home") as folder:
            store = SqliteStore.open(folder.database)
            try:
                found = await store.candles(IMPORTED, source.symbol, source.timeframe)
            finally:
                await store.close()
        return len(found)

    assert asyncio.run(kept()) == 600


def test_import_waits_for_no_session_that_owns_the_folder(sigma_engine, candles: Path, tmp_path: Path) -> None:
    with DataFolder.open(tmp_path / "home"):
        answer = sigma_engine("import", candles)
    assert answer.code == 1
    assert "in use by another SIGMA" in answer.err


def test_every_indicator_column_is_written_with_every_digit(sigma_engine, candles: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    document = sigma_engine("indicators", candles, "--out", out, "--json").document
    with out.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    source = read_candle_file(candles)
    values = IndicatorSet(ALL_COLUMNS, source.timeframe).run(source.candles)
    assert header == ["timestamp_ms", *document["columns"]]
    assert document["rows"] == len(rows) == 600
    for row, stamp, expected in zip(rows, source.candles.open_ms, values, strict=True):
        assert int(row[0]) == stamp
        read = [float(text) if text else math.nan for text in row[1:]]
        assert all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(read, expected, strict=True))


def test_the_first_defined_index_is_the_indicators_own(sigma_engine, candles: Path) -> None:
    first = sigma_engine("indicators", candles, "--json").document["first_defined"]
    assert (first["rsi(14)"], first["macd.hist"], first["adx(14)"], first["ema(200)"], first["vwap"]) == (
        14,
        33,
        27,
        199,
        0,
    )


def test_a_column_that_never_gets_defined_has_no_first_index(sigma_engine, candles: Path) -> None:
    lines = candles.read_text("utf-8").splitlines()
    candles.write_text("\n".join(lines[:101]), "utf-8")
    assert sigma_engine("indicators", candles, "--json").document["first_defined"]["ema(200)"] is None


def test_for_people_it_is_a_table(sigma_engine, candles: Path) -> None:
    answer = sigma_engine("indicators", candles)
    assert "rsi(14)" in answer.out
    assert answer.err == ""


def test_an_output_that_cannot_be_finished_leaves_nothing_behind(sigma_engine, candles: Path, tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    answer = sigma_engine("indicators", candles, "--out", tmp_path / "out.csv")
    assert answer.code == 2
    assert "cannot be written" in answer.err
