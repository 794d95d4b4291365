import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QToolButton

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import EVERYTHING
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.models.cells import Cell, Kind
from sigma_desktop.models.externals import ExternalRow
from sigma_desktop.panels.positions import PositionsPanel
from sigma_desktop.theme.format import local_time
from sigma_engine import (
    CloseAll,
    ClosePosition,
    ExternalPosition,
    ExternalsChanged,
    Mode,
    PositionChanged,
    PositionClosed,
    PositionSide,
    Refused,
    system_ms,
)
from tests.desktop.market import BTC, END_MS, ETH, SOL, MarketEngine, snapshot, trade

Show = Callable[..., PositionsPanel]


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        self.count += event.type() == QEvent.Type.Paint
        return False


def titles(panel: PositionsPanel) -> list[str]:
    columns = enumerate(panel.model.columns)
    return [column.title for at, column in columns if column.title and not panel.table.isColumnHidden(at)]


async def settled(terminal: Terminal) -> None:
    """Let what was asked be answered, then paint."""
    for _ in range(5):
        await asyncio.sleep(0)
    terminal.flush()


def test_before_a_session_the_panel_says_what_will_stand_here(show: Show) -> None:
    panel = show(PositionsPanel, 364, 147)
    assert panel.table.empty_title == "Positions appear here"
    assert not panel.close_all.isEnabled()
    assert panel.count is None


def test_an_account_without_positions_says_so(show: Show) -> None:
    panel = show(PositionsPanel, 364, 147, MarketEngine(snapshot(with_past=False)))
    assert panel.table.empty_title == "No open positions"
    assert panel.count == 0


def test_open_positions_stand_in_rows(show: Show, engine: MarketEngine) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    assert [panel.model.row(at).position.symbol for at in range(panel.model.rowCount())] == [BTC, ETH]
    assert panel.count == 2
    assert panel.close_all.isEnabled()


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (300, ["Symbol", "Entry/Mark", "P&L"]),
        (360, ["Symbol", "Entry/Mark", "Stop", "P&L"]),
        (446, ["Symbol", "Entry/Mark", "Stop", "Target", "P&L"]),
        (530, ["Symbol", "Side", "Size", "Entry", "Mark", "Stop", "P&L"]),
        (900, ["Symbol", "Side", "Size", "Entry", "Mark", "Stop", "Target", "P&L"]),
    ],
)
def test_where_it_is_narrow_the_less_important_columns_give_way(
    show: Show, engine: MarketEngine, width: int, expected: list[str]
) -> None:
    assert titles(show(PositionsPanel, width, 190, engine)) == expected


