"""The strategy document: its defaults, its forms, its bounds, and how it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from sigma_engine.domain.symbol import PAIRS
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import SpecError
from sigma_engine.strategy.spec import StrategySpec, load_spec, read_spec
from sigma_engine.strategy.spec_parts import DistanceType, MarginMode

ENTRY: dict[str, Any] = {"entry_long": "rsi(14) < 30"}


def read(**changes: Any) -> StrategySpec:
    return read_spec(ENTRY | changes)


def refusal(**changes: Any) -> str:
    with pytest.raises(SpecError) as refused:
        read(**changes)
    message = str(refused.value)
    assert message.endswith((".", "?"))
    assert "\n" not in message
    return message


def test_the_defaults_are_those_of_the_contract() -> None:
    spec = read()
    assert spec.timeframe is Timeframe.M5
    assert spec.margin_mode is MarginMode.ISOLATED
    assert (spec.leverage, spec.risk_per_trade_pct, spec.horizon_bars) == (5, 1.0, 12)
    assert (spec.stop_loss.type, spec.stop_loss.value) == (DistanceType.ATR, 1.5)
    assert (spec.take_profit.type, spec.take_profit.value) == (DistanceType.RR, 2.5)
    assert spec.symbols == PAIRS
    assert spec.direction == "both"
    assert spec.bars_to_barriers == 24
    assert spec.time_stop_bars is None


@pytest.mark.parametrize("symbols", ["btc", ["BTCUSDT"], ["BTC/USDT"], ["BTC/USDT:USDT"], ["btc", "BTC-USDT"]])
def test_symbols_are_unified_inside_and_short_in_the_document(symbols: Any) -> None:
    spec = read(symbols=symbols)
    assert spec.symbols == ("BTC/USDT:USDT",)
    assert spec.document()["symbols"] == ["BTC/USDT"]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("rsi < 30", ["rsi(14) < 30"]),
        (["rsi<30", "adx > 20"], ["rsi(14) < 30", "adx(14) > 20"]),
        ([["rsi<30"]], ["rsi(14) < 30"]),
        ([["rsi<25", "mfi<20"], ["cci < -150"]], [["rsi(14) < 25", "mfi(14) < 20"], ["cci(20) < -150"]]),
        ([["rsi<25"], "cci < -150"], [["rsi(14) < 25"], ["cci(20) < -150"]]),
    ],
)
def test_conditions_come_in_three_forms_and_leave_canonical(given: Any, written: Any) -> None:
    assert read(entry_long=given).document()["entry_long"] == written


def test_a_document_reads_back_as_the_same_strategy() -> None:
    spec = read(
        symbols=["ETH", "SOL"],
        timeframe="15m",
        entry_short=[["rsi > 75"], ["stoch.k > 90", "adx < 20"]],
        regime_rules={
            "trending": {
                "entry_long": [["ema(9)@1h rising"], ["adx > 40"]],
                "exit_short": "rsi < 20",
                "entry_short": [],
            },
            "ranging": "none",
            "mixed": {"entries": "long", "exit_long": "rsi > 60"},
        },
        trailing_stop={"type": "r", "value": 1},
        time_stop_min=20,
        session="22:00-06:00",
        days="weekdays",
        position_size={"type": "quote", "value": 200},
    )
    assert read_spec(json.loads(json.dumps(spec.document()))) == spec
    assert load_spec(spec.model_dump_json()) == spec


def test_a_time_stop_is_counted_in_whole_candles_and_bounds_the_barriers() -> None:
    spec = read(timeframe="15m", time_stop_min=20)
    assert (spec.time_stop_bars, spec.bars_to_barriers) == (2, 2)
    assert read(time_stop_min=20, barrier_bars=9).bars_to_barriers == 9


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"leverage": 25}, ["leverage", "25", "from 1 to 20"]),
        ({"leverage": 0}, ["leverage", "0", "from 1 to 20"]),
        ({"leverage": "5"}, ["leverage", "'5'", "a whole number"]),
        ({"leverage": 2.5}, ["leverage", "2.5", "a whole number"]),
        ({"leverage": True}, ["leverage", "True", "a whole number"]),
        ({"risk_per_trade_pct": 3}, ["risk_per_trade_pct", "3", "at most 2"]),
        ({"risk_per_trade_pct": 0}, ["risk_per_trade_pct", "0", "above 0"]),
        ({"risk_per_trade_pct": float("inf")}, ["risk_per_trade_pct", "inf"]),
        ({"max_daily_loss_pct": 6}, ["max_daily_loss_pct", "6", "at most 5"]),
        ({"max_daily_loss_pct": None}, ["max_daily_loss_pct", "None"]),
        ({"levrage": 3}, ["'levrage'", "did you mean 'leverage'?"]),
        ({"xyz": 3}, ["'xyz'", "the keys are"]),
        ({"stop_loss": {"type": "atr", "valeu": 2}}, ["'stop_loss.valeu'", "did you mean 'value'?"]),
        ({"stop_loss": {"type": "none"}}, ["stop_loss", "every position has a stop"]),
        ({"stop_loss": {"type": "atr"}}, ["stop_loss", "needs a value"]),
        ({"stop_loss": {"type": "atr", "value": 0}}, ["stop_loss.value", "above 0"]),
        ({"stop_loss": {"type": "atr", "value": 1e6}}, ["stop_loss", "1e+06", "0.1 and 50"]),
        ({"stop_loss": {"type": "rr", "value": 1}}, ["stop_loss", "'rr'", "percent, atr, price"]),
        ({"stop_loss": {"type": "prcent", "value": 1}}, ["stop_loss.type", "did you mean 'percent'?"]),
        ({"stop_loss": {"type": "percent", "value": 60}}, ["stop_loss", "60", "at most 50"]),
        ({"stop_loss": {"type": "percent", "value": 4}, "leverage": 20}, ["stop_loss", "3.15 %", "liquidation"]),
        ({"stop_loss": 3}, ["stop_loss", "3", "type, value"]),
        ({"take_profit": {"type": "percent", "value": 0.14}}, ["take_profit", "0.14", "costs"]),
        (
            {"stop_loss": {"type": "percent", "value": 0.1}, "take_profit": {"type": "rr", "value": 1}},
            ["take_profit", "costs"],
        ),
        ({"take_profit": {"type": "price", "value": 70_000}}, ["take_profit", "one symbol and one direction"]),
        ({"trailing_stop": {"type": "price", "value": 5}}, ["trailing_stop", "'price'"]),
        ({"timeframe": "7m"}, ["timeframe", "'7m'", "1m, 3m, 5m"]),
        ({"direction": "up"}, ["direction", "'up'", "long, short or both"]),
        ({"direction": "short"}, ["direction", "entry_short"]),
        ({"entry_long": []}, ["never enters"]),
        ({"entry_long": "rsi(14 < 30"}, ["entry_long", "column 8"]),
        ({"entry_long": 5}, ["entry_long", "a condition"]),
        ({"entry_long": [["rsi < 30", 5]]}, ["entry_long", "a condition"]),
        ({"entry_long": [[]]}, ["entry_long", "1 to 20"]),
        ({"entry_long": ["rsi < 30"] * 21}, ["entry_long", "21"]),
        ({"entry_long": [["rsi < 30"]] * 11}, ["entry_long", "11 alternatives"]),
        ({"filters": "rsii > 3"}, ["filters", "did you mean rsi?"]),
        ({"fusion": {}}, ["fusion and entry conditions"]),
        ({"symbols": []}, ["symbols", "from 1 to 50"]),
        ({"symbols": ["BTCX/EUR"]}, ["symbols", "'BTCX/EUR'"]),
        ({"symbols": [1]}, ["symbols", "list of markets"]),
        ({"session": "8-9"}, ["session", "'8-9'", "08:00-16:00"]),
        ({"session": "08:00-08:00"}, ["session", "two different"]),
        ({"days": "monday"}, ["days", "weekdays or weekends"]),
        ({"regime_rules": {"trending": "up"}}, ["regime_rules.trending", "'up'"]),
        ({"regime_rules": {"trending": 5}}, ["regime_rules.trending", "5", "entries, entry_long"]),
        ({"regime_rules": {"trendign": "none"}}, ["regime_rules.trendign", "did you mean 'trending'?"]),
        ({"regime_rules": {"up": "none"}}, ["regime_rules.up", "'trending', 'ranging' or 'mixed'"]),
        ({"regime_rules": ["none"]}, ["regime_rules", "an object"]),
        ({"regime_rules": {"mixed": {"entry_lnog": "rsi < 3"}}}, ["'regime_rules.mixed.entry_lnog'", "'entry_long'?"]),
        ({"regime_rules": {"mixed": {"entries": "up"}}}, ["regime_rules.mixed.entries", "'up'", "both, long, short"]),
        ({"regime_rules": {"mixed": {"exit_long": "rsii > 3"}}}, ["regime_rules.mixed.exit_long", "column 1", "rsi?"]),
        ({"regime_rules": {"mixed": {"exit_long": "rsi > 101"}}}, ["regime_rules.mixed.exit_long", "never hold"]),
        ({"regime_rules": {"mixed": {"threshold": 0.6}}}, ["regime_rules.mixed", "threshold", "fusion"]),
        (
            {"regime_rules": {"mixed": {"entry_long": "adx > 30 and regime == trending"}}},
            ["regime_rules.mixed.entry_long", "regime == mixed and regime == trending can never hold together"],
        ),
        ({"entry_long": "rsi@1m < 30"}, ["entry_long", "rsi(14)@1m", "candles of 5m", "15m, 30m, 1h, 2h, 4h, 1d"]),
        ({"filters": "close@5m > vwap"}, ["filters", "price@5m", "candles of 5m"]),
        ({"timeframe": "2h", "exit_long": "rsi@1h > 3"}, ["exit_long", "rsi(14)@1h", "one of 4h, 1d"]),
        ({"timeframe": "1d", "entry_long": "rsi@1h > 3"}, ["rsi(14)@1h", "leave the '@' out"]),
        ({"regime_rules": {"mixed": {"exit_long": "rsi@3m > 5"}}}, ["regime_rules.mixed.exit_long", "rsi(14)@3m"]),
        ({"gates": {"edge": 1}}, ["gates.edge", "true or false"]),
        ({"gates": {"egde": True}}, ["'gates.egde'", "did you mean 'edge'?"]),
        ({"reverse": "yes"}, ["reverse", "true or false"]),
        ({"version": 2}, ["version", "2"]),
        ({"name": ""}, ["name", "from 1 to 80"]),
        ({"position_size": {"type": "percent_equity", "value": 30}}, ["position_size", "30", "25"]),
        ({"time_stop_min": 0}, ["time_stop_min", "from 1 to 525600"]),
        ({"max_positions": 0}, ["max_positions", "from 1 to 50"]),
    ],
)
def test_a_refusal_names_the_key_the_value_and_what_is_allowed(changes: dict[str, Any], words: list[str]) -> None:
    message = refusal(**changes)
    assert [word for word in words if word not in message] == []


def test_fusion_names_only_votes_that_exist() -> None:
    weights = {"trending": 1, "mixed": 1, "ranging": 1}
    assert read_spec({"fusion": {"weights": {"rsi": weights}}}).fusion is not None
    with pytest.raises(SpecError, match="'rsj' that does not exist"):
        read_spec({"fusion": {"weights": {"rsj": weights}}})


def test_a_rule_of_one_word_is_written_as_that_word() -> None:
    rules = {"trending": {"entries": "long"}, "ranging": "none", "mixed": {}}
    assert read(regime_rules=rules).document()["regime_rules"] == {
        "trending": "long",
        "ranging": "none",
        "mixed": "both",
    }


def test_entries_may_come_from_the_rules_of_regimes_alone() -> None:
    spec = read_spec({"direction": "long", "regime_rules": {"ranging": {"entry_long": "rsi < 30"}}})
    assert spec.entry_long == ()
    assert [key for key, alternatives in spec.conditions() if alternatives] == ["regime_rules.ranging.entry_long"]
    with pytest.raises(SpecError, match="never enters"):
        read_spec({"regime_rules": {"ranging": {"entry_long": []}}})
    with pytest.raises(SpecError, match="'short', but there is no entry_short"):
        read_spec({"direction": "short", "regime_rules": {"ranging": {"entry_long": "rsi < 30"}}})


def test_a_regime_gives_fusion_its_own_threshold_but_no_conditions_to_enter() -> None:
    rules = {"ranging": {"threshold": 0.7, "margin": 0.4, "exit_long": "rsi > 70"}}
    spec = read_spec({"fusion": {}, "regime_rules": rules})
    assert read_spec(spec.document()) == spec
    with pytest.raises(SpecError, match="fusion and entry conditions"):
        read_spec({"fusion": {}, "regime_rules": {"ranging": {"entry_long": "rsi < 30"}}})
    with pytest.raises(
        SpecError, match=r"regime_rules.ranging.threshold is 1.5; it must be a number above 0, at most 1"
    ):
        read_spec({"fusion": {}, "regime_rules": {"ranging": {"threshold": 1.5}}})


def test_a_level_is_allowed_for_one_market_and_one_side() -> None:
    level = {"type": "price", "value": 60_000}
    assert read(symbols=["BTC"], direction="long", stop_loss=level).stop_loss.value == 60_000


def test_a_strategy_never_changes() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read().leverage = 20


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON"),
        ('{"leverage": NaN}', "NaN"),
        ('{"leverage": 5, "leverage": 6}', "twice"),
        ("{" + " " * 100_001, "at most 100000"),
        ('{"a":' * 5000, "no JSON"),
        ("nowhere.json", "cannot be read"),
    ],
)
def test_a_text_that_is_no_document_is_refused(text: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        load_spec(text)


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(ENTRY), "utf-8")
    assert load_spec(file) == load_spec(str(file)) == read()
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SpecError, match="no text"):
        load_spec(file)
    file.write_text("[1]", "utf-8")
    with pytest.raises(SpecError, match="JSON object"):
        load_spec(file)
