from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.models.why import LineKind
from sigma_desktop.panels.signals import SignalsPanel
from sigma_engine import Action, DecisionMade, SignalPreviewed
from tests.desktop.market import BTC, END_MS, ETH, MINUTE_MS, SOL, MarketEngine, approved, signal, snapshot

Show = Callable[..., SignalsPanel]
SMALL = (428, 249)


def test_before_a_session_the_panel_says_what_will_stand_here(show: Show) -> None:
    panel = show(SignalsPanel, *SMALL)
    assert panel.table.empty_title == "Signals appear here"
    assert panel.count is None


def test_every_market_has_its_line_before_anything_is_decided(show: Show) -> None:
    panel = show(SignalsPanel, *SMALL, MarketEngine(snapshot(with_past=False)))
    assert [panel.model.row(at).symbol for at in range(panel.model.rowCount())] == [BTC, ETH, SOL]
    assert panel.model.cell(0, 5).text == "waits for the next candle"
    panel.read(BTC)
    assert panel.why.sentence.text() == "Nothing is decided yet."


def test_the_badge_counts_the_markets_that_signal(show: Show, engine: MarketEngine) -> None:
    assert show(SignalsPanel, *SMALL, engine).count == 2


def test_a_new_decision_replaces_the_line_of_its_market(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(SignalsPanel, *SMALL, engine)
    engine.publish(DecisionMade(at_ms=END_MS + MINUTE_MS, decision=approved(SOL, END_MS)))
    terminal.flush()
    assert panel.model.rowCount() == 3
    assert [panel.model.cell(2, column).text for column in (0, 2, 5)] == ["13:01", "BUY", "entering long"]


def test_where_it_is_small_the_explanation_takes_the_place_of_the_list(show: Show, engine: MarketEngine) -> None:
    panel = show(SignalsPanel, *SMALL, engine)
    assert (panel.table.isVisible(), panel.why.isVisible()) == (True, False)
    panel.why_button.click()
    assert (panel.table.isVisible(), panel.why.isVisible()) == (False, True)
    panel.why.back.click()
    assert (panel.table.isVisible(), panel.why.isVisible()) == (True, False)
    assert not panel.why_button.isChecked()


@pytest.mark.parametrize(
    ("size", "orientation"),
    [((1000, 400), Qt.Orientation.Horizontal), ((430, 800), Qt.Orientation.Vertical)],
)
def test_where_there_is_room_both_are_seen(
    show: Show, engine: MarketEngine, size: tuple[int, int], orientation: Qt.Orientation
) -> None:
    panel = show(SignalsPanel, *size, engine)
    assert panel.table.isVisible()
    assert panel.why.isVisible()
    assert panel.split.orientation() is orientation
    assert not panel.why.back.isVisible()


def test_a_double_click_shows_the_market_and_explains_it(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(SignalsPanel, *SMALL, engine)
    place = panel.table.visualRect(panel.model.index(1, 1)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert terminal.state.selected == ETH
    assert panel.why.sentence.text() == "SELL refused by safety: down 3.1% today, the limit is 3.0%."


def test_the_arrow_at_the_end_of_a_line_explains_it(show: Show, engine: MarketEngine) -> None:
    panel = show(SignalsPanel, *SMALL, engine)
    place = panel.table.visualRect(panel.model.index(2, 6)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert panel.why.isVisible()
    assert panel.why.market.text() == "SOL/USDT"


def test_the_explanation_follows_the_charts_symbol(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(SignalsPanel, 1000, 400, engine)
    assert panel.why.market.text() == "BTC/USDT"
    terminal.select(SOL)
    terminal.flush()
    assert panel.why.market.text() == "SOL/USDT"


def test_the_explanation_follows_the_keyboard(show: Show, engine: MarketEngine) -> None:
    panel = show(SignalsPanel, 1000, 400, engine)
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    assert panel.why.market.text() == "ETH/USDT"


def test_the_verdict_the_scores_and_every_line_are_there(show: Show, engine: MarketEngine) -> None:
    panel = show(SignalsPanel, 1000, 900, engine)
    kinds = {panel.why.model.row(at).kind for at in range(panel.why.model.rowCount())}
    assert kinds == {LineKind.PHASE, LineKind.VOTE, LineKind.FACT, LineKind.GATE, LineKind.CAP}
    assert panel.why.sentence.text().startswith("Enters long 0.0200 at 5×")
    assert panel.why.scores.accessibleName().startswith("Long score 0.62, short score 0.11")
    assert [panel.why.phase_model.cell(at, 1).text for at in (0, 1, 8)] == [
        "Data quality",
        "Trend",
        "Reward against cost",
    ]


def test_where_it_is_low_the_nine_phases_come_first_and_what_is_behind_them_on_request(
    show: Show, engine: MarketEngine
) -> None:
    panel = show(SignalsPanel, *SMALL, engine)
    panel.read(BTC)
    assert panel.why.phase_model.rowCount() == 9
    assert (panel.why.phases.isVisible(), panel.why.table.isVisible()) == (True, False)
    panel.why.details.click()
    assert (panel.why.phases.isVisible(), panel.why.table.isVisible()) == (False, True)


def test_where_it_is_tall_the_phases_and_everything_behind_them_are_seen(show: Show, engine: MarketEngine) -> None:
    panel = show(SignalsPanel, 1000, 700, engine)
    assert (panel.why.phases.isVisible(), panel.why.table.isVisible()) == (True, True)
    assert not panel.why.details.isVisible()
    assert panel.why.phases.height() >= 9 * panel.why.phases.rowHeight(0)


def test_the_threshold_is_told_where_scores_decide(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(SignalsPanel, 1000, 400, engine)
    scored = replace(approved(), signal=replace(signal(), threshold=0.5, margin=0.3))
    engine.publish(DecisionMade(at_ms=END_MS, decision=scored))
    terminal.flush()
    assert panel.why.scores.accessibleName().endswith("a side needs 0.50 and a lead of 0.30")


def test_the_forming_candle_is_shown_on_request_and_as_undecided(
    show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(SignalsPanel, 1000, 400, engine)
    assert not panel.why.forming.isEnabled()
    preview = replace(signal(BTC, Action.SELL, END_MS), preview=True)
    engine.publish(SignalPreviewed(at_ms=END_MS + 5_000, signal=preview))
    terminal.flush()
    assert panel.model.cell(0, 3).ghost == preview.confidence
    panel.why.forming.click()
    assert panel.why.sentence.text().startswith("Still forming, nothing is decided")
    assert panel.why.sentence.font().italic()
    assert panel.why.pill.accessibleName() == "SELL"
    panel.why.forming.click()
    assert panel.why.pill.accessibleName() == "BUY"


def test_a_preview_of_a_candle_already_decided_past_is_forgotten(
    show: Show, engine: MarketEngine, terminal: Terminal
) -> None:
    panel = show(SignalsPanel, 1000, 400, engine)
    old = replace(signal(BTC, Action.SELL, END_MS - 5 * MINUTE_MS), preview=True)
    engine.publish(SignalPreviewed(at_ms=END_MS, signal=old))
    terminal.flush()
    assert panel.model.row(0).preview is None


def test_a_preview_repaints_only_what_reads_differently(show: Show, engine: MarketEngine, terminal: Terminal) -> None:
    panel = show(SignalsPanel, *SMALL, engine)
    changes: list[tuple[int, int]] = []
    panel.model.dataChanged.connect(lambda first, last, roles: changes.append((first.row(), last.row())))
    preview = replace(signal(BTC, Action.BUY, END_MS), preview=True)
    for second in range(100):
        engine.publish(SignalPreviewed(at_ms=END_MS + second, signal=preview))
    terminal.flush()
    assert changes == [(0, 0)]


def test_every_button_has_a_name_for_those_who_cannot_see_it(show: Show, engine: MarketEngine) -> None:
    panel = show(SignalsPanel, *SMALL, engine)
    buttons = [*panel.findChildren(QToolButton), *panel.title_widgets()]
    assert all(button.accessibleName() and button.toolTip() for button in buttons)


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (325, ["Symbol", "Signal", "Confidence", "Outcome", ""]),
        (428, ["Time", "Symbol", "Signal", "Confidence", "Outcome", ""]),
        (520, ["Time", "Symbol", "Signal", "Confidence", "Forming", "Outcome", ""]),
    ],
)
def test_where_it_is_narrow_the_less_important_columns_give_way(
    show: Show, engine: MarketEngine, width: int, expected: list[str]
) -> None:
    panel = show(SignalsPanel, width, 249, engine)
    columns = enumerate(panel.model.columns)
    assert [column.title for at, column in columns if not panel.table.isColumnHidden(at)] == expected


@pytest.mark.parametrize(("width", "told"), [(428, "13:00:00 · trending"), (352, "13:00")])
def test_the_time_of_the_candle_is_never_cut(show: Show, engine: MarketEngine, width: int, told: str) -> None:
    panel = show(SignalsPanel, width, 249, engine)
    panel.read(BTC)
    QApplication.processEvents()
    assert panel.why.when.text() == told
    assert panel.why.when.width() >= panel.why.when.fontMetrics().horizontalAdvance(told)


def test_every_column_behind_the_phases_stays_inside_a_narrow_dock(show: Show, engine: MarketEngine) -> None:
    panel = show(SignalsPanel, 352, 200, engine)
    panel.read(BTC)
    QApplication.processEvents()
    panel.why.details.click()
    QApplication.processEvents()
    table = panel.why.table
    assert table.isVisible()
    assert table.horizontalHeader().length() <= table.viewport().width()


def test_a_shorter_sentence_gives_its_room_back(show: Show, engine: MarketEngine) -> None:
    panel = show(SignalsPanel, 352, 249, engine)
    panel.read(BTC)
    QApplication.processEvents()
    sentence = panel.why.sentence
    panel.why._say("A word. " * 30, False)
    long = sentence.height()
    panel.why._say("A word.", False)
    assert sentence.height() < long