def test_profit_follows_the_price(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    held = terminal.state.positions[BTC]
    engine.tick(BTC, float(held.entry_price) + 100.0)
    terminal.flush()
    expected = f"+{held.quantity * 100:.2f}"
    assert panel.model.cell(0, [column.title for column in panel.model.columns].index("P&L")).text == expected


def test_a_thousand_prices_cost_one_painting_of_the_rows_they_touch(
    show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    paints, changes = Paints(), []
    panel.table.viewport().installEventFilter(paints)
    panel.model.dataChanged.connect(lambda first, last, roles: changes.append((first.row(), last.row())))
    for number in range(1000):
        engine.tick(BTC, 96_000.0 + number)
    terminal.flush()
    QApplication.processEvents()
    assert changes == [(0, 0)]
    assert paints.count == 1
    panel.table.viewport().removeEventFilter(paints)


def test_nothing_is_painted_while_nothing_reads_differently(
    show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    engine.tick(BTC, 96_000.0)
    terminal.flush()
    QApplication.processEvents()
    paints = Paints()
    panel.table.viewport().installEventFilter(paints)
    engine.tick(BTC, 96_000.0)
    terminal.flush()
    QApplication.processEvents()
    assert paints.count == 0
    panel.table.viewport().removeEventFilter(paints)


async def test_a_position_is_closed_after_a_question_that_blocks_nothing(
    loop: SigmaLoop, show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    panel.table.pressed.emit(panel.model.row(0), 8)
    assert panel.confirm.isVisible()
    assert "Close BTC/USDT long" in panel.confirm.question.text()
    assert engine.asked == []
    panel.confirm.yes.click()
    await settled(terminal)
    assert engine.asked == [ClosePosition(BTC)]
    assert not panel.confirm.isVisible()
    assert panel.model.row(0).closing


def test_no_means_no(show: Show, engine: MarketEngine) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    panel.ask_to_close(panel.model.row(0))
    QTest.keyClick(panel.confirm, Qt.Key.Key_Escape)
    assert not panel.confirm.isVisible()
    panel.ask_to_close(panel.model.row(1))
    panel.confirm.no.click()
    assert not panel.confirm.isVisible()
    assert engine.asked == []


def test_the_question_goes_when_the_position_does(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    panel.ask_to_close(panel.model.row(0))
    engine.publish(PositionClosed(at_ms=END_MS, trade=trade(99, "4.00", BTC)))
    terminal.flush()
    assert not panel.confirm.isVisible()


async def test_a_refused_closing_leaves_the_position_as_it_was(
    loop: SigmaLoop, show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    engine.answer = lambda command: Refused("the exchange does not answer")
    panel = show(PositionsPanel, 448, 190, engine)
    panel.ask_to_close(panel.model.row(0))
    panel.confirm.yes.click()
    await settled(terminal)
    assert not panel.model.row(0).closing


async def test_closing_all_asks_in_a_dialog_and_waits_for_nobody(
    loop: SigmaLoop, show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    panel.close_all.click()
    dialog = panel.findChild(QMessageBox)
    assert dialog is not None
    assert "all 2 open positions" in dialog.text()
    next(button for button in dialog.buttons() if button.text() == "Close all").click()
    await settled(terminal)
    assert engine.asked == [CloseAll()]


def test_a_double_click_shows_the_symbol_on_the_chart(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    place = panel.table.visualRect(panel.model.index(1, 0)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert terminal.state.selected == ETH


def test_the_keyboard_reaches_every_row_opens_it_and_copies_it(
    show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    panel.table.setCurrentIndex(panel.model.index(0, 0))
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == panel.model.line(1)
    assert terminal.state.selected == ETH


def test_the_menu_of_a_row_offers_closing_looking_and_copying(show: Show, engine: MarketEngine) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    menu = panel.table.menu(panel.model.row(0))
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["Close BTC/USDT at market…", "Show on the chart", "Copy row", "Copy table"]
    menu.actions()[0].trigger()
    assert panel.confirm.isVisible()
    menu.deleteLater()


def test_every_button_has_a_name_for_those_who_cannot_see_it(show: Show, engine: MarketEngine) -> None:
    panel = show(PositionsPanel, 448, 190, engine)
    buttons = [*panel.findChildren(QToolButton), *panel.title_widgets()]
    assert all(button.accessibleName() and button.toolTip() for button in buttons)


def live(protected_ms: int | None, protects: bool = True) -> MarketEngine:
    begin = snapshot()
    held = tuple(
        replace(each, protected_ms=protected_ms, entry_ms=system_ms() - 12_500) for each in begin.portfolio.positions
    )
    portfolio = replace(begin.portfolio, positions=held)
    return MarketEngine(replace(begin, mode=Mode.LIVE, venue="WEEX", protects=protects, portfolio=portfolio))


def protected_cell(panel: PositionsPanel) -> Cell:
    at = [column.title for column in panel.model.columns].index("Protected at")
    return panel.model.cell(0, at)


def test_with_real_orders_each_position_says_whether_the_exchange_protects_it(show: Show, terminal: Terminal) -> None:
    panel = show(PositionsPanel, 448, 190, live(None))
    assert titles(panel) == ["Symbol", "Entry/Mark", "Protected at", "Target", "P&L"]
    assert (protected_cell(panel).text, protected_cell(panel).below) == ("not yet", "for 12 s")
    held = terminal.state.positions[BTC]
    terminal.state.apply(PositionChanged(at_ms=END_MS, position=replace(held, protected_ms=END_MS)))
    panel.refresh(EVERYTHING)
    assert protected_cell(panel).below == f"since {local_time(END_MS)[:5]}"


def test_the_seconds_without_protection_are_counted_while_somebody_sees_them(show: Show) -> None:
    panel = show(PositionsPanel, 448, 190, live(None))
    assert panel._second.isActive()
    panel.hide()
    assert not panel._second.isActive()


def test_nothing_is_counted_where_everything_is_protected(show: Show) -> None:
    assert not show(PositionsPanel, 448, 190, live(END_MS))._second.isActive()


def test_an_exchange_without_stops_is_said_to_protect_nothing(show: Show) -> None:
    assert protected_cell(show(PositionsPanel, 448, 190, live(None, protects=False))).below == "SIGMA alone"


def test_another_session_brings_its_own_columns(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(PositionsPanel, 448, 190, live(END_MS))
    terminal.attach(engine)
    assert titles(panel) == ["Symbol", "Entry/Mark", "Stop", "Target", "P&L"]


EXTERNAL = ExternalPosition(symbol=SOL, side=PositionSide.SHORT, quantity=Decimal("12.5"), entry_price=Decimal(191))


def test_what_the_account_holds_beside_sigmas_stands_below_without_a_way_out(show: Show, terminal: Terminal) -> None:
    engine = live(END_MS)
    panel = show(PositionsPanel, 448, 190, engine)
    engine.publish(ExternalsChanged(at_ms=END_MS, externals=(EXTERNAL,)))
    terminal.flush()
    row = panel.model.row(2)
    assert isinstance(row, ExternalRow)
    assert panel.count == 3
    assert all(panel.model.cell(2, at).kind is not Kind.ICON for at in range(panel.model.columnCount()))
    texts = [action.text() for action in panel.table.menu(row).actions() if action.text()]
    assert texts == ["Show on the chart", "Copy row", "Copy table"]
    engine.publish(ExternalsChanged(at_ms=END_MS, externals=()))
    terminal.flush()
    assert panel.model.rowCount() == 2


def test_a_position_that_is_not_sigmas_is_there_from_the_start_and_follows_its_price(
    show: Show, terminal: Terminal
) -> None:
    begin = replace(live(END_MS).snapshot(), externals=(EXTERNAL,))
    alone = replace(begin, portfolio=replace(begin.portfolio, positions=()))
    engine = MarketEngine(alone)
    panel = show(PositionsPanel, 448, 190, engine)
    engine.tick(SOL, 200.25)
    terminal.flush()
    assert panel.model.cell(0, 1).below == "200.25"
    assert not panel.close_all.isEnabled()
