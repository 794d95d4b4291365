"""Whatever a noun holds comes back as it was: every digit of a Decimal, every bit of a float, NaN, enums, any text."""

import asyncio
import enum
import functools
import json
import tempfile
import types
import typing
from dataclasses import MISSING, fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sigma_engine.domain.account import Drill, Standing
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.chat import ChatMessage
from sigma_engine.domain.decision import Approved, NoTrade, Vetoed
from sigma_engine.domain.order import Fill, Order
from sigma_engine.domain.portfolio import EquityPoint
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.run import RunState
from sigma_engine.domain.signal import Forecast
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.domain.venue import VenueBill
from sigma_engine.errors import StorageError
from sigma_engine.session.ports import Batch
from sigma_engine.storage.account_rows import BillRow, DrillRow, StandingRow
from sigma_engine.storage.codec import decode_decision, encode_decision
from sigma_engine.storage.engines import address
from sigma_engine.storage.mapping import field_names
from sigma_engine.storage.models import FillRow, ForecastRow, OrderRow, PositionRow, RunRow, TradeRow
from sigma_engine.storage.schema import prepare
from tests.engine.storage.storage_samples import RUN, approved, batch, decision, opened

STAMPS = st.integers(0, 2**41)
COUNTS = st.integers(1, 1000)
MONEY = st.decimals(allow_nan=False, allow_infinity=False)
PRICES = st.floats(1e-9, 1e9)
FIGURES = st.floats().map(lambda figure: figure + 0.0)
"""Any float but -0.0, which a REAL column of SQLite gives back as 0.0."""
OPTIONAL_FIGURES = st.none() | st.floats(allow_nan=False).map(lambda figure: figure + 0.0)
"""In a column NULL is either "none" or "undefined"; no noun says both of one field."""


def a(hint):
    """Any value of a type as it stands in a noun."""
    plain = {int: COUNTS, float: st.floats(), str: st.text(), bool: st.booleans(), Decimal: MONEY}
    if hint in plain:
        return plain[hint]
    if isinstance(hint, types.UnionType):
        return st.one_of(*(st.none() if part is types.NoneType else a(part) for part in typing.get_args(hint)))
    if typing.get_origin(hint) is tuple:
        first, *rest = typing.get_args(hint)
        return st.lists(a(first), max_size=3).map(tuple) if rest == [...] else st.tuples(a(first), *map(a, rest))
    if is_dataclass(hint):
        return noun(hint)
    assert issubclass(hint, enum.Enum)
    return st.sampled_from(hint)


def noun(kind, **given):
    """Any noun of a kind, with some of its fields given."""
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{name: a(hints[name]) for name in field_names(kind) if name not in given}, **given)


QUANTITIES = st.decimals("1e-9", "1e9", allow_nan=False)
ORDERS = noun(
    Order,
    quantity=QUANTITIES,
    reference_price=FIGURES,
    stop_distance=OPTIONAL_FIGURES,
    target_distance=OPTIONAL_FIGURES,
    atr=OPTIONAL_FIGURES,
)
TRADES = noun(
    Trade, entry_ms=st.integers(0, 1000), exit_ms=st.integers(1000, 2**41), return_pct=FIGURES, r=OPTIONAL_FIGURES
)
POSITIONS = noun(Position, extreme=FIGURES, atr=FIGURES)
DECISIONS = st.one_of(noun(kind) for kind in (NoTrade, Vetoed, Approved))
CANDLES = st.lists(
    st.builds(Candle, STAMPS, PRICES, PRICES.map(lambda price: price + 1e9), PRICES, PRICES, PRICES),
    unique_by=lambda candle: candle.open_ms,
).map(lambda rows: Candles.from_rows(sorted(rows, key=lambda candle: candle.open_ms)))

with_files = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])


