"""What the window's tests stand on: one dressed application, a fresh loop a test, and nothing left behind."""

import asyncio
import gc
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.bench import Bench
from sigma_desktop.bridge.pulse import LagMeter
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.catalog import PANELS
from sigma_desktop.folders import Folders
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.main_window import MainWindow
from sigma_desktop.memory import MemoryFile
from sigma_desktop.resources import load_fonts
from sigma_desktop.theme.style import dress
from sigma_engine import open_laboratory
from tests.desktop.market import MarketEngine

HERE = Path(__file__).parent
PATIENCE_S = 20.0
"""Only ends a test that hangs; nothing is measured by it."""


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["sigma-tests"]


@pytest.fixture(scope="session")
def app(qapp: QApplication) -> QApplication:
    """The one application, dressed as SIGMA dresses it."""
    qapp.setQuitOnLastWindowClosed(False)
    load_fonts()
    dress(qapp)
    return qapp


@pytest.fixture(autouse=True)
def nothing_left(app: QApplication) -> Iterator[None]:
    """Fail the test that leaves a window or a running timer behind."""
    windows, timers = set(map(id, QApplication.topLevelWidgets())), set(map(id, _running_timers()))
    yield
    _delete_what_was_left_to_delete()
    left: list[object] = [widget for widget in QApplication.topLevelWidgets() if _is_new(widget, windows)]
    left += [timer for timer in _running_timers() if id(timer) not in timers]
    assert not left, f"left behind: {left}"


@pytest.fixture
def loop(app: QApplication) -> Iterator[SigmaLoop]:
    """A fresh loop; what it could not handle, and tasks nobody ended, fail the test."""
    fresh = SigmaLoop(app)
    asyncio.set_event_loop(fresh)
    unhandled: list[dict[str, Any]] = []
    fresh.set_exception_handler(lambda _loop, context: unhandled.append(context))
    yield fresh
    left = asyncio.all_tasks(fresh)
    fresh.run_until_complete(_end(left))
    fresh.close()
    asyncio.set_event_loop(None)
    assert not unhandled
    assert not left, f"tasks left behind: {left}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The platform without a screen says of every window that it passes no size hints on; that is no defect."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run ``async def`` tests on the fixture ``loop``."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    if "loop" not in pyfuncitem.funcargs:
        pytest.fail("an async test asks for the fixture loop")
    given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    own: SigmaLoop = pyfuncitem.funcargs["loop"]
    own.run_until_complete(asyncio.wait_for(pyfuncitem.obj(**given), PATIENCE_S))
    return True


@pytest.fixture
def engine() -> MarketEngine:
    return MarketEngine()


@pytest.fixture
def terminal(app: QApplication, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal no engine is attached to yet; its laboratory would be opened in a folder of the test's own."""
    made = Terminal(bench=Bench(open_laboratory, tmp_path))
    yield made
    made.detach()
    made.deleteLater()


@pytest.fixture
def window(terminal: Terminal, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    """The whole window with its panels; nothing is attached yet."""
    folders = Folders.of(tmp_path)
    made = MainWindow(terminal, folders, MemoryFile(folders.config), LagMeter())
    made.open_at(None, None)
    for entry in PANELS:
        made.docks.build(entry)
    made.show()
    yield made
    for dialog in made.findChildren(QDialog):
        dialog.close()
    made.leave()
    made.deleteLater()


@pytest.fixture
def trading(window: MainWindow, engine: MarketEngine) -> MainWindow:
    """The window on a running demo."""
    window.terminal.attach(engine)
    return window


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()


def _delete_what_was_left_to_delete() -> None:
    """Deferred deletions now, not at some garbage collection in the middle of another test."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


def _running_timers() -> list[QTimer]:
    timers = (thing for thing in gc.get_objects() if isinstance(thing, QTimer))
    return [timer for timer in timers if shiboken6.isValid(timer) and timer.isActive()]


def _is_new(widget: QWidget, before: set[int]) -> bool:
    return id(widget) not in before and shiboken6.isValid(widget) and widget.isVisible()
