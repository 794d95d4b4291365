"""What the tests of the laboratory's dialogs stand on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, SignalInstance
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from sigma_desktop.bridge.bench import Bench
from sigma_desktop.loop import SigmaLoop
from tests.desktop.laboratories import Opening, SmallLaboratory


@pytest.fixture
def small(loop: SigmaLoop) -> SmallLaboratory:
    return SmallLaboratory()


@pytest.fixture
def bench(small: SmallLaboratory) -> Iterator[Bench]:
    made = Bench(Opening(small))
    yield made
    made.deleteLater()


@pytest.fixture
def window(app: QApplication) -> Iterator[QWidget]:
    """A window to open dialogs over, as large as a small laptop's screen."""
    made = QWidget()
    made.resize(1366, 768)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


async def until(condition: Callable[[], Any], *signals: SignalInstance) -> None:
    """Wait for ``condition``, looking again whenever one of the ``signals`` was emitted."""
    looked = asyncio.Event()
    joined = [(signal, signal.connect(lambda *_: looked.set())) for signal in signals]
    try:
        while not condition():
            await looked.wait()
            looked.clear()
            await asyncio.sleep(0)
    finally:
        for signal, connection in joined:
            signal.disconnect(connection)


@asynccontextmanager
async def opened(dialog: QDialog, bench: Bench) -> AsyncIterator[None]:
    """The dialog open for the block; it and the bench are closed after it."""
    dialog.open()
    try:
        yield
    finally:
        if shiboken6.isValid(dialog):
            dialog.close()
        await bench.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
