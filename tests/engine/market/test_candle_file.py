"""The rules by which a candle file is read."""

import gzip
from dataclasses import astuple
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from sigma_engine.domain.candle import Candle
from sigma_engine.domain.history import Gap
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError, UnknownSymbol
from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.market.file_report import KEPT_REJECTIONS

START_MS = 1_735_689_600_000
COLUMNS = ["timestamp_ms", "open", "high", "low", "close", "volume"]


def test_a_sound_file_is_read_as_it_is_and_has_nothing_to_report(write, row):
    file = read_candle_file(write(row(0), row(1, 101), row(2, 102)))

    assert (file.symbol, file.timeframe) == ("BTC/USDT:USDT", Timeframe.M5)
    assert file.candles[1] == Candle(START_MS + 300_000, 101, 102, 100, 101.5, 5)
    report = file.report
    assert (report.rows, report.first_ms, report.last_ms) == (3, START_MS, START_MS + 600_000)
    assert (report.gaps, report.duplicates, report.rejected_count, report.notes) == ((), 0, 0, ())


def test_packed_and_plain_files_hold_the_same(write, row):
    plain = read_candle_file(write(row(0), row(1)))
    packed = read_candle_file(write(row(0), row(1), name="BTCUSDT-5m-test.csv.gz"))

    assert list(packed.candles) == list(plain.candles)


