from dataclasses import replace

import pytest

from sigma_desktop.models.cells import Cell
from sigma_desktop.models.trades import COLUMNS, TradeRow, r_multiple, tell
from sigma_desktop.theme.tokens import Token
from sigma_engine import ExitReason, Trade
from tests.desktop.market import END_MS, MINUTE_MS, trade

WON = replace(trade(1, "86.25", exit_ms=END_MS + 31 * MINUTE_MS), r=1.44)


def cells(closed: Trade) -> dict[str, Cell]:
    row = TradeRow(closed, 1, 4)
    return {column.title: column.cell(row) for column in COLUMNS}


def test_a_trade_reads_as_a_trader_writes_it() -> None:
    read = cells(WON)
    assert [read[title].text for title in ("Time", "Symbol", "Side", "P&L", "R", "Exit by")] == [
        "13:31",
        "BTC/USDT",
        "LONG",
        "+86.25",
        "+1.4R",
        "target",
    ]
    assert (read["P&L"].token, read["R"].token) == (Token.UP, Token.UP)


@pytest.mark.parametrize(("r", "text"), [(1.25, "+1.2R"), (-1.04, "−1.0R"), (None, "–"), (float("nan"), "–")])
def test_r_is_written_with_its_sign_and_a_dash_where_undefined(r: float | None, text: str) -> None:
    assert r_multiple(r) == text


@pytest.mark.parametrize("reason", ExitReason)
def test_every_way_out_has_words(reason: ExitReason) -> None:
    told = tell(TradeRow(replace(WON, reason=reason), 1, 4))
    assert "Because" in told
    assert WON.entry_reason in told


def test_the_story_holds_duration_costs_and_return() -> None:
    told = tell(TradeRow(WON, 1, 4))
    for part in ("35 min (35 candles)", "3.20, 0.10, 0.40", "+0.86%", "+1.4R"):
        assert part in told