@functools.cache
def empty_database():
    """The bytes of a new database; making one afresh for each example would take most of the time."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(address(Path(folder) / "sigma.db"))
        return (Path(folder) / "sigma.db").read_bytes()


def committed(batch, mode=RUN.mode):
    """What a store opened anew says of the run of ``batch``."""
    return asked(batch, lambda store: store.latest_run(mode, 1000))


def asked(batch, question):
    """What a store opened anew answers once ``batch`` was committed."""

    async def there_and_back(file):
        async with opened(file) as store:
            await store.commit(batch)
        async with opened(file) as store:
            return await question(store)

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sigma.db").write_bytes(empty_database())
        return asyncio.run(there_and_back(Path(folder) / "sigma.db"))


def require_same(found, kept):
    """Equal to the last bit; `repr` tells 1.0 from 1.00, -0.0 from 0.0, and NaN is NaN."""
    if repr(found) != repr(kept):
        pytest.fail(f"found {found!r}\n kept {kept!r}")


@given(noun(RunState))
@with_files
def test_a_run_returns_as_it_was(run):
    require_same(committed(Batch(run=run, positions=()), run.mode).run, run)


@given(st.lists(POSITIONS, unique_by=lambda position: position.symbol))
@with_files
def test_positions_return_as_they_were_and_in_their_order(positions):
    require_same(committed(Batch(run=RUN, positions=tuple(positions))).positions, tuple(positions))


@given(st.lists(ORDERS, unique_by=lambda order: order.client_id))
@with_files
def test_open_orders_return_as_they_were(orders):
    found = committed(Batch(run=RUN, positions=(), orders=orders)).open_orders
    still_open = [order for order in orders if order.state.is_open]
    assert sorted(map(repr, found)) == sorted(map(repr, still_open))


@given(st.lists(noun(VenueBill), unique_by=lambda bill: bill.bill_id))
@with_files
def test_the_statement_returns_as_it_was_oldest_first(bills):
    found = asked(Batch(run=RUN, positions=(), bills=bills), lambda store: store.bills(RUN.run_id))
    require_same(found, tuple(sorted(bills, key=lambda bill: (bill.at_ms, bill.bill_id.encode()))))


@given(st.text(), noun(Standing))
@with_files
def test_a_standing_returns_as_it_was(account, standing):
    batch = Batch(run=RUN, positions=(), standing=(account, standing))
    require_same(asked(batch, lambda store: store.standing(account)), standing)


@given(st.lists(noun(Drill), unique_by=lambda drill: drill.at_ms))
@with_files
def test_drills_return_as_they_were_oldest_first(drills):
    batch = Batch(run=RUN, positions=(), drills=[("weex", drill) for drill in drills])
    require_same(asked(batch, lambda store: store.drills("weex")), tuple(sorted(drills, key=lambda drill: drill.at_ms)))


@given(st.lists(TRADES, unique_by=lambda trade: trade.trade_id))
@with_files
def test_trades_return_as_they_were_oldest_first(trades):
    found = committed(Batch(run=RUN, positions=(), trades=trades)).trades
    require_same(found, tuple(sorted(trades, key=lambda trade: trade.exit_ms)))


@given(st.lists(noun(EquityPoint, at_ms=STAMPS), unique_by=lambda point: point.at_ms))
@with_files
def test_equity_returns_as_it_was_oldest_first(points):
    found = committed(Batch(run=RUN, positions=(), equity=points)).equity
    require_same(found, tuple(sorted(points, key=lambda point: point.at_ms)))


@given(st.lists(noun(ChatMessage), unique_by=lambda message: (message.at_ms, message.speaker, message.text)))
@with_files
def test_chat_returns_as_it_was_in_the_order_it_was_said(messages):
    found = committed(Batch(run=RUN, positions=(), chat=messages)).chat
    require_same(found, tuple(sorted(messages, key=lambda message: message.at_ms)))


@given(CANDLES)
@with_files
def test_candles_return_as_they_were(candles):
    symbol = RUN.symbols[0]
    found = committed(Batch(run=RUN, positions=(), candles=[(symbol, candle) for candle in candles])).candles[symbol]
    for column, kept in zip(found.columns(), candles.columns(), strict=True):
        assert column.dtype == kept.dtype
        np.testing.assert_array_equal(column, kept)


@given(DECISIONS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_decision_survives_its_document(decision):
    require_same(decode_decision(decision.outcome, encode_decision(decision)), decision)


@given(DECISIONS)
@with_files
def test_a_decision_survives_the_database(decision):
    run = replace(RUN, symbols=(decision.symbol,))
    require_same(committed(Batch(run=run, positions=(), decisions=[decision])).decisions, (decision,))


@given(DECISIONS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_decisions_document_is_json_anyone_can_read(decision):
    def no_constant(name):
        raise AssertionError(f"{name} is not JSON")

    json.loads(encode_decision(decision), parse_constant=no_constant)


def test_an_undefined_figure_is_null_in_the_document_and_money_is_its_digits():
    document = json.loads(encode_decision(approved(0)))
    assert document["signal"]["forecast"]["p_target_short"] is None
    assert document["signal"]["readings"][0]["values"] == [["ema(0)", 100.0], ["x(0)", None]]
    assert document["plan"]["quantity"] == "0.0340"


@pytest.mark.parametrize("document", ["", "{}", '{"signal": 1, "gates": [], "reason": ""}'])
def test_a_document_that_is_no_decision_is_refused(document):
    with pytest.raises(StorageError, match="cannot be read"):
        decode_decision(NoTrade.outcome, document)


def test_an_outcome_of_a_newer_program_is_refused():
    with pytest.raises(StorageError, match="'postponed', which this SIGMA does not know"):
        decode_decision("postponed", "{}")


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (RunState, RunRow),
        (Order, OrderRow),
        (Fill, FillRow),
        (Position, PositionRow),
        (Trade, TradeRow),
        (VenueBill, BillRow),
        (Standing, StandingRow),
        (Drill, DrillRow),
    ],
)
def test_every_field_of_a_noun_has_a_column(kind, table):
    assert set(field_names(kind)) <= set(table.__table__.columns.keys())


NEWER = {"breakeven", "caps"} | {
    field.name for field in fields(Forecast) if field.default is not MISSING or field.default_factory is not MISSING
}
"""What decisions did not hold at first."""


def without_the_newer(part):
    if isinstance(part, dict):
        return {key: without_the_newer(value) for key, value in part.items() if key not in NEWER}
    return [without_the_newer(each) for each in part] if isinstance(part, list) else part


@pytest.mark.parametrize("made", [approved(1), decision(1)], ids=lambda made: made.outcome)
def test_a_decision_stored_before_break_even_was_kept_still_loads(made):
    older = without_the_newer(json.loads(encode_decision(made)))
    assert "breakeven" not in older
    loaded = decode_decision(made.outcome, json.dumps(older))
    assert loaded.breakeven is None
    assert loaded.reason == made.reason
    assert loaded.signal.forecast.matured == 0
    assert (loaded.plan if isinstance(made, Approved) else loaded).caps == ()


def test_every_figure_of_a_forecast_has_a_column():
    assert set(field_names(Forecast)) <= set(ForecastRow.__table__.columns.keys())


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_run_asks_for_no_more_candles_than_it_needs(tmp_path, count):
    async def scenario():
        async with opened(tmp_path / "sigma.db") as store:
            for number in range(7):
                await store.commit(batch(number))
            run = await store.latest_run("demo", count)
            return run.candles[RUN.symbols[0]], await store.candles(RUN.source, RUN.symbols[0], Timeframe.M1)

    newest, all_of_them = asyncio.run(scenario())
    np.testing.assert_array_equal(newest.open_ms, all_of_them.open_ms[7 - count :])
