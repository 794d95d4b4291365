"""The window: what it shows at every size, what its buttons and keys ask for, what it tells the person."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QInputDialog,
    QMessageBox,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from sigma_desktop.actions import Do
from sigma_desktop.bridge.pulse import LagMeter
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.catalog import PANELS
from sigma_desktop.folders import Folders
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.main_window import MainWindow
from sigma_desktop.memory import MemoryFile
from sigma_desktop.theme.tokens import Palette, font, palette
from sigma_engine import (
    AlertRaised,
    CloseAll,
    FeedChanged,
    FeedWay,
    Mode,
    PauseEntries,
    ResetPaper,
    RunChanged,
    RunStatus,
    Severity,
    StartTrading,
    StopTrading,
    UseStrategy,
)
from tests.desktop import market
from tests.desktop.market import END_MS, MarketEngine

SIZES = [(640, 480), (1024, 700), (1366, 768), (1760, 1040), (3840, 2160)]


def become(window: MainWindow, engine: MarketEngine, status: RunStatus, reason: str = "asked") -> None:
    engine.publish(RunChanged(at_ms=END_MS, status=status, reason=reason))
    window.terminal.flush()


def dialog(window: MainWindow, kind: type[QDialog] = QMessageBox) -> QDialog:
    """The one dialog of its kind that is open."""
    (found,) = [child for child in window.findChildren(kind) if child.isVisible()]
    return found


def press(window: MainWindow, word: str) -> None:
    """Press the button ``word`` of the open question."""
    box = dialog(window)
    assert isinstance(box, QMessageBox)
    (button,) = [button for button in box.buttons() if button.text().replace("&", "") == word]
    button.click()


async def asked(engine: MarketEngine, window: MainWindow) -> list[object]:
    """What the engine was asked, once every command has been answered."""
    import asyncio

    await asyncio.gather(*window.terminal._tasks)
    return list(engine.asked)


def test_before_a_session_exists_the_window_says_so_and_asks_for_nothing(window: MainWindow) -> None:
    assert window.header.pill.accessibleName() == "Opening"
    assert "Opening" in window.status.feed.text
    assert not window.header.pause.isEnabled()
    assert not window.header.stop.isEnabled()
    assert not window.findChildren(QDialog)


@pytest.mark.parametrize("size", SIZES)
def test_paper_and_stop_are_in_sight_at_every_size(trading: MainWindow, size: tuple[int, int]) -> None:
    trading.resize(*size)
    QApplication.processEvents()
    assert (trading.width(), trading.height()) == size
    for part in (trading.header.badge, trading.header.pill, trading.header.stop, trading.header.menu):
        assert part.isVisible()
        corner = part.mapTo(trading, QPoint(part.width(), part.height()))
        assert corner.x() <= size[0]
        assert corner.y() <= size[1]
    for word in (trading.header.badge, trading.header.pill, trading.header.pause, trading.header.stop):
        assert word.width() >= word.sizeHint().width()


@pytest.mark.parametrize("size", SIZES)
def test_no_figure_of_the_header_is_cut_off(trading: MainWindow, size: tuple[int, int]) -> None:
    trading.resize(*size)
    QApplication.processEvents()
    shown = [stat for stat in trading.header.stats if stat.isVisible()]
    assert all(stat.width() >= stat.sizeHint().width() for stat in shown)
    assert len(shown) == 4 or size[0] < 1366


@pytest.mark.parametrize("size", [(1024, 700), (1366, 768), (1920, 1080)])
def test_what_matters_of_a_position_a_trade_and_a_signal_is_in_sight_at_every_size(
    window: MainWindow, size: tuple[int, int]
) -> None:
    window.terminal.attach(MarketEngine(replace(market.snapshot(), mode=Mode.LIVE, venue="WEEX")))
    window.setFixedSize(*size)
    QApplication.processEvents()
    window.docks.arrange()
    QApplication.processEvents()
    wanted = {
        "positions": {"Symbol", "Entry/Mark", "Protected at", "P&L"},
        "trades": {"Symbol", "Side", "P&L", "Exit by"},
        "signals": {"Symbol", "Signal", "Confidence", "Outcome"},
    }
    for name, titles in wanted.items():
        window.docks.show_panel(name)
        QApplication.processEvents()
        table = window.docks.panels[name].table  # type: ignore[attr-defined]
        shown = [at for at in range(table.rows.columnCount()) if not table.isColumnHidden(at)]
        assert titles <= {table.rows.columns[at].title for at in shown}
        assert sum(table.columnWidth(at) for at in shown) <= table.viewport().width()
        caption = window.docks.docks[name].caption
        assert caption.width() >= QFontMetrics(font(12, 600)).horizontalAdvance(caption._title) + 60


def test_on_a_small_screen_the_chart_keeps_most_of_the_room(trading: MainWindow) -> None:
    trading.resize(1366, 768)
    QApplication.processEvents()
    trading.docks.arrange()
    QApplication.processEvents()
    chart = trading.docks.panels["chart"]
    assert chart.width() >= 0.6 * 1366
    assert chart.height() >= 0.5 * 768


def test_where_there_is_no_room_docks_become_tabs(trading: MainWindow) -> None:
    trading.resize(640, 480)
    QApplication.processEvents()
    trading.docks.arrange()
    docks = trading.docks.docks
    behind = {docks["trades"], docks["performance"], docks["calibration"]}
    assert set(trading.docks.tabifiedDockWidgets(docks["signals"])) == behind
    trading.resize(1760, 1040)
    QApplication.processEvents()
    trading.docks.arrange()
    assert not trading.docks.tabifiedDockWidgets(docks["signals"])
    assert trading.docks.tabifiedDockWidgets(docks["performance"]) == [docks["calibration"]]


def test_the_account_is_shown_as_it_stands(trading: MainWindow) -> None:
    assert trading.header.balance.accessibleName() == "Balance 9,908.53"
    assert trading.header.unrealised.accessibleName().startswith("Unrealised −")
    names = [card.accessibleName() for card in trading.cards._cards]
    assert "Win rate 45.8% 11 of 24 trades" in names
    assert any(name.startswith("Sharpe ") and "Sortino" in name for name in names)


def test_a_young_run_claims_no_sharpe_ratio(window: MainWindow) -> None:
    window.terminal.attach(MarketEngine(market.snapshot(with_past=False)))
    names = [card.accessibleName() for card in window.cards._cards]
    assert "Sharpe n/a needs 10 days, has 0" in names
    assert "Profit factor n/a needs a closed trade" in names


def test_live_money_is_never_called_paper(window: MainWindow) -> None:
    window.terminal.attach(MarketEngine(replace(market.snapshot(), mode=Mode.LIVE)))
    assert window.header.badge.accessibleName() == "Live: real money"
    assert not window.actions_[Do.RESET_PAPER].isEnabled()


@pytest.mark.parametrize(
    ("status", "pill", "pause", "stop"),
    [
        (RunStatus.RUNNING, "Running", "Pause entries", "Stop"),
        (RunStatus.PAUSED, "Paused", "Resume", "Stop"),
        (RunStatus.STOPPED, "Stopped", "Pause entries", "Start"),
        (RunStatus.ENDED, "Ended", "Pause entries", "Stop"),
    ],
)
def test_buttons_say_what_they_would_do(
    trading: MainWindow, engine: MarketEngine, status: RunStatus, pill: str, pause: str, stop: str
) -> None:
    become(trading, engine, status)
    assert trading.header.pill.accessibleName() == pill
    assert (trading.header.pause.text(), trading.header.stop.text()) == (pause, stop)
    assert trading.header.stop.isEnabled() is (status is not RunStatus.ENDED)


async def test_pausing_and_resuming_are_one_button(loop: SigmaLoop, trading: MainWindow, engine: MarketEngine) -> None:
    trading.header.pause.click()
    become(trading, engine, RunStatus.PAUSED)
    trading.header.pause.click()
    assert await asked(engine, trading) == [PauseEntries(), StartTrading()]


async def test_stopping_asks_first_and_offers_to_close_all(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    trading.header.stop.click()
    press(trading, "Cancel")
    assert await asked(engine, trading) == []
    trading.actions_[Do.STOP].trigger()
    press(trading, "Stop trading")
    trading.actions_[Do.STOP].trigger()
    press(trading, "Close all and stop")
    assert await asked(engine, trading) == [StopTrading(), StopTrading(close_positions=True)]


async def test_a_stopped_run_is_started_by_the_same_button(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    become(trading, engine, RunStatus.STOPPED)
    trading.header.stop.click()
    assert await asked(engine, trading) == [StartTrading()]


async def test_closing_all_and_resetting_ask_first(loop: SigmaLoop, trading: MainWindow, engine: MarketEngine) -> None:
    trading.actions_[Do.CLOSE_ALL].trigger()
    press(trading, "Close all")
    trading.actions_[Do.RESET_PAPER].trigger()
    press(trading, "Begin anew")
    assert await asked(engine, trading) == [CloseAll(), ResetPaper()]


def test_closing_all_of_nothing_is_answered_without_a_question(window: MainWindow) -> None:
    window.terminal.attach(MarketEngine(market.snapshot(with_past=False)))
    window.actions_[Do.CLOSE_ALL].trigger()
    assert not window.findChildren(QMessageBox)
    assert window.toasts.texts == ["No position is open, so there is nothing to close."]


async def test_strategies_are_chosen_from_the_menu_with_the_active_one_ticked(
    loop: SigmaLoop, trading: MainWindow, engine: MarketEngine
) -> None:
    menu = trading.menus._strategies
    menu.aboutToShow.emit()
    assert {action.text(): action.isChecked() for action in menu.actions() if action.isCheckable()} == {
        "sigma-scalper": False,
        "sigma-fusion": True,
        "rsi-oversold": False,
        "ema-trend": False,
    }
    menu.actions()[3].trigger()
    assert await asked(engine, trading) == [UseStrategy("ema-trend")]


def test_symbols_are_chosen_from_the_menu(trading: MainWindow) -> None:
    menu = trading.menus._chart
    menu.aboutToShow.emit()
    menu.actions()[2].trigger()
    assert trading.terminal.state.selected == market.SOL


def test_every_action_has_one_key_at_most_and_no_two_share_one(window: MainWindow) -> None:
    keys = [action.shortcut().toString() for action in window.actions() if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))
    assert QKeySequence("Ctrl+.").toString() in keys


def test_every_button_has_a_name_and_a_tip(trading: MainWindow) -> None:
    nameless = [
        button
        for button in trading.findChildren(QAbstractButton)
        if isinstance(button, QToolButton)
        and not button.objectName().startswith(("qt_", "ScrollLeft", "ScrollRight"))
        and not (button.accessibleName() and button.toolTip())
    ]
    assert not nameless


def test_alerts_are_shown_marked_unread_and_read(trading: MainWindow, engine: MarketEngine) -> None:
    engine.publish(AlertRaised(at_ms=END_MS, severity=Severity.WARNING, text="The daily limit is near."))
    trading.terminal.flush()
    assert trading.toasts.texts == ["The daily limit is near."]
    assert trading.header.bell.accessibleName() == "Alerts, 1 unread"
    trading.header.bell.click()
    assert trading.header.bell.accessibleName() == "Alerts"


def test_a_flood_of_alerts_leaves_room_to_work(trading: MainWindow, engine: MarketEngine) -> None:
    for number in range(100):
        engine.publish(AlertRaised(at_ms=END_MS, severity=Severity.WARNING, text=f"alert {number}"))
    trading.terminal.flush()
    assert trading.toasts.texts == ["alert 97", "alert 98", "alert 99"]


def test_a_stream_that_is_being_rebuilt_is_told_in_the_status_bar(trading: MainWindow, engine: MarketEngine) -> None:
    engine.tick()
    trading.terminal.flush()
    trading.summary.show_second()
    item = trading.status.feed
    assert item.text.startswith("Feed live")
    ways = dict.fromkeys(market.SYMBOLS, FeedWay.STREAM)
    engine.publish(FeedChanged(at_ms=END_MS, ways=ways | {market.ETH: FeedWay.REBUILDING}))
    trading.terminal.flush()
    assert item.text == item.accessibleName() == "Feed: 1 of 3 streams being rebuilt"
    assert "stream lost and being built anew: ETH/USDT" in item.toolTip()
    engine.publish(FeedChanged(at_ms=END_MS, ways=ways))
    trading.terminal.flush()
    assert item.text.startswith("Feed live")
    assert "3 markets over streams" in item.toolTip()


def test_a_failed_run_is_told_with_its_reason(trading: MainWindow, engine: MarketEngine) -> None:
    become(trading, engine, RunStatus.FAILED, "the database refused to commit")
    box = dialog(trading)
    assert isinstance(box, QMessageBox)
    assert "the database refused to commit" in box.text()
    assert "log" in box.informativeText()


def test_the_same_failure_is_not_told_over_itself(window: MainWindow) -> None:
    for _ in range(5):
        window.notices.tell_failure("It broke.")
    assert len(window.findChildren(QMessageBox)) == 1


def test_a_workspace_is_saved_by_name_and_offered(trading: MainWindow) -> None:
    trading.actions_[Do.SAVE_WORKSPACE].trigger()
    prompt = dialog(trading, QInputDialog)
    assert isinstance(prompt, QInputDialog)
    prompt.setTextValue("  wide ")
    prompt.accept()
    trading.menus._workspaces.aboutToShow.emit()
    assert [action.text() for action in trading.menus._workspaces.actions()] == ["Open wide", "Delete"]


def test_the_window_comes_back_as_it_was_left(terminal: Terminal, tmp_path: Path, qtbot: QtBot) -> None:
    def opened() -> MainWindow:
        made = MainWindow(terminal, Folders.of(tmp_path), MemoryFile(tmp_path / "config"), LagMeter())
        made.open_at(None, None)
        made.show()
        return made

    first = opened()
    first.setGeometry(20, 30, 700, 520)
    first.docks.docks["trades"].hide()
    first.keep_layout()
    first.leave()
    second = opened()
    assert second.geometry().getRect() == (20, 30, 700, 520)
    assert not second.docks.docks["trades"].isVisible()
    assert second.docks.docks["signals"].isVisible()
    second.leave()
    for made in (first, second):
        made.deleteLater()


def test_an_unknown_workspace_is_reported_and_the_docks_stand_as_ever(window: MainWindow) -> None:
    assert not window.open_at((1366, 768), "nowhere")
    assert window.docks.docks["chat"].isVisible()


def test_the_cross_asks_to_leave_and_does_not_leave_by_itself(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.leaving):
        window.close()
    assert window.isVisible()


def test_colours_for_the_colour_blind_are_one_tick_away_and_remembered(window: MainWindow, tmp_path: Path) -> None:
    action = window.actions_[Do.COLOUR_BLIND]
    action.trigger()
    assert palette() is Palette.COLOUR_BLIND
    assert MemoryFile(tmp_path / "config").memory.palette is Palette.COLOUR_BLIND
    action.trigger()
    assert palette() is Palette.DARK


def test_a_maximised_chart_gives_the_docks_back(trading: MainWindow) -> None:
    docks = trading.docks
    docks.maximise_chart(True)
    assert not any(dock.isVisible() for dock in docks.docks.values())
    assert not trading.cards.isVisible()
    docks.maximise_chart(False)
    assert all(dock.isVisible() for dock in docks.docks.values())
    assert trading.cards.isVisible()


def test_a_screenshot_is_saved_among_the_data(trading: MainWindow, tmp_path: Path) -> None:
    trading.actions_[Do.SCREENSHOT].trigger()
    (picture,) = (tmp_path / "screenshots").glob("sigma-*.png")
    assert picture.stat().st_size > 1_000


def test_a_replay_is_chosen_without_a_nested_loop(trading: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    trading.actions_[Do.OPEN_REPLAY].trigger()
    chooser = dialog(trading, QFileDialog)
    assert isinstance(chooser, QFileDialog)
    with qtbot.waitSignal(trading.replayChosen) as chosen:
        chooser.filesSelected.emit([str(tmp_path / "BTCUSDT-5m.csv")])
    assert chosen.args == [[tmp_path / "BTCUSDT-5m.csv"]]


@pytest.mark.parametrize("do", [Do.ABOUT, Do.SHORTCUTS, Do.FILES, Do.ALERTS])
def test_the_pages_of_the_help_menu_open_and_close(trading: MainWindow, do: Do, qtbot: QtBot) -> None:
    trading.actions_[do].trigger()
    page = dialog(trading, QDialog)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()


@pytest.mark.parametrize("entry", PANELS, ids=lambda entry: entry.name)
def test_every_panel_is_reached_by_its_key(trading: MainWindow, entry: object) -> None:
    name = entry.name  # type: ignore[attr-defined]
    if name in trading.docks.docks:
        trading.docks.docks[name].hide()
    trading.docks.show_panel(name)
    assert trading.docks.panels[name].isVisible()
