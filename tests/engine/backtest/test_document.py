"""A stored run comes back exactly, and its document has the keys that people's programs read."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigma_engine.backtest.document import from_document, from_json, to_document, to_json, trades_csv
from sigma_engine.backtest.result import build
from sigma_engine.domain.backtest import BacktestResult, Engine, Timing
from sigma_engine.domain.position import Trade
from sigma_engine.domain.signal import Regime
from sigma_engine.errors import DataError, DomainError
from tests.engine.backtest.simulated import outcome, setup, trade, trades

CONTRACT = ["run_id", "strategy", "symbols", "from_ms", "to_ms", "trades", "metrics", "verdict", "equity", "timing"]
TRADE_CONTRACT = [
    "symbol", "side", "entry_ms", "exit_ms", "entry_price", "exit_price", "quantity", "leverage", "fees", "funding",
    "slippage", "pnl", "return_pct", "r", "bars", "reason",
]  # fmt: skip
METRIC_CONTRACT = {
    "initial_balance", "final_balance", "total_return_pct", "trades", "win_rate_pct", "average_win", "average_loss",
    "largest_win", "largest_loss", "profit_factor", "expectancy", "sharpe", "sortino", "max_drawdown_pct",
    "recovery_factor", "calmar", "sqn", "exposure_pct", "fees", "funding", "cost_share_pct", "average_duration_min",
    "average_slippage_pct", "fill_rate_pct", "false_signals_pct",
}  # fmt: skip


def result(count: int = 40, days: int = 60) -> BacktestResult:
    gross = np.random.default_rng(6).normal(2, 50, count)
    return build(
        setup(), outcome(trades(gross, days, 3.0), days), Timing(load_s=0.2, run_s=0.004, candles=17_280),
        Engine.COMPILED, 3, (0.1, 0.02), ("a note",),
    )  # fmt: skip


def parsed(told: BacktestResult) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(to_json(told))
    return document


def test_the_command_lines_keys_come_first_and_in_their_order() -> None:
    document = parsed(result())
    assert list(document)[: len(CONTRACT)] == CONTRACT
    assert list(document["trades"][0])[: len(TRADE_CONTRACT)] == TRADE_CONTRACT
    assert set(document["metrics"]) >= METRIC_CONTRACT
    assert set(document["timing"]) == {"load_s", "run_s", "candles"}


def test_numbers_are_numbers_and_the_verdict_is_its_words() -> None:
    told = result()
    document = parsed(told)
    assert document["verdict"] == told.verdict.text
    assert document["luck"] == "luck"
    assert document["equity"][0] == list(told.equity[0])
    assert document["trades"][0]["pnl"] == float(told.trades[0].pnl)
    assert document["trades"][0]["regime"] == told.regimes[0]


@pytest.mark.parametrize("count", [0, 3, 40])
def test_a_result_comes_back_exactly(count: int) -> None:
    told = result(count)
    assert from_json(to_json(told)) == told
    assert from_document(to_document(told)) == told


amounts = st.decimals("-1e9", "1e9", allow_nan=False, allow_infinity=False) | st.sampled_from(
    [Decimal("10.50"), Decimal("1E+3"), Decimal("0E-8"), Decimal("-0"), Decimal("123456789012.12345678")]
)
floats = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(codec="utf-8"), max_size=30)


@st.composite
def strange_trades(draw: st.DrawFn) -> Trade:
    money = {
        name: draw(amounts) for name in ("entry_price", "exit_price", "quantity", "fees", "funding", "slippage", "pnl")
    }
    return replace(
        trade(draw(st.integers(0, 5)), 1.0),
        return_pct=draw(floats),
        r=draw(st.none() | floats),
        entry_reason=draw(words),
        **money,
    )


@settings(max_examples=60)
@given(
    st.lists(st.tuples(strange_trades(), st.sampled_from([*Regime, None])), max_size=4),
    words,
    st.lists(st.tuples(st.integers(0, 2**53), floats), max_size=4),
)
def test_every_digit_and_every_character_returns(
    cases: list[tuple[Trade, Regime | None]], name: str, curve: list[tuple[int, float]]
) -> None:
    told = replace(
        result(3),
        strategy=name,
        notes=(name,),
        trades=tuple(each for each, _ in cases),
        regimes=tuple(regime for _, regime in cases),
        curve=tuple(curve),
        refusals={name: 3},
    )
    back = from_json(to_json(told))
    assert back == told
    digits = [[str(each.pnl), str(each.quantity)] for each in told.trades]
    assert [[str(each.pnl), str(each.quantity)] for each in back.trades] == digits


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"trades": 3}', "null"])
def test_what_is_no_backtest_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(DataError, match=r"^This backtest cannot be read \(.*\): run it again\.$"):
        from_json(text)


def test_a_figure_that_is_none_is_named_when_it_is_read() -> None:
    document = to_document(result(3))
    with pytest.raises(DataError, match=r"metrics\.sharpe"):
        from_document(document | {"metrics": document["metrics"] | {"sharpe": "much"}})


def test_a_figure_that_is_no_number_is_never_written() -> None:
    told = result(3)
    with pytest.raises(DomainError):
        to_json(replace(told, metrics=replace(told.metrics, sharpe=float("nan"))))


def test_the_table_of_trades_reads_back_line_by_line() -> None:
    told = result(5)
    lines = list(csv.DictReader(io.StringIO(trades_csv(told))))
    assert list(lines[0]) == [*TRADE_CONTRACT, "trade_id", "entry_reason", "regime"]
    assert [Decimal(line["pnl"]) for line in lines] == [each.pnl for each in told.trades]
    assert [line["side"] for line in lines] == [each.side.value for each in told.trades]
    assert lines[3]["regime"] == ""


@pytest.mark.parametrize("reason", ["=1+1", "+cmd", "-2", "@sum", "\t=1"])
def test_words_never_become_a_spreadsheets_formula(reason: str) -> None:
    told = result(1)
    risky = replace(told, trades=(replace(told.trades[0], entry_reason=reason),))
    (line,) = csv.DictReader(io.StringIO(trades_csv(risky)))
    assert line["entry_reason"] == f"'{reason}"


def test_a_negative_result_stays_a_number_in_the_table() -> None:
    told = result(1)
    losing = replace(told, trades=(replace(told.trades[0], pnl=Decimal("-1.50")),))
    (line,) = csv.DictReader(io.StringIO(trades_csv(losing)))
    assert line["pnl"] == "-1.50"
