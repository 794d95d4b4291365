from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.panels.chart.panel import ChartPanel
from sigma_desktop.panels.chart.view import ChartView
from tests.desktop.market import MarketEngine


@pytest.fixture
def view(app: object, qtbot: QtBot) -> Iterator[ChartView]:
    """A chart of 900 by 500 on the screen, empty."""
    made = ChartView()
    made.resize(900, 500)
    made.show()
    qtbot.waitExposed(made)
    yield made
    _away_with(made)


@pytest.fixture
def panel(terminal: Terminal, qtbot: QtBot) -> Iterator[ChartPanel]:
    """The whole panel, 1040 by 520, before any session."""
    made = ChartPanel(terminal)
    made.resize(1040, 520)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.dispose()
    _away_with(made)


@pytest.fixture
def live(panel: ChartPanel, terminal: Terminal, engine: MarketEngine) -> ChartPanel:
    """The panel with the session of ``engine`` attached."""
    terminal.attach(engine)
    return panel


def _away_with(widget: ChartView | ChartPanel) -> None:
    widget.close()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
