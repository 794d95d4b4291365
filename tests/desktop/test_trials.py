"""What a bench runs is shown by the window: begun, under way, done, failed, forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.pulse import LagMeter
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.catalog import PANELS
from sigma_desktop.dialogs.compare import Compare
from sigma_desktop.dialogs.library import Library
from sigma_desktop.folders import Folders
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.main_window import MainWindow
from sigma_desktop.memory import MemoryFile
from sigma_desktop.trials import Trials, connect
from sigma_engine import Progress
from tests.desktop import trials
from tests.desktop.market import BTC
from tests.desktop.trials import KeptBench, KeptTrials


@pytest.fixture
def window(terminal: Terminal, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    folders = Folders.of(tmp_path)
    made = MainWindow(terminal, folders, MemoryFile(folders.config), LagMeter())
    made.open_at((1366, 768), None)
    for entry in PANELS:
        made.docks.build(entry)
    made.show()
    yield made
    for dialog in made.findChildren(QDialog):
        dialog.close()
    made.leave()
    made.deleteLater()


@pytest.fixture
def bench(app: object) -> KeptBench:
    few = trials.closed_trades(count=12)
    return KeptBench(KeptTrials(*(trials.trial(number, closed=few) for number in (3, 4, 5))))


@pytest.fixture
def desk(window: MainWindow, bench: KeptBench) -> Trials:
    return connect(bench, window)


async def test_a_run_is_followed_and_its_result_comes_to_the_front_with_its_trades_on_the_chart(
    window: MainWindow, bench: KeptBench, desk: Trials, loop: SigmaLoop
) -> None:
    ran, exhibit = trials.trial(), window.terminal.exhibit
    bench.started.emit(ran.request)
    bench.progressed.emit(Progress(0.5, 3.0))
    assert (exhibit.running, exhibit.progress) == (ran.request, Progress(0.5, 3.0))
    bench.finished.emit(ran)
    assert exhibit.trial is ran
    assert exhibit.running is None
    assert window.docks.panels["backtest"].isVisible()
    await bench.settled()
    assert exhibit.stage is not None
    assert (exhibit.stage.trial, exhibit.stage.symbol) == (ran, BTC)


async def test_a_failure_and_a_cancelled_run_leave_the_last_result(
    window: MainWindow, bench: KeptBench, desk: Trials, loop: SigmaLoop
) -> None:
    ran, exhibit = trials.trial(), window.terminal.exhibit
    bench.finished.emit(ran)
    await bench.settled()
    bench.started.emit(ran.request)
    bench.failed.emit("There is no capital: give more than 0 USDT.")
    assert exhibit.failure == "There is no capital: give more than 0 USDT."
    assert exhibit.trial is ran
    bench.started.emit(ran.request)
    bench.cancelled.emit()
    assert (exhibit.failure, exhibit.running, exhibit.trial) == ("", None, ran)


@pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")
async def test_a_run_of_the_library_is_opened_in_its_dock_and_deleting_it_empties_that(
    window: MainWindow, bench: KeptBench, desk: Trials, loop: SigmaLoop
) -> None:
    desk.open_library()
    desk.open_library()
    (library,) = window.findChildren(Library)
    await bench.settled()
    library.table.opened.emit(library.model.row(0))
    await bench.settled()
    exhibit = window.terminal.exhibit
    assert exhibit.trial is bench.laboratory.kept["trial-5"]
    assert not [each for each in window.findChildren(Library) if each.isVisible()]
    desk.open_library()
    await bench.settled()
    (again,) = [each for each in window.findChildren(Library) if each.isVisible()]
    again.table.choose("trial-5")
    again.ask_to_delete()
    again.foot.confirm.yes.click()
    await bench.settled()
    assert exhibit.trial is None


async def test_ticked_runs_are_set_side_by_side(
    window: MainWindow, bench: KeptBench, desk: Trials, loop: SigmaLoop
) -> None:
    desk.open_library()
    (library,) = window.findChildren(Library)
    await bench.settled()
    for at in (0, 2):
        library.tick(library.model.row(at))
    library.compare_ticked()
    await bench.settled()
    (compare,) = window.findChildren(Compare)
    assert [trial.summary.number for trial in compare.trials] == [5, 3]
    assert compare.isVisible()


def test_without_a_result_there_is_no_report_and_the_person_is_told(
    window: MainWindow, desk: Trials, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.terminal.refused) as refused:
        desk.open_report()
    assert "open one from the library" in refused.args[0]
    assert not window.findChildren(QFileDialog)
