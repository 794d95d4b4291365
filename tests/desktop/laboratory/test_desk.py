"""The Backtest menu at work: dialogs open as they were left, a run is seen, stopped and told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from sigma_desktop.actions import BACKTEST, Do
from sigma_desktop.bridge.bench import Bench
from sigma_desktop.bridge.pulse import LagMeter
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.catalog import PANELS
from sigma_desktop.folders import Folders
from sigma_desktop.laboratory.data_manager import DataManager
from sigma_desktop.laboratory.desk import request_words
from sigma_desktop.laboratory.new_backtest import NewBacktest
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.main_window import MainWindow
from sigma_desktop.memory import MemoryFile
from sigma_desktop.widgets.buttons import ToolButton
from sigma_engine import BacktestRequest, Timeframe
from tests.desktop.laboratories import BEGIN_MS, BINANCE, DAY_MS, SmallLaboratory, until
from tests.desktop.market import BTC, ETH, SOL

REQUEST = BacktestRequest(strategy="ema-trend", symbols=(BTC, ETH, SOL), timeframe=Timeframe.M5)


@pytest.fixture
def main(app: QApplication, bench: Bench, tmp_path: Path) -> Iterator[MainWindow]:
    yield from _window(bench, tmp_path)


@pytest.fixture
def waiting(app: QApplication, small_bench: Bench, tmp_path: Path) -> Iterator[MainWindow]:
    """A window whose laboratory does nothing by itself."""
    yield from _window(small_bench, tmp_path)


def _window(bench: Bench, tmp_path: Path) -> Iterator[MainWindow]:
    terminal = Terminal(bench=bench)
    folders = Folders.of(tmp_path)
    made = MainWindow(terminal, folders, MemoryFile(folders.config), LagMeter())
    made.open_at((1366, 768), None)
    made.show()
    yield made
    for dialog in made.findChildren(QDialog):
        dialog.close()
    made.leave()
    made.deleteLater()
    terminal.detach()
    terminal.deleteLater()


def test_the_menu_has_its_seven_entries_and_no_key_twice(main: MainWindow) -> None:
    (menu,) = [action.menu() for action in main.header.menu.menu().actions() if action.text() == "&Backtest"]
    assert [action.text() for action in menu.actions()] == [row.text for row in BACKTEST]
    assert main.actions_[Do.NEW_BACKTEST].shortcut().toString() == "Ctrl+B"
    waiting = {Do.RUN_AGAIN, Do.CANCEL_BACKTEST}
    assert {row.do for row in BACKTEST if not main.actions_[row.do].isEnabled()} == waiting


async def test_a_run_is_seen_in_the_status_bar_and_cancelled_there(
    loop: SigmaLoop, waiting: MainWindow, small_bench: Bench, small: SmallLaboratory
) -> None:
    small.waits, strip = True, waiting.status.strip
    small_bench.run(REQUEST)
    await small.running.wait()
    assert strip.isVisible()
    assert strip.line.accessibleName() == "Backtest: ema-trend on BTC/USDT and 2 more, 5m: 25%, 30 s left"
    assert waiting.actions_[Do.CANCEL_BACKTEST].isEnabled()
    assert not waiting.actions_[Do.RUN_AGAIN].isEnabled()
    strip.cancel.click()
    assert strip.line.told == "stopping"
    await until(lambda: not small_bench.is_running, small_bench.cancelled)
    assert small.stopped == 1
    assert not strip.isVisible()
    assert waiting.actions_[Do.RUN_AGAIN].isEnabled()
    await small_bench.close()


async def test_how_a_run_ended_is_told(loop: SigmaLoop, main: MainWindow, bench: Bench) -> None:
    request = replace(REQUEST, source=BINANCE, symbols=(BTC,), from_ms=BEGIN_MS + 95 * DAY_MS)
    bench.run(request)
    await until(lambda: not bench.is_running, bench.finished, bench.failed)
    assert main.status._message.text.startswith("Backtest finished: ema-trend, ")
    bench.run(replace(request, from_ms=BEGIN_MS + 200 * DAY_MS))
    await until(lambda: not bench.is_running, bench.failed)
    assert main.actions_[Do.RUN_AGAIN].isEnabled()
    (told,) = main.toasts.texts
    assert told.startswith("No candle opens between 2025-07-20 00:00 and the end")
    main.toasts._shown[0].leave()
    await bench.close()


async def test_candles_that_are_not_kept_are_told_in_one_sentence_with_those_that_are(
    loop: SigmaLoop, main: MainWindow, bench: Bench
) -> None:
    bench.run(replace(REQUEST, source=BINANCE, symbols=(SOL,), timeframe=Timeframe.H4))
    await until(lambda: not bench.is_running, bench.failed)
    assert main.toasts.texts == [
        "No 4h candle of SOL/USDT is kept from Binance; there is BTC/USDT 1m, BTC/USDT, ETH/USDT, SOL/USDT 5m: "
        "import or download some first."
    ]
    main.toasts._shown[0].leave()
    await bench.close()


def test_every_button_of_a_dock_says_what_it_does(main: MainWindow) -> None:
    for entry in PANELS:
        main.docks.build(entry)
    for dock in main.docks.docks.values():
        for button in dock.findChildren(ToolButton):
            if not button.text():
                assert button.toolTip()
                assert button.accessibleName()


async def test_the_dialog_opens_once_and_comes_back_as_it_was_left(
    loop: SigmaLoop, main: MainWindow, bench: Bench, tmp_path: Path
) -> None:
    main.actions_[Do.NEW_BACKTEST].trigger()
    main.actions_[Do.NEW_BACKTEST].trigger()
    (dialog,) = main.findChildren(NewBacktest)
    await until(lambda: dialog.data.rows and dialog.strategy.form.rows, dialog.strategy.changed, dialog.data.edited)
    dialog.strategy.choose("rsi-oversold")
    dialog.costs.form.rows["capital"].editor.set_text("5000")
    dialog.close()
    again = main.desk.show_new()
    assert again is not dialog
    assert again.strategy.name == "rsi-oversold"
    assert again.costs.form.texts()["capital"] == "5000"
    again.close()
    assert MemoryFile(Folders.of(tmp_path).config).memory.habits["laboratory.new"]["strategy"] == "rsi-oversold"
    await bench.close()


async def test_from_the_empty_dialog_files_are_one_button_away(
    loop: SigmaLoop, main: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    dialog = main.desk.show_new()
    dialog.data.more.click()
    dialog.importWished.emit()
    (manager,) = dialog.findChildren(DataManager)
    (chooser,) = manager.findChildren(QFileDialog)
    assert chooser.isVisible()
    chooser.close()
    dialog.downloadWished.emit()
    assert manager.side.currentWidget() is manager.form
    manager.close()
    dialog.close()
    await bench.close()


def test_a_request_is_named_by_its_strategy_and_markets() -> None:
    assert request_words(REQUEST) == "ema-trend on BTC/USDT and 2 more, 5m"
    assert request_words(BacktestRequest(strategy='{"name": "Mine"}')) == "Mine"
