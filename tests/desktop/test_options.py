"""The command line: what it takes, and the one sentence it answers everything else with."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.options import LARGEST, SMALLEST, Options, parse
from sigma_engine import InputError, Mode, SessionRequest


@pytest.fixture
def candles(tmp_path: Path) -> Path:
    file = tmp_path / "BTCUSDT-5m-2025-06.csv"
    file.write_text("open_time\n", "utf-8")
    return file


def test_without_options_it_is_the_demo() -> None:
    assert parse([]) == Options(request=SessionRequest(mode=Mode.DEMO))
    assert parse(["--demo"]) == parse([])


def test_everything_can_be_said_at_once(tmp_path: Path, candles: Path) -> None:
    line = [
        *("--replay", str(candles), "--speed", "0", "--home", str(tmp_path / "home"), "--size", "1366X768"),
        *("--screenshot", str(tmp_path / "window.png"), "--after", "1.5", "--workspace", "wide"),
        *("--strategy", "ema-trend", "--symbols", "BTC,eth", "SOL/USDT", "BTCUSDT"),
    ]
    assert parse(line) == Options(
        request=SessionRequest(
            mode=Mode.REPLAY,
            home=tmp_path / "home",
            replay=(candles,),
            speed=0.0,
            strategy="ema-trend",
            symbols=("BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT"),
        ),
        size=(1366, 768),
        screenshot=tmp_path / "window.png",
        after_s=1.5,
        workspace="wide",
    )


def test_an_exchange_is_traded_on_paper_or_with_the_account_whose_keys_are_kept() -> None:
    assert parse(["--paper", "OKX"]).request == SessionRequest(mode=Mode.PAPER, venue="okx")
    faster = parse(["--live", "weex", "--venue-url", "http://127.0.0.1:8710", "--speed", "30"]).request
    assert (faster.mode, faster.speed) == (Mode.LIVE, 30.0)
    practice = parse(["--live", "weex", "--venue-url", "http://127.0.0.1:8710/"]).request
    assert practice == SessionRequest(mode=Mode.LIVE, venue="weex", venue_url="http://127.0.0.1:8710")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--size wide", "write it like 1760x1040"),
        ("--size 10x10", "choose between 640x480 and 7680x4320"),
        ("--size", "expected one argument"),
        ("--speed fast", "give 0 or more"),
        ("--speed -1", "give 0 or more"),
        ("--speed nan", "give 0 or more"),
        ("--speed inf", "give 0 or more"),
        ("--replay nowhere.csv", "There is no file nowhere.csv"),
        ("--demo --replay nowhere.csv", "exclude each other"),
        ("--screenshot window.jpg", "does not end in .png"),
        ("--screenshot /no/such/folder/window.png", "There is no folder"),
        ("--screenshot window.png --after -1", "give 0 to 86400"),
        ("--after 3", "belongs to --screenshot"),
        ("--symbols B?C", "BTC, BTCUSDT or BTC/USDT"),
        ("--sise 800x600", "Unrecognized arguments: --sise"),
        ("surplus", "sigma --help"),
        ("--paper weeks", "did you mean weex?"),
        ("--live", "expected one argument"),
        ("--paper weex --live weex", "--paper and --live exclude each other"),
        ("--demo --live weex", "--demo and --live exclude each other"),
        ("--paper weex --speed 2", "leave --speed out"),
        ("--live weex --speed 2", "leave --speed out, or give the --venue-url"),
        ("--venue-url http://127.0.0.1:8710", "belongs to --paper or --live"),
        ("--live weex --venue-url http://example.com:8710", "no address of this machine"),
        ("--live weex --venue-url http://127.0.0.1", "no address of this machine"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(line: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(line.split())
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_home_that_is_a_file_is_refused(candles: Path) -> None:
    with pytest.raises(InputError, match="is a file"):
        parse(["--home", str(candles)])


def test_help_is_printed_and_ends_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(["--help"])
    assert left.value.code == 0
    assert "--screenshot" in capsys.readouterr().out


@given(width=st.integers(1, 10_000), height=st.integers(1, 10_000))
def test_a_size_is_taken_or_refused_by_the_stated_limits(width: int, height: int) -> None:
    fits = SMALLEST[0] <= width <= LARGEST[0] and SMALLEST[1] <= height <= LARGEST[1]
    if fits:
        assert parse(["--size", f"{width}x{height}"]).size == (width, height)
    else:
        with pytest.raises(InputError):
            parse(["--size", f"{width}x{height}"])


@given(text=st.text(min_size=1).filter(lambda text: "x" not in text.lower()))
def test_a_size_without_its_cross_is_always_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse([f"--size={text}"])