def test_parquet_holds_the_same_as_csv_and_may_have_real_timestamps(write, row, tmp_path):
    rows = [row(0), row(1), row(2)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    numbers, times = tmp_path / "BTCUSDT-5m-a.parquet", tmp_path / "BTCUSDT-5m-b.parquet"
    table.to_parquet(numbers)
    table.assign(timestamp_ms=pd.to_datetime(table["timestamp_ms"], unit="ms", utc=True), note="x").to_parquet(times)

    expected = list(read_candle_file(write(*rows)).candles)
    assert list(read_candle_file(numbers).candles) == expected
    assert list(read_candle_file(times).candles) == expected
    assert read_candle_file(times).report.notes == ("columns not used: note",)


def test_a_bad_parquet_row_is_rejected_by_its_number(row, tmp_path):
    path = tmp_path / "BTCUSDT-5m-a.parquet"
    table = pd.DataFrame([row(0), row(1), row(2)], columns=COLUMNS)
    table["close"] = ["100.5", "spam", None]
    table.to_parquet(path)

    report = read_candle_file(path).report

    assert [(bad.line, bad.reason) for bad in report.rejected] == [
        (2, "close is no finite number"),
        (3, "close is no finite number"),
    ]


def test_columns_go_by_their_names_and_others_are_ignored_with_a_word(write):
    path = write(f"7,1,2,0.5,{START_MS},1.5,x", header="volume,open,HIGH, low ,timestamp_ms,close,trades")

    file = read_candle_file(path)

    assert file.candles[0] == Candle(START_MS, 1, 2, 0.5, 1.5, 7)
    assert file.report.notes == ("columns not used: trades",)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_blank_lines_quotes_and_a_byte_order_mark_are_read(write, row, end):
    quoted = ",".join(f'"{value}"' for value in row(1))
    path = write(row(0), "", quoted, header="\ufeff" + ",".join(COLUMNS), end=end)

    file = read_candle_file(path)

    assert [candle.open_ms for candle in file.candles] == [START_MS, START_MS + 300_000]
    assert file.report.rows == 2


@pytest.mark.parametrize(
    ("name", "symbol", "timeframe"),
    [
        ("BTCUSDT-5m-20250101-20250131.csv", "BTC/USDT:USDT", "5m"),
        ("ETH_USDT_USDT-1h-futures.csv", "ETH/USDT:USDT", "1h"),
        ("sol-usdt-15m.csv", "SOL/USDT:USDT", "15m"),
        ("1000PEPEUSDT-1d-x.csv", "1000PEPE/USDT:USDT", "1d"),
    ],
)
def test_the_name_says_symbol_and_timeframe(write, row, name, symbol, timeframe):
    interval_ms = Timeframe(timeframe).interval_ms

    file = read_candle_file(write(row(0), row(1, interval_ms=interval_ms), name=name))

    assert (file.symbol, file.timeframe) == (symbol, timeframe)


def test_where_the_name_says_nothing_the_options_do(write, row):
    file = read_candle_file(write(row(0), name="candles.csv"), "doge", "5m")

    assert (file.symbol, file.timeframe) == ("DOGE/USDT:USDT", "5m")


@pytest.mark.parametrize(
    ("name", "options", "hint"),
    [
        ("candles.csv", (None, "5m"), "--symbol BTC"),
        ("candles.csv", ("BTC", None), "--timeframe 5m"),
        ("BTCUSDT-7m-x.csv", (None, None), "7m is not a timeframe"),
        ("BTCUSDT.csv", (None, "soon"), "soon is not a timeframe"),
        ("BTCUSDT-5m-x.csv", ("ETH", None), "leave --symbol out"),
        ("BTCUSDT-5m-x.csv", (None, "1m"), "leave --timeframe out"),
    ],
)
def test_a_missing_or_contradicting_option_is_named(write, row, name, options, hint):
    with pytest.raises(DataError, match=hint):
        read_candle_file(write(row(0), name=name), *options)


def test_an_option_that_is_no_symbol_is_refused(write, row):
    with pytest.raises(UnknownSymbol):
        read_candle_file(write(row(0), name="candles.csv"), "???", "5m")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{t},100,101,99,100", "has 5 fields, the header has 6"),
        ("{t},100,101,99,100,5,7", "has 7 fields, the header has 6"),
        ("{t},100,101,99,spam,5", "close is 'spam', not a number"),
        ("{t},100,101,99,,5", "close is empty"),
        ("{t},100,1_01,99,100,5", "high is '1_01', not a number"),
        ("{t},100,101,99,nan,5", "close is no finite number"),
        ("{t},100,inf,99,100,5", "high is no finite number"),
        ("{t},100,101,0,100,5", "low is 0, a price is above zero"),
        ("{t},-100,101,99,100,5", "open is -100, a price is above zero"),
        ("{t},100,99.5,99,100,5", "high 99.5 is below open or close 100"),
        ("{t},100,101,100.5,101,5", "low 100.5 is above open or close 100"),
        ("{t},100,101,99,100,-1", "volume is -1, it cannot be negative"),
        ("7,100,101,99,100,5", "timestamp_ms 7 is no time of a candle in the unit of the others"),
        ("1735689900001,100,101,99,100,5", "timestamp_ms 1735689900001 is no open time of a 5m candle"),
    ],
)
def test_a_row_that_cannot_be_a_candle_is_rejected_with_its_line_and_reason(write, row, bad, reason):
    report = read_candle_file(write(row(0), bad.format(t=START_MS + 300_000), row(2))).report

    assert [(rejected.line, rejected.reason) for rejected in report.rejected] == [(3, reason)]
    assert (report.rows, report.rejected_count, report.missing_bars) == (3, 1, 1)


def test_rows_off_the_grid_are_counted_apart(write, row):
    report = read_candle_file(write(row(0), row(1), row(1.5), row(2), row(3))).report

    assert (report.off_grid, report.rejected_count) == (1, 1)


def test_all_rejected_rows_are_counted_but_only_the_first_are_kept(write, row):
    bad = ["x,1,1,1,1,1", f"{START_MS},0,0,0,0,0"] * KEPT_REJECTIONS

    report = read_candle_file(write(*bad, row(0))).report

    assert report.rejected_count == 2 * KEPT_REJECTIONS
    assert [rejected.line for rejected in report.rejected] == list(range(2, KEPT_REJECTIONS + 2))


