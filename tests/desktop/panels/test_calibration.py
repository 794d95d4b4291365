from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.panels.calibration import CalibrationPanel
from sigma_engine import CalibrationMeasured, Trust
from tests.desktop.market import BTC, END_MS, ETH, SOL, MarketEngine, calibration, snapshot

Show = Callable[..., CalibrationPanel]
WRAPPED = Qt.TextFlag.TextWordWrap
SMALL, ROOMY, TALL = (410, 240), (1100, 460), (460, 760)


def test_before_a_session_and_before_the_first_outcome_it_says_what_will_stand_here(
    show: Show, terminal: Terminal
) -> None:
    panel = show(CalibrationPanel, *SMALL)
    assert panel.accessibleDescription().startswith("What was said and what happened")
    terminal.attach(MarketEngine(snapshot(with_past=False)))
    assert panel.accessibleDescription().startswith("No forecast has come due yet")
    assert (panel.count, panel.split.isVisible()) == (0, False)


def test_the_market_of_the_chart_is_shown_with_its_verdict_in_words(
    show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(CalibrationPanel, *ROOMY, engine)
    assert panel.view.report is not None
    assert panel.view.report.symbol == BTC
    assert panel.view.verdict.text() == panel.view.report.verdict
    assert panel.view.pill.accessibleName() == "✓ CALIBRATED"
    terminal.select(ETH)
    terminal.flush()
    assert panel.view.pill.accessibleName() == "✗ MISCALIBRATED"


def test_another_score_is_shown_at_once(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(CalibrationPanel, *ROOMY, engine)
    engine.publish(CalibrationMeasured(at_ms=END_MS, report=calibration(BTC, Trust.AMBER, 829)))
    terminal.flush()
    assert panel.view.figures[0].figure.text == "829"
    assert panel.view.pill.accessibleName() == "? DOUBTFUL"


def test_a_choice_from_the_list_stays_until_the_chart_moves_on(
    show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(CalibrationPanel, *ROOMY, engine)
    panel.table.choose((SOL, 12, "empirical"))
    assert panel.view.pill.accessibleName() == "… NOT ENOUGH EVIDENCE"
    engine.publish(CalibrationMeasured(at_ms=END_MS, report=calibration(BTC, n=829)))
    terminal.flush()
    assert panel.view.report is not None
    assert panel.view.report.symbol == SOL
    assert terminal.state.selected == BTC
    terminal.select(ETH)
    terminal.flush()
    assert panel.view.report.symbol == ETH


def test_horizons_and_models_of_a_market_are_chosen_from_its_name(show: Show, terminal: Terminal) -> None:
    reports = (calibration(), calibration(horizon_bars=3), replace(calibration(), model="bootstrap"))
    panel = show(CalibrationPanel, *SMALL, MarketEngine(replace(snapshot(), calibration=reports)))
    menu = panel.view.market.menu()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == [
        "BTC/USDT, 3 candles, empirical: calibrated",
        "BTC/USDT, 12 candles, bootstrap: calibrated",
        "BTC/USDT, 12 candles, empirical: calibrated",
    ]
    menu.actions()[1].trigger()
    assert panel.view.report is reports[2]


@pytest.mark.parametrize(
    ("size", "listed", "shape"),
    [(SMALL, False, False), (ROOMY, True, True), (TALL, True, True), ((560, 440), False, True)],
)
def test_as_much_is_shown_as_there_is_room_for(
    show: Show, engine: MarketEngine, size: tuple[int, int], listed: bool, shape: bool
) -> None:
    panel = show(CalibrationPanel, *size, engine)
    assert panel.table.isVisible() is listed
    assert panel.view.places.isVisible() is shape
    assert panel.view.verdict.isVisible()
    assert panel.view.diagram.isVisible()
    assert panel.view.bands.isVisible()
    assert all(label.isVisible() for label in panel.view.figures[:4])


def test_where_it_is_very_small_it_is_read_page_by_page(show: Show, engine: MarketEngine) -> None:
    panel = show(CalibrationPanel, 290, 150, engine)
    view = panel.view

    def seen() -> tuple[bool, bool, bool]:
        return view.verdict.isVisible(), view.diagram.isVisible(), view.bands.isVisible()

    assert seen() == (True, False, False)
    panel.pages.button(1).click()
    assert seen() == (False, True, False)
    assert (view.count.isVisible(), view.count.text()) == (True, "N 828")
    panel.pages.button(2).click()
    assert seen() == (False, False, True)
    panel.resize(*ROOMY)
    QApplication.processEvents()
    assert seen() == (True, True, True)


LONG = (
    "The 70 % band held 77.0 % of 1,256 outcomes, more than promised: doubtful, chance alone brings this less than "
    "1 time in 20. P(up) shows no edge, so it stays at 50 %."
)
BRIEF = "The 90 % band held 90.6 % of 245 outcomes: as promised."


@pytest.mark.parametrize("size", [SMALL, (334, 138), (428, 231), (428, 216), ROOMY, TALL])
def test_no_word_of_the_verdict_and_no_picture_is_cut_off(
    show: Show, terminal: Terminal, size: tuple[int, int]
) -> None:
    reports = (replace(calibration(), verdict=LONG),)
    view = show(CalibrationPanel, *size, MarketEngine(replace(snapshot(), calibration=reports))).view
    label = view.verdict
    assert label.height() >= label.fontMetrics().boundingRect(label.rect(), WRAPPED, LONG).height()
    for picture in (view.diagram, view.bands):
        assert not picture.isVisible() or picture.height() >= picture.minimumSizeHint().height()
    assert view.layout().minimumSize().height() <= view.height()


def test_a_shorter_verdict_gives_its_room_back(show: Show, terminal: Terminal) -> None:
    first = replace(calibration(), verdict=LONG)
    engine = MarketEngine(replace(snapshot(), calibration=(first,)))
    label = show(CalibrationPanel, 428, 231, engine).view.verdict
    before = label.height()
    engine.publish(CalibrationMeasured(at_ms=END_MS, report=replace(first, verdict=BRIEF)))
    terminal.flush()
    assert label.height() < before


def test_a_dot_lies_where_said_meets_happened(show: Show, engine: MarketEngine) -> None:
    diagram = show(CalibrationPanel, *ROOMY, engine).view.diagram
    plot = diagram.plot()
    low, high = 0.3, 0.8
    for each in diagram.bins:
        at = diagram.place(each)
        assert (at.x() - plot.left()) / plot.width() == pytest.approx((each.said - low) / (high - low))
        assert (plot.bottom() - at.y()) / plot.height() == pytest.approx((each.happened - low) / (high - low))


def test_the_group_under_the_mouse_is_lit(show: Show, engine: MarketEngine) -> None:
    diagram = show(CalibrationPanel, *ROOMY, engine).view.diagram
    before = diagram.grab().toImage()
    at = diagram.place(diagram.bins[3])
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        QPointF(diagram.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(diagram, move)
    assert diagram.grab().toImage() != before
    QApplication.sendEvent(diagram, QEvent(QEvent.Type.Leave))
    assert diagram.grab().toImage() == before


def test_readers_without_eyes_hear_every_group_and_band(show: Show, engine: MarketEngine) -> None:
    view = show(CalibrationPanel, *ROOMY, engine).view
    assert view.diagram.accessibleDescription().count("forecasts between") == 7
    assert view.bands.accessibleDescription().count("band held") == 3
    assert "even, as it should be" in view.places.accessibleName()
