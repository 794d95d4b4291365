"""`run`: a session without a window, its events as lines."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = [sys.executable, "-m", "sigma_engine.cli", "run", "--mode", "demo", "--symbols", "BTC", "--json"]


def test_a_replay_ends_by_itself_and_tells_everything_in_order(sigma_engine, candles: Path) -> None:
    answer = sigma_engine(
        "run", "--mode", "replay", "--replay", candles, "--speed", 0, "--strategy", "ema-trend", "--json"
    )
    assert (answer.code, answer.err) == (0, "")
    events = answer.lines
    names = [event["event"] for event in events]
    assert names.count("CandleClosed") == names.count("DecisionMade") == 400
    assert names.count("PositionOpened") == names.count("PositionClosed") > 0
    assert (events[0]["event"], events[0]["status"]) == ("RunChanged", "running")
    assert (events[-1]["event"], events[-1]["status"]) == ("RunChanged", "ended")
    closes = [event["at_ms"] for event in events if event["event"] == "CandleClosed"]
    assert closes == sorted(closes)


def test_files_alone_mean_a_replay_and_may_follow_one_another(sigma_engine, candles: Path, write_candles) -> None:
    other = write_candles(candles.with_name("ETHUSDT-5m-walk.csv"), 600, seed=3)
    answer = sigma_engine("run", "--replay", candles, other, "--speed", 0, "--json")
    symbols = {event["symbol"] for event in answer.lines if event["event"] == "CandleClosed"}
    assert symbols == {"BTC/USDT:USDT", "ETH/USDT:USDT"}


def test_for_people_it_tells_what_was_traded(sigma_engine, candles: Path) -> None:
    answer = sigma_engine("run", "--replay", candles, "--speed", 0, "--strategy", "ema-trend")
    assert "BTC/USDT long" in answer.out
    told = [line.partition("  ")[2] for line in answer.out.splitlines()]
    assert told[:4] == [
        "replay on candles of the past, paper money",
        "strategy ema-trend on 5m candles of BTC/USDT",
        "balance 10,000.00 USDT, equity 10,000.00 USDT, nothing is held",
        "account active",
    ]
    assert "ended: the replay came to its last candle" in told
    closed = [line for line in told if " closed (" in line]
    assert told[-3].startswith(f"{len(closed)} trades closed, ")
    result = sum(float(line.split()[-2]) for line in closed)
    assert abs(float(told[-3].partition("result ")[2].split()[0].replace(",", "")) - result) < 0.01 * len(closed)
    assert told[-2].endswith("nothing is held")
    assert told[-1] == "account active"


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["words", "json"])
def test_the_log_of_the_folder_holds_what_was_told(
    sigma_engine, candles: Path, tmp_path: Path, form: list[str]
) -> None:
    answer = sigma_engine("run", "--replay", candles, "--speed", 0, "--home", tmp_path / "home", *form)
    assert (answer.code, answer.err) == (0, "")
    kept = (tmp_path / "home" / "logs" / "engine.log").read_text("utf-8")
    assert "replay on candles of the past, paper money" in kept
    assert "ended: the replay came to its last candle" in kept
    if form:
        assert all(line["event"] for line in answer.lines), "JSON lines and nothing else"


def test_a_demo_ends_after_the_seconds_it_was_given(sigma_engine) -> None:
    answer = sigma_engine("run", "--mode", "demo", "--symbols", "BTC", "--for", 0.3, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.lines[0]["event"] == "RunChanged"


def test_who_reads_only_the_beginning_stops_it_quietly() -> None:
    with subprocess.Popen(DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert json.loads(running.stdout.readline())["event"] == "RunChanged"
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal to send to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_it_cleanly_and_frees_the_folder(number: signal.Signals) -> None:
    with subprocess.Popen(DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.send_signal(number)
        rest, errors = running.communicate()
    assert (running.returncode, errors) == (0, "")
    assert "ended" in rest.splitlines()[-1]
    assert not (Path(os.environ["SIGMA_HOME"]) / "sigma.owner").exists()


def test_a_second_session_on_the_same_folder_is_refused() -> None:
    with subprocess.Popen(DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        running.stdout.readline()
        second = subprocess.run(DEMO, capture_output=True, text=True, check=False)
        running.terminate()
        running.communicate()
    assert second.returncode == 1
    assert "in use by another SIGMA" in second.stderr
    assert second.stdout == ""
