"""Every panel of the catalog: opens empty, fills, hears, rests while hidden, and leaves nothing behind."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import EVERYTHING, Topic
from sigma_desktop.catalog import PANELS, PanelEntry
from sigma_desktop.panels.panel import Panel
from sigma_engine import (
    AlertRaised,
    CalibrationMeasured,
    Candle,
    CandleClosed,
    ChatAnswered,
    ChatMessage,
    DecisionMade,
    EquityPoint,
    EquityRecorded,
    PortfolioChanged,
    PositionClosed,
    PositionOpened,
    RunBegan,
    RunChanged,
    RunStatus,
    Severity,
    SignalPreviewed,
    Speaker,
    StrategyChanged,
    Trust,
)
from tests.desktop import market, trials
from tests.desktop.conftest import app, qapp_args  # noqa: F401 the application of the window's tests
from tests.desktop.market import BTC, END_MS, SOL, MarketEngine

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"),
    pytest.mark.parametrize("entry", PANELS, ids=lambda entry: entry.name),
]
SIZES = [(180, 90), (420, 240), (1600, 900)]


@pytest.fixture
def terminal(app: QApplication) -> Iterator[Terminal]:  # noqa: F811
    made = Terminal()
    yield made
    made.detach()
    made.deleteLater()


@pytest.fixture
def home(app: QApplication, qtbot: QtBot) -> Iterator[QWidget]:  # noqa: F811
    """The window the panel stands in."""
    window = QWidget()
    QVBoxLayout(window)
    window.resize(700, 420)
    yield window
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def panel(entry: PanelEntry, terminal: Terminal, home: QWidget) -> Iterator[Panel]:
    made = entry.factory(terminal)
    layout = home.layout()
    assert layout is not None
    for tool in made.title_widgets():
        layout.addWidget(tool)
    layout.addWidget(made)
    home.show()
    yield made
    made.dispose()


def everything_that_can_happen(engine: MarketEngine) -> None:
    """One event of each kind a session tells, in an order a session would."""
    candle = Candle(END_MS, 97_000.0, 97_200.0, 96_900.0, 97_150.0, 12.0)
    engine.tick(BTC, 97_100.0)
    engine.tick(SOL, 188.4)
    engine.publish(
        SignalPreviewed(at_ms=END_MS, signal=market.signal(BTC)),
        CandleClosed(at_ms=END_MS + 60_000, symbol=BTC, candle=candle),
        DecisionMade(at_ms=END_MS + 60_000, decision=market.approved(BTC, END_MS)),
        DecisionMade(at_ms=END_MS + 60_000, decision=market.vetoed(SOL, END_MS)),
        PositionOpened(at_ms=END_MS + 60_000, position=market.position(SOL)),
        PositionClosed(at_ms=END_MS + 61_000, trade=market.trade(99, "-12.50", BTC, END_MS + 61_000)),
        PortfolioChanged(at_ms=END_MS + 61_000, portfolio=market.portfolio(market.position(SOL))),
        EquityRecorded(at_ms=END_MS + 61_000, point=EquityPoint(END_MS, Decimal(9_900), Decimal(9_900))),
        CalibrationMeasured(at_ms=END_MS + 61_000, report=market.calibration(BTC, Trust.AMBER, 829)),
        ChatAnswered(at_ms=END_MS + 61_000, message=ChatMessage(END_MS, Speaker.ASSISTANT, "**Done.** | a | b")),
        AlertRaised(at_ms=END_MS + 61_000, severity=Severity.WARNING, text="near the limit"),
        StrategyChanged(at_ms=END_MS + 61_000, name="ema-trend"),
        RunChanged(at_ms=END_MS + 61_000, status=RunStatus.PAUSED, reason="asked"),
    )


def picture(panel: Panel) -> bytes:
    """What the panel shows, pixel by pixel, once its layout has settled."""
    QApplication.processEvents()
    image = panel.grab().toImage()
    return bytes(image.constBits())


def test_it_opens_before_a_session_exists(panel: Panel) -> None:
    assert panel.isVisible()
    assert panel.count in (None, 0)
    assert picture(panel)


def shows_a_session(panel: Panel) -> None:
    """Passes over a panel that shows the laboratory alone, whatever the session does."""
    if panel.topics == {Topic.BACKTEST}:
        pytest.skip("it shows backtests, not the session")


def test_it_fills_when_a_session_is_loaded(panel: Panel, terminal: Terminal) -> None:
    shows_a_session(panel)
    empty = picture(panel)
    terminal.attach(MarketEngine())
    assert picture(panel) != empty


def test_it_stands_a_session_without_a_past(panel: Panel, terminal: Terminal) -> None:
    terminal.attach(MarketEngine(market.snapshot(count=1, with_past=False)))
    assert picture(panel)


def test_it_hears_everything_that_can_happen(panel: Panel, terminal: Terminal) -> None:
    engine = MarketEngine()
    terminal.attach(engine)
    before = picture(panel)
    everything_that_can_happen(engine)
    terminal.exhibit.show(trials.trial())
    terminal.flush()
    assert picture(panel) != before


def test_it_catches_up_when_it_comes_back_into_view(panel: Panel, terminal: Terminal, home: QWidget) -> None:
    engine = MarketEngine()
    terminal.attach(engine)
    home.hide()
    everything_that_can_happen(engine)
    terminal.flush()
    home.show()
    caught_up = picture(panel)
    panel.refresh(EVERYTHING)
    assert picture(panel) == caught_up


def test_it_rests_while_it_is_hidden(
    panel: Panel, terminal: Terminal, home: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = MarketEngine()
    terminal.attach(engine)
    home.hide()
    painted: list[frozenset[Topic]] = []
    monkeypatch.setattr(panel, "refresh", painted.append)
    everything_that_can_happen(engine)
    terminal.flush()
    assert painted == []


def test_another_symbol_and_another_run_are_taken_in(panel: Panel, terminal: Terminal) -> None:
    shows_a_session(panel)
    engine = MarketEngine()
    terminal.attach(engine)
    terminal.select(SOL)
    terminal.flush()
    engine.begin(market.snapshot(count=50, with_past=False))
    engine.publish(RunBegan(at_ms=END_MS, run_id="run-2"))
    terminal.flush()
    fresh = picture(panel)
    everything_that_can_happen(engine)
    terminal.flush()
    assert picture(panel) != fresh


def test_what_it_knows_is_what_the_state_holds_at_any_size(panel: Panel, terminal: Terminal, home: QWidget) -> None:
    terminal.attach(MarketEngine())
    for size in SIZES:
        home.resize(*size)
        assert picture(panel)


def test_it_leaves_no_timer_running_once_disposed(panel: Panel, terminal: Terminal, home: QWidget) -> None:
    engine = MarketEngine()
    terminal.attach(engine)
    everything_that_can_happen(engine)
    terminal.flush()
    home.hide()
    panel.dispose()
    assert not [timer for timer in panel.findChildren(QTimer) if timer.isActive()]


def test_it_hears_nothing_once_disposed(panel: Panel, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = MarketEngine()
    terminal.attach(engine)
    panel.dispose()
    painted: list[frozenset[Topic]] = []
    monkeypatch.setattr(panel, "refresh", painted.append)
    everything_that_can_happen(engine)
    terminal.flush()
    assert painted == []


def test_every_button_has_a_name_and_a_tip(panel: Panel, terminal: Terminal, home: QWidget) -> None:
    terminal.attach(MarketEngine())
    buttons = [button for button in home.findChildren(QToolButton) if not button.objectName().startswith("qt_")]
    assert all(button.accessibleName() and button.toolTip() for button in buttons)


def test_it_names_what_it_paints(panel: Panel) -> None:
    assert panel.topics
    assert panel.topics <= EVERYTHING