def test_of_two_rows_with_one_stamp_the_first_stays(write, row):
    file = read_candle_file(write(row(0), row(1, 101), row(1, 200), row(2)))

    assert file.candles[1].open == 101
    assert (len(file.candles), file.report.duplicates, file.report.rows) == (3, 1, 4)


def test_of_two_rows_with_one_stamp_a_later_one_with_more_volume_stays(write, row):
    file = read_candle_file(write(row(0), row(1, 101), row(1, 200, volume=6), row(2)))

    assert file.candles[1].open == 200


def test_rows_out_of_order_are_sorted_with_a_word(write, row):
    file = read_candle_file(write(row(0), row(3), row(1), row(2), row(4)))

    assert np.diff(file.candles.open_ms).tolist() == [300_000] * 4
    assert file.report.out_of_order == 2
    assert file.report.notes == ("2 rows out of order, sorted",)


def test_gaps_are_found_and_left(write, row):
    file = read_candle_file(write(row(0), row(1), row(4), row(5), row(7), row(8), row(9)))

    assert file.report.gaps == (Gap(START_MS + 300_000, 2), Gap(START_MS + 5 * 300_000, 1))
    assert file.report.missing_bars == 3
    assert len(file.candles) == 7


@pytest.mark.parametrize(("unit", "scale"), [("seconds", 1e-3), ("microseconds", 1e3), ("nanoseconds", 1e6)])
def test_stamps_in_another_unit_are_converted_with_a_word(write, row, unit, scale):
    rows = [(int(stamp * scale), *rest) for stamp, *rest in (row(0), row(1), row(2))]

    file = read_candle_file(write(*rows))

    assert file.candles.open_ms.tolist() == [START_MS, START_MS + 300_000, START_MS + 600_000]
    assert file.report.notes == (f"timestamp_ms was in {unit}, converted",)


LOWS = st.floats(1e-8, 1e7)
PRICES = LOWS.flatmap(lambda low: st.lists(st.floats(low, low * 900), min_size=4, max_size=4)).map(sorted)
SOUND = st.lists(st.tuples(PRICES, st.booleans(), st.floats(0, 1e12)), min_size=4, max_size=60)


def candle_of(bar: int, prices: list[float], rising: bool, volume: float) -> Candle:
    low, inner, other, high = prices
    open_, close = (inner, other) if rising else (other, inner)
    return Candle(START_MS + bar * 60_000, open_, high, low, close, volume)


@given(rows=SOUND, left_out=st.sets(st.integers(1, 58)), packed=st.booleans(), order=st.randoms())
def test_sound_candles_come_back_bit_for_bit_in_whatever_order_they_were_written(
    tmp_path_factory, rows, left_out, packed, order
):
    holes = {bar for bar in sorted(left_out)[: len(rows) // 4] if bar < len(rows) - 1}
    candles = [candle_of(bar, *row) for bar, row in enumerate(rows) if bar not in holes]
    lines = [",".join(map(repr, astuple(candle))) for candle in order.sample(candles, len(candles))]
    content = "\n".join([",".join(COLUMNS), *lines]).encode()
    path = tmp_path_factory.mktemp("trip") / f"BTCUSDT-1m-x.csv{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(content) if packed else content)

    file = read_candle_file(path)

    assert list(file.candles) == candles
    assert file.report.missing_bars == len(holes)
    assert (file.report.rows, file.report.rejected_count) == (len(candles), 0)


@given(junk=st.binary(max_size=400), headed=st.booleans())
def test_whatever_bytes_a_file_holds_it_is_read_or_refused_in_one_sentence(tmp_path_factory, junk, headed):
    path: Path = tmp_path_factory.mktemp("junk") / "BTCUSDT-1m-x.csv"
    path.write_bytes((",".join(COLUMNS) + "\n").encode() * headed + junk)
    said = "a report."

    try:
        read_candle_file(path)
    except DataError as refusal:
        said = str(refusal)

    assert "\n" not in said
    assert said.endswith(".")
