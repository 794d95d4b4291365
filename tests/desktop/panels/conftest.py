"""A panel as it stands in the window: shown at a size, with or without a session, and taken down cleanly."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.panels.panel import Panel
from tests.desktop.market import MarketEngine

P = TypeVar("P", bound=Panel)
Show = Callable[..., P]


@pytest.fixture
def show(app: QApplication, qtbot: QtBot, terminal: Terminal) -> Iterator[Callable[..., Panel]]:
    """Build a panel of a class, show it at a size and attach ``engine`` to its terminal, if one is given."""
    made: list[Panel] = []

    def build(kind: type[Panel], width: int, height: int, engine: MarketEngine | None = None) -> Panel:
        panel = kind(terminal)
        made.append(panel)
        panel.resize(width, height)
        panel.show()
        qtbot.waitExposed(panel)
        if engine is not None:
            terminal.attach(engine)
        QApplication.processEvents()
        return panel

    yield build
    for panel in made:
        panel.close()
        panel.dispose()
        panel.deleteLater()
