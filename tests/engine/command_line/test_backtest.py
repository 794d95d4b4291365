"""`backtest --engine session`: the keys of contracts.md §7, and sums that must agree with one another."""

from pathlib import Path

import pytest

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
    assert set(document) == KEYS
    assert set(document["metrics"]) >= METRIC_KEYS
    assert document["trades"], "the walk crosses its averages"
    assert all(set(trade) == TRADE_KEYS for trade in document["trades"])
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


def test_the_same_backtest_gives_the_same_trades(sigma_engine, candles: Path) -> None:
    first, second = (backtest(sigma_engine, candles) for _ in range(2))
    assert first["trades"] == second["trades"]
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


def test_it_works_beside_a_session_and_leaves_the_data_folder_alone(
    sigma_engine, candles: Path, tmp_path: Path
) -> None:
    with DataFolder.open(tmp_path / "home") as folder:
        before = sorted(folder.root.rglob("*"))
        backtest(sigma_engine, candles)
        assert sorted(folder.root.rglob("*")) == before


def test_for_people_it_ends_with_a_verdict(sigma_engine, candles: Path) -> None:
    answer = sigma_engine("backtest", "--strategy", "sigma-scalper", "--data", candles)
    assert answer.code == 0
    assert "Largest drawdown" in answer.out
    assert answer.err == ""
