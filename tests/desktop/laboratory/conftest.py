"""What the tests of the laboratory's dialogs stand on."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from sigma_desktop.bridge.bench import Bench
from sigma_desktop.loop import SigmaLoop
from sigma_engine import open_laboratory
from tests.desktop.laboratories import Opening, SmallLaboratory, keep


@pytest.fixture(scope="session")
def kept_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the series of `KEPT`; to be copied, not worked in."""
    home = tmp_path_factory.mktemp("kept")
    asyncio.run(keep(home))
    return home


@pytest.fixture
def home(kept_once: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own, with the series of `KEPT`."""
    return Path(shutil.copytree(kept_once, tmp_path / "home"))


@pytest.fixture
def bench(home: Path, app: QApplication) -> Iterator[Bench]:
    """The real laboratory of that folder."""
    made = Bench(open_laboratory, home)
    yield made
    made.deleteLater()


@pytest.fixture
def empty_bench(tmp_path: Path, app: QApplication) -> Iterator[Bench]:
    """The real laboratory of a folder in which nothing is kept."""
    made = Bench(open_laboratory, tmp_path / "empty")
    yield made
    made.deleteLater()


@pytest.fixture
def small(loop: SigmaLoop) -> SmallLaboratory:
    return SmallLaboratory()


@pytest.fixture
def small_bench(small: SmallLaboratory) -> Iterator[Bench]:
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
