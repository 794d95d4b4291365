"""Conditions that can never hold are told apart from those that may."""

import pytest
from hypothesis import given

from sigma_engine.errors import SpecError
from sigma_engine.strategy.expression import Row, evaluate, parse
from sigma_engine.strategy.reach import impossible, out_of_reach
from sigma_engine.strategy.spec import read_spec
from tests.engine.strategy.expression_strategies import rows, texts


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rsi > 120", "lies between 0 and 100"),
        ("rsi > 100", "lies between 0 and 100"),
        ("rsi < 0", "lies between 0 and 100"),
        ("stoch.k == -1", "lies between 0 and 100"),
        ("mfi crosses_above 100", "lies between 0 and 100"),
        ("zscore > 5", "lies between -4.359 and 4.359"),
        ("zscore(50) < -7.1", "lies between -7 and 7"),
        ("mc.prob_up >= 65", "lies between 0 and 1"),
        ("atr < 0", "is never below 0"),
        ("price > 1 and (cci < 5 or adx > 101)", "lies between 0 and 100"),
    ],
)
def test_a_level_beyond_the_reading_is_found(text: str, reason: str) -> None:
    assert str(out_of_reach(parse(text))).endswith(reason)


@pytest.mark.parametrize(
    "text",
    [
        "rsi >= 100", "rsi <= 0", "rsi < 30", "rsi > -5", "rsi != 120", "not rsi > 120", "zscore >= 2",
        "zscore(50) > 5", "mc.prob_up >= 0.65", "cci > 500", "macd.hist < 0", "price <= 0", "rsi > adx", "2*rsi > 150",
        "regime == mixed",
    ],
)  # fmt: skip
def test_what_may_hold_is_let_through(text: str) -> None:
    assert out_of_reach(parse(text)) is None


def test_a_strategy_that_asks_for_it_is_refused() -> None:
    with pytest.raises(SpecError, match=r"entry_long asks for the impossible: zscore\(20\) > 5 can never hold"):
        read_spec({"entry_long": "zscore > 5"})


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("rsi > 70 and rsi < 30", "rsi(14) > 70 and rsi(14) < 30"),
        ("adx > 2 and rsi > 70 and cci < 3 and rsi < 30 and mfi > 3", "rsi(14) > 70 and rsi(14) < 30"),
        ("rsi == 50 and rsi != 50", "rsi(14) == 50 and rsi(14) != 50"),
        ("rsi > 70 and rsi <= 70", "rsi(14) > 70 and rsi(14) <= 70"),
        ("rsi > 70 and 2*rsi < 100", "rsi(14) > 70 and 2*rsi(14) < 100"),
        ("rsi > 60 and (rsi < 30 or rsi < 20)", "rsi(14) > 60 and (rsi(14) < 30 or rsi(14) < 20)"),
        ("rsi crosses_above 30 and rsi < 30", "rsi(14) crosses_above 30 and rsi(14) < 30"),
        ("rsi crosses_above 30 and rsi crosses_below 70", "rsi(14) crosses_above 30 and rsi(14) crosses_below 70"),
        ("rsi rising and rsi falling", "rsi(14) rising and rsi(14) falling"),
        ("rsi rising and rsi crosses_below 30", "rsi(14) rising and rsi(14) crosses_below 30"),
        ("ema(9) > ema(20) and ema(9) < ema(20)", "ema(9) > ema(20) and ema(9) < ema(20)"),
        ("price > vwap and vwap > open and open >= price", "price > vwap and vwap > open and open >= price"),
        ("price > vwap and price - vwap < -1", "price > vwap and price - vwap < -1"),
        ("price - vwap > 5 and vwap - price > 5", "price - vwap > 5 and vwap - price > 5"),
        ("price - vwap > 0 and price < vwap", "price - vwap > 0 and price < vwap"),
        ("regime == trending and regime == ranging", "regime == trending and regime == ranging"),
        ("regime == mixed and not regime == mixed", "regime == mixed and not regime == mixed"),
        ("rsi > 50 and not rsi > 30", "rsi(14) > 50 and not rsi(14) > 30"),
        ("hour < 8 and hour >= 16", "hour < 8 and hour >= 16"),
        ("rsi@1h > 70 and rsi@1h < 30", "rsi(14)@1h > 70 and rsi(14)@1h < 30"),
    ],
)
def test_contradictions_name_the_fewest_conditions_that_make_one(text: str, together: str) -> None:
    assert out_of_reach(parse(text)) == f"{together} can never hold together"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ema(9) > ema(9)", "both sides are the same"),
        ("price crosses_above close", "both sides are the same"),
        ("3 > 5", "both sides are numbers that never change"),
        ("1/0 > 0", "both sides are numbers that never change"),
        ("2*3 rising", "it never changes"),
        ("price < 0", "price is never below 0"),
        ("volume crosses_below 0", "volume is never below 0"),
        ("sigma < 0", "sigma is never below 0"),
        ("p_up > 1", "p_up lies between 0 and 1"),
        ("hour == 24", "hour lies between 0 and 23"),
        ("weekday > 6", "weekday lies between 0 and 6"),
        ("-rsi > 1", "-rsi(14) lies between -100 and 0"),
        ("rsi + adx > 200", "rsi(14) + adx(14) lies between 0 and 200"),
        ("rsi@4h > 101", "rsi(14)@4h lies between 0 and 100"),
    ],
)
def test_a_condition_impossible_by_itself_says_why(text: str, reason: str) -> None:
    assert out_of_reach(parse(text)) == f"{parse(text)} can never hold: {reason}"


@pytest.mark.parametrize(
    "text",
    [
        "rsi > 70 and rsi@1h < 30",  # two readings
        "rsi > 70 or rsi < 30",
        "not rsi > 30 and not rsi < 40",  # where it is undefined
        "not (rsi > 30 or rsi <= 30)",
        "not 1/0 > 0 and not 1/0 <= 0",
        "rsi crosses_above 30 and 2*ema(9) falling or rsi crosses_above 0",
        "rsi crosses_below 30 and rsi crosses_below 70",
        "price > vwap and vwap > open and open > sma(20)",
        "ema(9) + 1 > ema(9) and ema(9) - ema(20) < 0",
        "price*0 == 0 and price/price == 1",
        "regime != trending and regime != ranging",
        "rsi/adx > 1000",
    ],
)
def test_what_looks_impossible_and_is_not_is_let_through(text: str) -> None:
    assert out_of_reach(parse(text)) is None


@given(texts, rows, rows)
def test_what_holds_on_any_candle_is_never_called_impossible(text: str, now: Row, before: Row) -> None:
    tree = parse(text)
    assert not (impossible(tree) and evaluate(tree, now, before))


def test_an_alternative_that_can_never_hold_is_found_though_the_whole_may() -> None:
    tree = parse("rsi < 30 or adx > 20 and zscore > 5")
    assert not impossible(tree)
    assert out_of_reach(tree) == "zscore(20) > 5 can never hold: zscore(20) lies between -4.359 and 4.359"


def test_the_conditions_of_a_group_are_held_against_each_other() -> None:
    with pytest.raises(
        SpecError, match=r"entry_long asks for the impossible: rsi\(14\) > 70 and rsi\(14\) < 30 can never"
    ):
        read_spec({"entry_long": ["rsi > 70", "adx > 20", "rsi < 30"]})
    with pytest.raises(SpecError, match="filters in its group 2 asks for the impossible"):
        read_spec({"entry_long": "rsi < 30", "filters": [["rsi > 70"], ["hour > 8", "hour < 5"]]})
    assert read_spec({"entry_long": [["rsi > 70"], ["rsi < 30"]]}).entry_long
