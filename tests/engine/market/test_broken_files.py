"""Files that cannot be used are refused in one sentence that says what to do."""

import gzip
import os
import sys

import pytest

from sigma_engine.errors import DataError
from sigma_engine.market.candle_file import read_candle_file

HEADER = b"timestamp_ms,open,high,low,close,volume\n"
GOOD = b"1735689600000,1,2,0.5,1.5,7\n"


def refusal(path) -> str:
    with pytest.raises(DataError) as caught:
        read_candle_file(path)
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    assert message.endswith(".")
    return message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty: download it again"),
        (HEADER, "has a header but no candles"),
        (HEADER + b"\n \n", "has a header but no candles"),
        (GOOD * 3, "begins with numbers, not with a header: put the line timestamp_ms,open"),
        (b"date,open,high,low,close,volume\n" + GOOD, "has no column timestamp_ms"),
        (b"timestamp_ms,open,close\n1,2,3\n", "has no column high, low, volume"),
        (HEADER.replace(b"low", b"open") + GOOD, "has no column low"),
        (b"open," + HEADER + b"1," + GOOD, "names open twice"),
        (HEADER.replace(b",", b";") + GOOD.replace(b",", b";"), "separates its columns by ';': save it with commas"),
        (HEADER.replace(b",", b"\t") + GOOD, "save it with commas"),
        (HEADER + b"2025-01-01 00:00:00,1,2,0.5,1.5,7\n", "writes times as dates (2025-01-01 00:00:00)"),
        (HEADER + b"2025-01-01T00:00:00Z,1,2,0.5,1.5,7\n", "UTC milliseconds since 1970"),
        (HEADER + b"5,1,2,0.5,1.5,7\n", "5 in timestamp_ms is no time of a candle"),
        (HEADER + b"nan,1,2,0.5,1.5,7\n", "nan in timestamp_ms is no time of a candle"),
        (HEADER + b"1735689600000,0,0,0,0,0\n", "no usable candle; the first bad row is line 2: open is 0"),
        (HEADER + b"\nspam\n", "no usable candle; the first bad row is line 3: has 1 fields"),
        (HEADER + b"1735689600001,1,2,0.5,1.5,7\n", "line 2: timestamp_ms 1735689600001 is no open time of a 5m"),
        (HEADER + GOOD.replace(b"1.5", b"\xff"), "is not UTF-8 text"),
        (HEADER.decode().encode("utf-16"), "is not UTF-8 text"),
        (b"\x00\x01\x02candles", "holds binary data, not CSV"),
        (b"PK\x03\x04rest", "is a zip archive: unpack it"),
        (b"PAR1spam", "is a damaged Parquet file"),
        (b"<html>Not Found</html>", "has no column timestamp_ms"),
        (gzip.compress(HEADER + GOOD, mtime=0)[:-9], "is damaged or was cut off"),
        (gzip.compress(HEADER + GOOD, mtime=0)[:-8] + b"12345678", "is damaged or was cut off"),
        (b"\x1f\x8bspam", "is damaged or was cut off"),
        (gzip.compress(b"", mtime=0), "is empty inside"),
    ],
)
def test_a_file_that_is_no_candle_file_says_what_it_is_instead(tmp_path, content, said):
    path = tmp_path / "BTCUSDT-5m-x.csv"
    path.write_bytes(content)

    assert said in refusal(path)


def test_a_file_named_gz_that_is_not_gzip_is_refused(tmp_path):
    path = tmp_path / "BTCUSDT-5m-x.csv.gz"
    path.write_bytes(HEADER + GOOD)

    assert "ends in .gz but is not gzip" in refusal(path)


def test_a_missing_file_is_refused(tmp_path):
    assert "does not exist: check the name" in refusal(tmp_path / "BTCUSDT-5m-x.csv")


def test_a_folder_is_refused(tmp_path):
    path = tmp_path / "BTCUSDT-5m-x.csv"
    path.mkdir()

    assert "is a folder: name the candle files in it" in refusal(path)


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes live in the file system on POSIX only")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    path = tmp_path / "BTCUSDT-5m-x.csv"
    os.mkfifo(path)

    assert "is not an ordinary file" in refusal(path)


def test_candles_of_another_timeframe_than_the_name_says_are_refused(write, row):
    path = write(*(row(bar, interval_ms=60_000) for bar in range(20)))

    assert "holds 1-minute candles, not 5m: correct its name or --timeframe" in refusal(path)


def test_parquet_without_the_columns_or_without_rows_is_refused(tmp_path, row):
    import pandas as pd

    path = tmp_path / "BTCUSDT-5m-x.parquet"
    columns = ["timestamp_ms", "open", "high", "low", "close", "volume"]
    pd.DataFrame([row(0)[:5]], columns=columns[:5]).to_parquet(path)
    assert "has no column volume" in refusal(path)
    pd.DataFrame([], columns=columns).to_parquet(path)
    assert "has no candles" in refusal(path)
