"""A family is the idea without its numbers: any other number stays in it, any other idea leaves it."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.errors import SpecError
from sigma_engine.laboratory.family import family_of, shape
from sigma_engine.strategy.library import load_strategy, preset_names
from sigma_engine.strategy.spec import read_spec

CROSS = {
    "name": "Cross",
    "symbols": ["BTC/USDT"],
    "entry_long": ["ema(9) crosses_above ema(20)", "rsi(14) > 50"],
    "entry_short": ["ema(9) crosses_below ema(20)", "rsi(14) < 50"],
    "exit_long": [["macd.hist < 0"], ["close < ema(50)*0.99 - 2"]],
    "filters": ["adx(14)@1h > 20", "cci(20) < -100 or volume > volume_sma(20)*2"],
    "stop_loss": {"type": "atr", "value": 2.0},
    "take_profit": {"type": "rr", "value": 2.0},
    "trailing_stop": {"type": "atr", "value": 3.0},
    "position_size": {"type": "percent_equity", "value": 5.0},
    "breakeven_at_r": 1.0,
    "time_stop_min": 240,
    "max_trades_per_day": 5,
    "session": "08:00-16:00",
    "regime_rules": {"ranging": {"entry_long": ["rsi(14) < 30"]}},
}
FUSION = {"name": "Votes", "fusion": {"threshold": 0.5, "margin": 0.3}, "gates": {"edge": True}}


def family(document):
    return family_of(read_spec(document))


def numbers(document, path=()):
    """The paths of all numbers that are values of their own."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield from numbers(value, (*path, key))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield (*path, key)


def changed(document, path, value):
    """A copy of ``document`` with another value at ``path``."""
    twin = copy.deepcopy(document)
    place = twin
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return twin


@pytest.mark.parametrize("path", list(numbers(CROSS)), ids=".".join)
@given(data=st.data())
def test_another_number_anywhere_stays_in_the_family(path, data):
    now = CROSS
    for key in path:
        now = now[key]
    value = data.draw(st.integers(1, 20) if isinstance(now, int) else st.floats(0.2, 5.0))
    assert family(changed(CROSS, path, value)) == family(CROSS)


@given(
    fast=st.integers(2, 199),
    slow=st.integers(2, 200),
    level=st.floats(1, 99).map(lambda value: round(value, 3)),
    other=st.integers(-150, 150),
    factor=st.sampled_from([-2.5, -1, 0.5, 0.999, 1.001, 3]),
)
def test_another_number_in_a_condition_stays_in_the_family(fast, slow, level, other, factor):
    text = json.dumps(CROSS)
    for old, new in (
        ("ema(9)", f"ema({fast})"),
        ("ema(20)", f"ema({slow})"),
        ("rsi(14) >", f"rsi({fast}) >"),
        ("> 50", f"> {level}"),
        ("-100", str(other)),
        ("0.99 - 2", f"{factor} - {abs(other)}"),
    ):
        text = text.replace(old, new)
    try:
        mutant = read_spec(json.loads(text))
    except SpecError:
        return  # these numbers together can never hold: it is no strategy at all
    assert family_of(mutant) == family(CROSS)


def test_parameters_that_a_print_elides_are_numbers_too():
    spelled = changed(CROSS, ("exit_long",), [["macd(5, 35, 5).hist < 0"], ["close < ema(50)*0.99 - 2"]])
    assert family(spelled) == family(CROSS)


@given(weight=st.floats(0, 100))
def test_weights_are_numbers_whether_written_or_of_the_table(weight):
    weights = {"rsi": {"trending": weight, "mixed": weight, "ranging": weight}}
    assert family(changed(FUSION, ("fusion", "weights"), weights)) == family(FUSION)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), "Another"),
        (("symbols",), ["ETH/USDT", "SOL/USDT"]),
        (("timeframe",), "15m"),
        (("session",), "00:00-09:30"),
        (("entry_long",), ["rsi(14) > 50", "ema(9) crosses_above ema(20)"]),
        (("entry_long",), ["ema(9)  crosses_above  ema(20)", "rsi(7) > 50"]),
        (("entry_long",), "rsi(14) > 50 and ema(9) crosses_above ema(20)"),
        (("exit_long",), ["close < ema(50)*0.99 - 2 or macd.hist < 0"]),
        (("filters",), ["volume > volume_sma(20)*2 or cci(20) < -100", "adx(14)@1h > 20"]),
    ],
)
def test_what_it_is_called_and_tried_on_and_the_order_of_writing_do_not_matter(path, value):
    assert family(changed(CROSS, path, value)) == family(CROSS)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("entry_long",), ["ema(9) crosses_above sma(20)", "rsi(14) > 50"]),
        (("entry_long",), ["ema(9) > ema(20)", "rsi(14) > 50"]),
        (("entry_long",), ["ema(9) crosses_above ema(20)", "rsi(14) >= 50"]),
        (("entry_long",), ["ema(9) crosses_above ema(20)", "rsi(14) > 50", "volume > 0"]),
        (("entry_long",), ["ema(9) crosses_above ema(20)"]),
        (("entry_long",), [["ema(9) crosses_above ema(20)"], ["rsi(14) > 50"]]),
        (("entry_long",), ["ema(9)@1h crosses_above ema(20)", "rsi(14) > 50"]),
        (("filters",), []),
        (("stop_loss",), {"type": "percent", "value": 2.0}),
        (("trailing_stop",), None),
        (("breakeven_at_r",), None),
        (("position_size",), None),
        (("reverse",), True),
        (("gates",), {"kelly": True}),
        (("direction",), "long"),
        (("days",), "weekdays"),
        (("regime_rules",), {"trending": {"entry_long": ["rsi(14) < 30"]}}),
        (("regime_rules",), {"ranging": "long"}),
    ],
)
def test_another_idea_is_another_family(path, value):
    assert family(changed(CROSS, path, value)) != family(CROSS)


def test_the_presets_are_families_of_their_own_with_readable_names():
    names = {name: family_of(load_strategy(name)) for name in preset_names()}
    assert len(set(names.values())) == len(names)
    assert names["ema-trend"].startswith("ema-rsi-")
    assert names["rsi-oversold"].startswith("rsi-")
    assert names["sigma-fusion"].startswith("fusion-")


def test_the_shape_holds_no_number():
    text = json.dumps(shape(read_spec(CROSS))).replace("@1h", "")
    assert not any(character.isdigit() for character in text)
