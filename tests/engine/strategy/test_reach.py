"""Conditions that can never hold are told apart from those that may."""

import pytest

from sigma_engine.errors import SpecError
from sigma_engine.strategy.expression import parse
from sigma_engine.strategy.reach import out_of_reach
from sigma_engine.strategy.spec import read_spec


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
