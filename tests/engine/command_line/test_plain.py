"""What nouns and events look like in JSON."""

import dataclasses
import json
import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine import events
from sigma_engine.command_line.plain import event_document, json_line, plain
from sigma_engine.domain.account import AccountState, Drill, Standing
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.decision import NoTrade
from sigma_engine.domain.keys import ApiKeys
from sigma_engine.domain.signal import Action, Regime, Signal
from sigma_engine.domain.venue import BillKind, VenueBill

SIGNAL = Signal(
    symbol="BTC/USDT:USDT", bar_ms=1, at_ms=2, price=3.5, atr=math.nan, action=Action.WAIT, long_score=0.1,
    short_score=0.2, confidence=0.2, regime=Regime.MIXED, readings=(), forecast=None, reason="nothing",
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (math.nan, None),
        (math.inf, None),
        (0.1, 0.1),
        (Decimal("64000.10"), 64000.1),
        (Decimal("5E+3"), 5000),
        (Action.BUY, "BUY"),
        (np.float64(2.5), 2.5),
        (np.int64(7), 7),
        (np.array([1.0, math.nan]), [1.0, None]),
        (Path("a/b"), str(Path("a/b"))),
        ({"x": (1, 2)}, {"x": [1, 2]}),
        (True, True),
        (None, None),
    ],
)
def test_a_value_becomes_what_json_can_say(value: object, json: object) -> None:
    assert plain(value) == json
    assert type(plain(value)) is type(json)


def test_an_event_is_one_object_with_its_name_first() -> None:
    document = event_document(events.DecisionMade(at_ms=2, decision=NoTrade(signal=SIGNAL, gates=(), reason="nothing")))
    assert list(document) == ["event", "at_ms", "decision"]
    assert document["event"] == "DecisionMade"
    assert document["decision"]["outcome"] == "no trade"
    assert document["decision"]["signal"]["atr"] is None


def test_a_block_of_candles_becomes_its_columns() -> None:
    document = plain(Candles.from_rows([Candle(60_000, 1.0, 2.0, 0.5, 1.5, 10.0)]))
    assert document == {
        "open_ms": [60_000],
        "open": [1.0],
        "high": [2.0],
        "low": [0.5],
        "close": [1.5],
        "volume": [10.0],
    }


def test_what_has_no_meaning_outside_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no place in JSON"):
        plain(object())


def test_every_event_is_a_dataclass_the_serialiser_can_read() -> None:
    kinds = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, events.Event)]
    assert len(kinds) > 15
    assert all(dataclasses.is_dataclass(kind) for kind in kinds)


def test_what_an_exchange_says_is_said_in_json_too() -> None:
    bill = VenueBill(bill_id="7", kind=BillKind.FUNDING, symbol=None, amount=Decimal("-0.10"), at_ms=3)
    standing = Standing(state=AccountState.HALTED, reason="stopped by hand", since_ms=4, latched=True)
    drill = Drill(at_ms=5, entries_stopped_ms=1, cancelled_ms=200, flat_ms=None)
    assert event_document(events.BillBooked(at_ms=3, bill=bill)) == {
        "event": "BillBooked",
        "at_ms": 3,
        "bill": {"bill_id": "7", "kind": "funding", "symbol": None, "amount": -0.1, "at_ms": 3},
    }
    assert event_document(events.StandingChanged(at_ms=4, standing=standing))["standing"] == {
        "state": "halted",
        "reason": "stopped by hand",
        "since_ms": 4,
        "latched": True,
    }
    assert event_document(events.KillSwitchPressed(at_ms=5, drill=drill))["drill"] == {
        "at_ms": 5,
        "entries_stopped_ms": 1,
        "cancelled_ms": 200,
        "flat_ms": None,
    }


def test_keys_have_no_place_in_json() -> None:
    with pytest.raises(TypeError, match="Secret has no place in JSON"):
        plain(ApiKeys.of("key", "secret"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_of_a_number_is_lost(value: float) -> None:
    assert json.loads(json_line({"x": value}))["x"] == value


@given(
    st.recursive(st.floats() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False), st.lists)
)
def test_every_line_is_strict_json_on_one_line(value: object) -> None:
    line = json_line({"x": value})
    assert "\n" not in line
    json.loads(line, parse_constant=lambda name: pytest.fail(name))
