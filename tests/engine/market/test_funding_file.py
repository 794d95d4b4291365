"""Funding files: rates at the payments they belong to, or one sentence why not."""

import gzip
import re

import pytest

from sigma_engine.errors import DataError, InputError
from sigma_engine.market.funding_file import read_funding_file
from sigma_engine.risk.costs import FUNDING_MS

START_MS = 1_748_736_000_000
"""2025-06-01 00:00 UTC, a payment."""


def write(folder, *rows, name="BTCUSDT-funding-june.csv", header="timestamp_ms,funding_rate"):
    path = folder / name
    path.write_text("\n".join((header, *rows)) + "\n", "utf-8")
    return path


def test_stamps_are_rounded_to_their_payment(tmp_path):
    path = write(tmp_path, f"{START_MS + 7},0.0001", f"{START_MS + FUNDING_MS - 3},-0.00025")
    file = read_funding_file(path)
    assert file.symbol == "BTC/USDT:USDT"
    assert file.rates == {START_MS: 0.0001, START_MS + FUNDING_MS: -0.00025}


def test_rows_may_stand_in_any_order_and_between_other_columns(tmp_path):
    rows = (f"0.0002,x,{START_MS + FUNDING_MS}", f"0.0001,y,{START_MS}")
    file = read_funding_file(write(tmp_path, *rows, header="funding_rate,mark,timestamp_ms"))
    assert list(file.rates.items()) == [(START_MS, 0.0001), (START_MS + FUNDING_MS, 0.0002)]


def test_a_packed_file_is_unpacked(tmp_path):
    path = tmp_path / "ETHUSDT-funding.csv.gz"
    path.write_bytes(gzip.compress(f"timestamp_ms,funding_rate\n{START_MS},0.0001\n".encode()))
    assert read_funding_file(path).rates == {START_MS: 0.0001}


def test_a_name_that_says_no_symbol_takes_the_given_one(tmp_path):
    path = write(tmp_path, f"{START_MS},0.0001", name="rates.csv")
    assert read_funding_file(path, "eth").symbol == "ETH/USDT:USDT"
    with pytest.raises(InputError, match="does not say which symbol"):
        read_funding_file(path)


@pytest.mark.parametrize(
    ("rows", "header", "reason"),
    [
        ((f"{START_MS},0.0001",), "timestamp_ms,rate", "no column funding_rate"),
        ((), "timestamp_ms,funding_rate", "no funding rates"),
        ((f"{START_MS},much",), "timestamp_ms,funding_rate", "line 2: '.*' is no time and rate"),
        ((f"{START_MS}",), "timestamp_ms,funding_rate", "line 2: .* is no time and rate"),
        ((f"{START_MS},0.0001", f"{START_MS},nan"), "timestamp_ms,funding_rate", "line 3: a rate of nan"),
        ((f"{START_MS},1.5",), "timestamp_ms,funding_rate", "a rate of 1.5 is no fraction"),
        (("1748736000,0.0001",), "timestamp_ms,funding_rate", "no time in UTC milliseconds"),
        ((f"{START_MS + 3_600_000},0.0001",), "timestamp_ms,funding_rate", "2025-06-01 01:00 UTC is no payment"),
    ],
)
def test_what_is_no_funding_file_is_refused_in_one_sentence(tmp_path, rows, header, reason):
    with pytest.raises(DataError, match=reason) as refused:
        read_funding_file(write(tmp_path, *rows, header=header))
    assert re.search(r"BTCUSDT-funding-june\.csv", str(refused.value))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_called_missing_whatever_its_name_says(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        read_funding_file(tmp_path / "rates.csv")


def test_every_real_funding_file_is_read(market_data):
    for path in sorted((market_data / "funding").glob("*.csv.gz")):
        rates = read_funding_file(path).rates
        assert len(rates) > 1_000
        assert all(stamp % FUNDING_MS == 0 for stamp in rates)
