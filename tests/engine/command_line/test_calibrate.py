"""`calibrate`: what was said is held against what happened, and the acceptance on real markets."""

from pathlib import Path
from typing import Any

import pytest

from sigma_engine.backtest.calibration import score_history
from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.probability.models import DEFAULT_MODEL
from sigma_engine.probability.report import calibrate_document

LEAST_SCORED = 4_000
REAL_5M_FILES = (
    "binance-perp/BTCUSDT-5m-20230101-20231231",
    "binance-perp/BTCUSDT-5m-20240101-20241231",
    "binance-perp/ETHUSDT-5m-20230101-20231231",
    "binance-perp/ETHUSDT-5m-20241001-20250413",
    "binance-perp/SOLUSDT-5m-20231101-20241230",
    "bybit-perp/BTCUSDT-5m-20250101-20250630",
    "bybit-perp/ETHUSDT-5m-20250101-20250630",
)


def test_model_and_baseline_are_scored_on_the_same_forecasts(sigma_engine, write_candles, tmp_path: Path) -> None:
    file = write_candles(tmp_path / "BTCUSDT-5m-walk.csv", 3_000)
    document = sigma_engine("calibrate", file, "--horizon", 12, "--json").document
    assert set(document) == {"file", "model", "baseline"}
    assert document["model"]["name"].startswith("empirical-")
    assert document["baseline"]["name"] == "gbm"
    assert document["model"]["n"] == document["baseline"]["n"] == (3_000 - 300) // 12 - 1
    keys = {"name", "n", "brier", "reliability_term", "log_loss", "skill", "reliability", "coverage", "interval_score"}
    for side in ("model", "baseline"):
        assert set(document[side]) == keys
        assert set(document[side]["coverage"]) == set(document[side]["interval_score"]) == {"70", "90", "95"}


def test_several_files_are_a_line_each(sigma_engine, write_candles, tmp_path: Path) -> None:
    files = [write_candles(tmp_path / f"{name}USDT-5m-walk.csv", 700, seed) for seed, name in enumerate(("BTC", "ETH"))]
    assert [line["file"] for line in sigma_engine("calibrate", *files, "--json").lines] == [str(f) for f in files]


@pytest.mark.parametrize("model", ["gbm", "bootstrap"])
def test_another_model_is_named_in_what_it_says(model: str, sigma_engine, write_candles, tmp_path: Path) -> None:
    file = write_candles(tmp_path / "BTCUSDT-5m-walk.csv", 900)
    document = sigma_engine("calibrate", file, "--model", model, "--json").document
    assert document["model"]["name"] == f"{model}-1"
    if model == "gbm":
        assert document["model"]["coverage"] == document["baseline"]["coverage"]
        assert document["model"]["interval_score"] == pytest.approx(document["baseline"]["interval_score"])


def test_a_person_reads_a_verdict(sigma_engine, write_candles, tmp_path: Path) -> None:
    answer = sigma_engine("calibrate", write_candles(tmp_path / "BTCUSDT-5m-walk.csv", 6_000))
    assert answer.code == 0
    assert "70% band: held" in answer.out
    assert "P(up) shows no edge, so it stays at 50 %." in " ".join(answer.out.split())


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (310, (), "holds 310 candles, too few to score a forecast over 12: give it more than 324"),
        (900, ("--horizon", 0), "should be greater than or equal to 1. See: sigma-engine calibrate --help"),
        (900, ("--model", "crystal"), "'crystal' is not one of 'empirical', 'bootstrap', 'gbm'"),
    ],
)
def test_a_mistake_is_one_sentence(
    count: int, words: tuple[object, ...], said: str, sigma_engine, write_candles, tmp_path: Path
) -> None:
    answer = sigma_engine("calibrate", write_candles(tmp_path / "BTCUSDT-5m-walk.csv", count), *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_a_mistake_in_a_later_file_leaves_stdout_empty(sigma_engine, write_candles, tmp_path: Path) -> None:
    answer = sigma_engine("calibrate", write_candles(tmp_path / "BTCUSDT-5m-walk.csv", 900), tmp_path / "nope.csv")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith("nope.csv does not exist: check the name and the folder.\n")


def test_no_row_of_the_table_is_wrapped_at_80_columns(sigma_engine, write_candles, tmp_path: Path) -> None:
    lines = sigma_engine("calibrate", write_candles(tmp_path / "BTCUSDT-5m-walk.csv", 900)).out.splitlines()
    assert len([line for line in lines if line.startswith("│")]) == 10
    assert all(len(line) <= 80 for line in lines[:-1])


def test_always_saying_50_percent_is_no_edge(market_data: Path) -> None:
    """The share of rises known before is learned from few outcomes at first: a coin beats it without knowing more."""
    source = read_candle_file(market_data / "binance-perp/BTCUSDT-5m-20250525-20250624.csv.gz")
    score = score_history(source.candles, source.timeframe, 1, DEFAULT_MODEL)
    assert set(score.forecasts.p_up) == {0.5}
    assert not score.edge


@pytest.fixture(scope="module", params=REAL_5M_FILES)
def judged(request: pytest.FixtureRequest, market_data: Path) -> dict[str, Any]:
    source = read_candle_file(market_data / f"{request.param}.csv.gz")
    score = score_history(source.candles, source.timeframe, 12, DEFAULT_MODEL)
    assert len(score.forecasts) >= LEAST_SCORED
    return calibrate_document(score.model.stamp, score.forecasts) | {"report": score.report(source.symbol)}


@pytest.mark.parametrize(("band", "points"), [("70", 1.5), ("90", 1.0), ("95", 0.8)])
def test_real_bands_hold_what_they_promise(judged: dict[str, Any], band: str, points: float) -> None:
    assert 100 * judged["model"]["coverage"][band] == pytest.approx(int(band), abs=points)


@pytest.mark.parametrize(("band", "share"), [("70", 0.92), ("90", 0.98)])
def test_real_bands_are_sharper_than_the_plain_model(judged: dict[str, Any], band: str, share: float) -> None:
    assert judged["model"]["interval_score"][band] <= share * judged["baseline"]["interval_score"][band]


def test_real_probabilities_are_honest(judged: dict[str, Any]) -> None:
    report = judged["report"]
    assert report.brier <= report.climatology_brier + 0.0005
    assert judged["model"]["reliability_term"] <= 0.001
    assert report.brier < judged["baseline"]["brier"] - 0.02
