"""Every mistake is one readable line on stderr and exit code 2; nothing is printed on stdout."""

from pathlib import Path

import pytest

MISTAKES = [
    (["frobnicate"], "No such command 'frobnicate'. See: sigma-engine --help"),
    (["run", "--mode", "dream"], "'dream' is not one of 'demo', 'replay', 'paper', 'live'"),
    (["run", "--mode", "live"], "Live trading with real money opens once its account is certified"),
    (["run", "--mode", "paper", "--venue", "wex"], "'wex' is no exchange SIGMA knows. Did you mean weex?"),
    (["run", "--mode", "paper", "--venue-url", "http://example.com"], "is not on this machine"),
    (["run", "--mode", "paper", "--replay", "x.csv"], "takes its prices from an exchange"),
    (["run", "--mode", "paper", "--speed", "20"], "come at their own speed"),
    (["run", "--mode", "demo", "--venue", "okx"], "--venue is for an exchange, and --mode demo has none"),
    (["kill", "--home", "no/such/folder"], "There is no data folder"),
    (["run", "--mode", "replay"], "add --replay FILE"),
    (["run", "--mode", "demo", "--replay", "BTCUSDT-5m.csv"], "--mode demo makes its own market"),
    (["run", "--replay", "BTCUSDT-5m-none.csv"], "BTCUSDT-5m-none.csv"),
    (["run", "--replay", __file__], "is no candle file by its name: give a CSV"),
    (["run", "--speed", "-1"], "'--speed'"),
    (["run", "--strategy", "rsi-oversol", "--for", "1"], "did you mean 'rsi-oversold'?"),
    (["run", "--symbols", "BTC,EUR/USD"], "'EUR/USD' is no market"),
    (["backtest"], "Missing option '--strategy'"),
    (["backtest", "--strategy", "ema-trend"], "Missing option '--data'"),
    (["backtest", "--strategy", "ema-trend", "--data", "BTCUSDT-5m-none.csv"], "BTCUSDT-5m-none.csv"),
    (["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--from", "June"], "--from June is no date"),
    (["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--to", "2020-01-01"], "No candle opens between"),
    (["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--leverage", "99"], "leverage"),
    (["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--capital", "-5"], "A capital of -5.0"),
    (["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--html", "report.pdf"], "end in .html"),
    (
        ["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--funding", "{candles}"],
        "no column funding_rate",
    ),
    (["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--minutes", "{candles}"], "needs 1m ones"),
    (["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--symbols", "ETH"], "ETH/USDT is not in"),
    (["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--latency-bars", "101"], "--latency-bars"),
    (["backtest", "--strategy", "ema-trend", "--data", "{candles}", "--engine", "warp"], "'warp'"),
    (["backtest", "--strategy", "broken.json", "--data", "{candles}"], "broken.json"),
    (["import"], "Missing argument 'FILE...'"),
    (["import", "notes.txt"], "notes.txt does not exist"),
    (["indicators", "{candles}", "--timeframe", "1h"], "5m by its name, not 1h"),
    (["indicators", "{candles}", "--out", "no/such/folder/out.csv"], "choose another --out"),
]


@pytest.mark.parametrize(("words", "sentence"), MISTAKES, ids=[" ".join(words) for words, _ in MISTAKES])
def test_a_mistake_is_answered_with_one_line(sigma_engine, candles: Path, words: list[str], sentence: str) -> None:
    answer = sigma_engine(*(word.format(candles=candles) for word in words), "--json")
    assert answer.code == 2, answer
    assert sentence in answer.err
    assert len(answer.err.splitlines()) == 1, answer.err
    assert answer.out == ""


def test_a_wrong_settings_file_stops_a_session_with_its_sentence(sigma_engine, tmp_path: Path) -> None:
    (tmp_path / "home" / "config").mkdir(parents=True)
    (tmp_path / "home" / "config" / "settings.toml").write_text("kelly_fractoin = 1\n", "utf-8")
    answer = sigma_engine("run", "--mode", "demo", "--for", "1")
    assert answer.code == 2
    assert "did you mean kelly_fraction?" in answer.err


def test_a_data_folder_that_cannot_be_used_is_a_failure(sigma_engine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = sigma_engine("run", "--for", "1", "--home", tmp_path / "file")
    assert answer.code == 1
    assert len(answer.err.splitlines()) == 1


def test_without_words_help_is_printed(sigma_engine) -> None:
    answer = sigma_engine()
    assert answer.code == 0
    for command in ("import", "indicators", "backtest", "run", "kill", "doctor"):
        assert command in answer.out
    assert "walkforward" not in answer.out, "a command that does not exist is not offered"


def test_the_version_is_printed(sigma_engine) -> None:
    import sigma_engine as engine

    assert sigma_engine("--version").out == f"sigma-engine {engine.__version__}\n"
