"""Real files with natural defects: each defect the data's own documentation names is found."""

import gzip
from itertools import pairwise

import numpy as np
import pytest

from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.market.gaps import bridge_gaps
from sigma_engine.market.history import import_report

FILES = {  # rows, missing bars, gaps, duplicates, as documented beside the data
    "BNBUSDT-5m-20241015-20241130": (13_334, 202, 2, 0),
    "BTCUSDT-1m-20250529-20250628": (43_158, 42, 42, 0),
    "BTCUSDT-5m-20191115-20200312": (33_960, 131, 4, 1),
    "BTCUSDT-5m-20250210-20250220": (3_005, 0, 0, 0),
}


@pytest.fixture(scope="module")
def read(market_data):
    return {name: read_candle_file(market_data / "defective" / f"{name}.csv.gz") for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_rows_gaps_and_duplicates_are_those_documented(read, name):
    report = read[name].report

    assert (report.rows, report.missing_bars, len(report.gaps), report.duplicates) == FILES[name]
    assert (report.rejected_count, report.out_of_order, report.off_grid) == (0, 0, 0)


@pytest.mark.parametrize("name", FILES)
def test_the_stamps_are_those_a_plain_reading_of_the_text_finds(read, name, market_data):
    with gzip.open(market_data / "defective" / f"{name}.csv.gz", "rt") as lines:
        stamps = sorted({int(line.partition(",")[0]) for line in list(lines)[1:]})
    file = read[name]

    assert file.candles.open_ms.tolist() == stamps
    holes = [
        (before, (after - before) // file.timeframe.interval_ms - 1)
        for before, after in pairwise(stamps)
        if after - before != file.timeframe.interval_ms
    ]
    assert [(gap.after_ms, gap.missing) for gap in file.report.gaps] == holes


def test_the_two_long_gaps_of_bnb_are_144_and_58_bars(read):
    assert [gap.missing for gap in read["BNBUSDT-5m-20241015-20241130"].report.gaps] == [144, 58]


def test_every_missing_minute_of_the_paging_bug_is_a_gap_of_its_own(read):
    gaps = read["BTCUSDT-1m-20250529-20250628"].report.gaps

    assert {gap.missing for gap in gaps} == {1}
    assert {(after.after_ms - before.after_ms) // 60_000 for before, after in pairwise(gaps)} == {1001}


def test_the_spliced_file_raises_a_suspicion_where_spot_begins(read):
    (note,) = read["BTCUSDT-5m-20250210-20250220"].report.notes

    assert "from 2025-02-18 10:3" in note
    assert "another market's candles may have been spliced in" in note


@pytest.mark.parametrize("name", FILES)
def test_bridged_no_hole_is_left_and_every_real_candle_is_kept(read, name):
    file = read[name]
    bridged = bridge_gaps(file.candles, file.timeframe)

    assert (np.diff(bridged.candles.open_ms) == file.timeframe.interval_ms).all()
    assert (bridged.filled, bridged.cut) == (file.report.missing_bars, 0)
    real = np.isin(bridged.candles.open_ms, file.candles.open_ms)
    for kept, found in zip(bridged.candles.columns(), file.candles.columns(), strict=True):
        assert (kept[real] == found).all()


@pytest.mark.parametrize("folder", ["binance-perp", "bybit-perp"])
def test_sound_files_raise_no_suspicion_and_lose_no_row(market_data, folder):
    for path in sorted((market_data / folder).glob("*-5m-*2025*.csv.gz")):
        report = read_candle_file(path).report

        assert (report.notes, report.rejected_count, report.duplicates, report.gaps) == ((), 0, 0, ()), path.name


def test_the_import_document_speaks_of_a_file_in_plain_numbers(read):
    document = import_report(read["BTCUSDT-5m-20191115-20200312"])

    assert document["symbol"] == "BTC/USDT:USDT"
    assert document["timeframe"] == "5m"
    assert (document["rows"], document["candles"], document["duplicates"]) == (33_960, 33_959, 1)
    assert (document["first_ms"], document["last_ms"]) == (1_573_820_700_000, 1_584_047_400_000)
    assert [gap["missing"] for gap in document["gaps"]] == [24, 12, 70, 25]
    assert document["rejected"] == []
