from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.panels.trades import TradesPanel
from sigma_engine import PositionClosed
from tests.desktop.market import BTC, END_MS, ETH, MarketEngine, snapshot, trade

Show = Callable[..., TradesPanel]


def test_before_a_session_the_panel_says_what_will_stand_here(show: Show) -> None:
    panel = show(TradesPanel, 440, 250)
    assert panel.table.empty_title == "Closed trades appear here"
    assert panel.count is None


def test_a_run_without_trades_says_so(show: Show) -> None:
    panel = show(TradesPanel, 440, 250, MarketEngine(snapshot(with_past=False)))
    assert (panel.table.empty_title, panel.count) == ("No closed trades yet", 0)


def test_the_newest_trade_stands_first(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(TradesPanel, 440, 250, engine)
    known = panel.model.rowCount()
    for number in (98, 99):
        engine.publish(PositionClosed(at_ms=END_MS, trade=trade(number, "12.50", ETH)))
    terminal.flush()
    assert [panel.model.row(at).trade.trade_id for at in range(2)] == ["trade-99", "trade-98"]
    assert panel.count == panel.model.rowCount() == known + 2


def test_another_run_begins_with_its_own_trades(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(TradesPanel, 440, 250, engine)
    other = replace(snapshot(), run_id="run-2", trades=(trade(500, "1.00"), trade(501, "2.00")))
    terminal.attach(MarketEngine(other))
    assert [panel.model.row(at).trade.trade_id for at in range(panel.model.rowCount())] == ["trade-501", "trade-500"]


def test_another_run_as_long_as_the_last_is_not_mistaken_for_it(
    show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(TradesPanel, 440, 250, engine)
    count = panel.model.rowCount()
    other = tuple(trade(1000 + number, "1.00") for number in range(count))
    terminal.attach(MarketEngine(replace(snapshot(), run_id="run-2", trades=other)))
    assert panel.model.row(0).trade.trade_id == f"trade-{999 + count}"


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (322, ["Time", "Symbol", "Side", "P&L", "Exit by"]),
        (396, ["Time", "Symbol", "Side", "Exit", "P&L", "Exit by"]),
        (620, ["Time", "Symbol", "Side", "Entry", "Exit", "P&L", "R", "Exit by"]),
    ],
)
def test_where_it_is_narrow_the_less_important_columns_give_way(
    show: Show, engine: MarketEngine, width: int, expected: list[str]
) -> None:
    panel = show(TradesPanel, width, 250, engine)
    columns = enumerate(panel.model.columns)
    assert [column.title for at, column in columns if not panel.table.isColumnHidden(at)] == expected


def test_a_title_sorts_down_then_up_then_as_given(show: Show, engine: MarketEngine) -> None:
    panel = show(TradesPanel, 440, 250, engine)
    header = panel.table.horizontalHeader()
    given = [panel.model.row(at).trade for at in range(panel.model.rowCount())]
    orders = []
    for _ in range(3):
        header.sectionClicked.emit(5)
        orders.append([panel.model.row(at).trade for at in range(panel.model.rowCount())])
    by_profit = sorted((closed.pnl for closed in given), reverse=True)
    assert [closed.pnl for closed in orders[0]] == by_profit
    assert [closed.pnl for closed in orders[1]] == by_profit[::-1]
    assert orders[2] == given


def test_opening_a_trade_shows_its_market(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(TradesPanel, 440, 250, engine)
    row = next(panel.model.row(at) for at in range(panel.model.rowCount()) if panel.model.row(at).trade.symbol != BTC)
    panel.table.opened.emit(row)
    assert terminal.state.selected == row.trade.symbol


def test_the_whole_table_is_copied_with_its_titles(show: Show, engine: MarketEngine) -> None:
    panel = show(TradesPanel, 440, 250, engine)
    panel.table.copy_all()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0] == "Time\tSymbol\tSide\tEntry\tExit\tP&L\tR\tExit by"
    assert lines[1] == panel.model.line(0)
    assert len(lines) == panel.model.rowCount() + 1


def test_ten_thousand_trades_are_laid_out_by_looking_at_the_few_that_are_seen(show: Show) -> None:
    many = tuple(trade(number, "1.00") for number in range(10_000))
    panel = show(TradesPanel, 440, 250, MarketEngine(replace(snapshot(), trades=many)))
    assert panel.count == 10_000
    formatted = sum(cells is not None for cells in panel.model._cells)
    assert 0 < formatted < 40
