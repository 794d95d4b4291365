"""`backtest`: the keys of contracts.md §7, sums that must agree with one another, and the trial that is kept."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sigma_engine.laboratory import open_in
from sigma_engine.storage.folder import DataFolder

KEYS = {"run_id", "strategy", "symbols", "from_ms", "to_ms", "trades", "metrics", "verdict", "equity", "timing"}
TRADE_KEYS = {
    "symbol", "side", "entry_ms", "exit_ms", "entry_price", "exit_price", "quantity", "leverage", "fees", "funding",
    "slippage", "pnl", "return_pct", "r", "bars", "reason",
}  # fmt: skip
METRIC_KEYS = {
    "initial_balance", "final_balance", "total_return_pct", "trades", "win_rate_pct", "average_win", "average_loss",
    "largest_win", "largest_loss", "profit_factor", "expectancy", "sharpe", "sortino", "max_drawdown_pct",
    "recovery_factor", "calmar", "sqn", "exposure_pct", "fees", "funding", "cost_share_pct", "average_duration_min",
    "average_slippage_pct", "fill_rate_pct", "false_signals_pct",
}  # fmt: skip
START_MS = 1_748_736_000_000


def backtest(sigma_engine, *data: Path, **options: object) -> dict:
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
    answer = sigma_engine("backtest", "--strategy", "ema-trend", *words, "--data", *data, "--json")
    assert answer.code == 0, answer.err
    return answer.document


def test_the_document_has_the_agreed_keys(sigma_engine, candles: Path) -> None:
    document = backtest(sigma_engine, candles)
    assert set(document) >= KEYS
    assert set(document["metrics"]) >= METRIC_KEYS
    assert document["trades"], "the walk crosses its averages"
    assert all(set(trade) >= TRADE_KEYS for trade in document["trades"])
    assert (document["strategy"], document["symbols"]) == ("ema-trend", ["BTC/USDT:USDT"])
    assert document["timing"]["candles"] == 400, "a third is history"


def test_money_adds_up(sigma_engine, candles: Path) -> None:
    document = backtest(sigma_engine, candles)
    metrics, trades = document["metrics"], document["trades"]
    assert metrics["initial_balance"] == 10_000
    assert metrics["final_balance"] == pytest.approx(10_000 + sum(trade["pnl"] for trade in trades), abs=1e-6)
    assert metrics["fees"] == pytest.approx(sum(trade["fees"] for trade in trades))
    assert metrics["fees"] > 0
    assert document["equity"][-1] == [document["to_ms"], metrics["final_balance"]]


def figures(document: dict) -> list[dict]:
    """The trades; what names the run and the words that the session alone says stand apart."""
    return document["trades"]


def test_the_same_backtest_gives_the_same_trades(sigma_engine, candles: Path) -> None:
    first, second = (backtest(sigma_engine, candles) for _ in range(2))
    assert figures(first) == figures(second)
    assert first["run_id"] != second["run_id"]


def test_options_outrank_settings(sigma_engine, candles: Path, tmp_path: Path) -> None:
    (tmp_path / "home" / "config").mkdir(parents=True)
    (tmp_path / "home" / "config" / "settings.toml").write_text("paper_balance = 777\nfee_bps = 30\n", "utf-8")
    assert backtest(sigma_engine, candles)["metrics"]["initial_balance"] == 777
    free = backtest(sigma_engine, candles, cost_bps=0, capital=2_000, leverage=2)
    assert free["metrics"]["initial_balance"] == 2_000
    assert free["metrics"]["fees"] == free["metrics"]["slippage"] == 0
    assert {trade["leverage"] for trade in free["trades"]} == {2}
    assert free["strategy"] == "ema-trend"


def test_a_span_begins_and_ends_where_it_is_told_to(sigma_engine, candles: Path) -> None:
    document = backtest(sigma_engine, candles, **{"from": "2025-06-02", "to": "2025-06-02T12:00"})
    day = START_MS + 86_400_000
    assert (document["from_ms"], document["to_ms"]) == (day, day + 43_200_000)
    assert all(day <= trade["entry_ms"] < document["to_ms"] for trade in document["trades"])


def test_only_the_symbols_asked_for_are_traded(sigma_engine, candles: Path, write_candles, tmp_path: Path) -> None:
    other = write_candles(tmp_path / "ETHUSDT-5m-walk.csv", 600, seed=8)
    document = backtest(sigma_engine, candles, other, symbols="eth")
    assert document["symbols"] == ["ETH/USDT:USDT"]
    assert {trade["symbol"] for trade in document["trades"]} == {"ETH/USDT:USDT"}


def trials(home: Path, search: str = ""):
    """What is kept in a data folder."""

    async def ask():
        laboratory = await open_in(home)
        try:
            return await laboratory.trials(search)
        finally:
            await laboratory.close()

    return asyncio.run(ask())


def test_both_engines_say_the_same_of_a_run(sigma_engine, candles: Path) -> None:
    compiled, session = (backtest(sigma_engine, candles, engine=name) for name in ("compiled", "session"))
    assert figures(compiled) == figures(session) != []
    for same in ("symbols", "from_ms", "to_ms", "metrics", "equity", "luck"):
        assert compiled[same] == session[same], same


def test_every_run_is_kept_as_a_trial(sigma_engine, candles: Path, tmp_path: Path) -> None:
    first, second = (backtest(sigma_engine, candles, leverage=leverage) for leverage in (2, 3))
    newest, oldest = trials(tmp_path / "home")
    assert (oldest.trial_id, newest.trial_id) == (first["run_id"], second["run_id"])
    assert oldest.family == newest.family
    assert second["significance"]["trials"] == first["significance"]["trials"] + 1


@pytest.mark.parametrize("place", ["no/such/folder/report.html", "folder.html"])
def test_a_run_whose_report_has_no_place_is_not_kept(sigma_engine, candles: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "folder.html").mkdir()
    answer = sigma_engine("backtest", "--strategy", "ema-trend", "--data", candles, "--html", place, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"--html {place} cannot be written: ")
    backtest(sigma_engine, candles)
    assert len(trials(tmp_path / "home")) == 1, "the second alone"


def test_it_works_beside_a_session(sigma_engine, candles: Path, tmp_path: Path) -> None:
    with DataFolder.open(tmp_path / "home"):
        backtest(sigma_engine, candles)
    assert len(trials(tmp_path / "home")) == 1


def test_a_data_folder_that_cannot_be_used_stops_no_backtest(sigma_engine, candles: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "sigma.db").write_bytes(b"this is no database")
    answer = sigma_engine("backtest", "--strategy", "ema-trend", "--data", candles, "--json")
    assert answer.code == 0
    assert answer.document["trades"]
    assert answer.err.startswith("This backtest is not kept. ")
    assert "is damaged" in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_database_that_somebody_holds_stops_no_backtest(
    sigma_engine, candles: Path, tmp_path: Path, monkeypatch
) -> None:
    backtest(sigma_engine, candles)
    monkeypatch.setattr("sigma_engine.storage.engines.BUSY_TIMEOUT_MS", 50)
    with closing(sqlite3.connect(tmp_path / "home" / "sigma.db", isolation_level=None)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        answer = sigma_engine("backtest", "--strategy", "ema-trend", "--data", candles, "--json")
    assert answer.code == 0, answer.err
    assert "is held by another program" in answer.err.splitlines()[-1]
    assert len(trials(tmp_path / "home")) == 1


def test_a_report_is_written_beside_the_answer(sigma_engine, candles: Path, tmp_path: Path) -> None:
    document = backtest(sigma_engine, candles, html=tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert trials(tmp_path / "home")[0].data_hash in text
    assert document["run_id"]


def test_terms_reach_the_engine(sigma_engine, candles: Path) -> None:
    plain, late = backtest(sigma_engine, candles), backtest(sigma_engine, candles, latency_bars=2)
    dear = backtest(sigma_engine, candles, slippage_range_share=0.2)
    assert late["trades"][0]["entry_ms"] == plain["trades"][0]["entry_ms"] + 2 * 300_000
    assert dear["metrics"]["slippage"] > plain["metrics"]["slippage"]
    resting = backtest(sigma_engine, candles, maker_bps=0)
    assert resting["metrics"]["fees"] < plain["metrics"]["fees"]


def test_a_file_that_does_not_name_itself_is_named_by_options(sigma_engine, write_candles, tmp_path: Path) -> None:
    plain = write_candles(tmp_path / "walk.csv", 600)
    assert backtest(sigma_engine, plain, symbol="BTC", timeframe="5m")["symbols"] == ["BTC/USDT:USDT"]


def test_for_people_it_begins_with_a_verdict(sigma_engine, candles: Path) -> None:
    answer = sigma_engine("backtest", "--strategy", "sigma-scalper", "--data", candles)
    assert answer.code == 0
    assert "Max drawdown" in answer.out
    assert "400 candles in" in answer.out
    assert answer.err == ""
