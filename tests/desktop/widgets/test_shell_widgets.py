"""The shell's own widgets: docks, cards, toasts and the line at the foot."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.card_row import FEWEST, CardRow
from sigma_desktop.widgets.dock import Caption, Dock
from sigma_desktop.widgets.metric_card import Figure, MetricCard
from sigma_desktop.widgets.status_bar import StatusBar
from sigma_desktop.widgets.toast import MOST, Toasts


@pytest.fixture
def window(app: QApplication, qtbot: QtBot) -> Iterator[QMainWindow]:
    made = QMainWindow()
    made.setCentralWidget(QWidget())
    made.resize(900, 600)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def picture(widget: QWidget) -> bytes:
    image = widget.grab().toImage()  # held: its bytes are its own memory
    return bytes(image.constBits())


def test_a_card_says_what_it_shows(window: QMainWindow) -> None:
    card = MetricCard("Win rate", "target", "hint", window)
    card.show_figure(Figure("61.4%", "86 of 140 trades"))
    assert card.accessibleName() == "Win rate 61.4% 86 of 140 trades"


def test_a_card_shows_its_course_only_where_it_has_room(window: QMainWindow) -> None:
    card = MetricCard("Net profit", "trending-up", "hint", window)
    plain, drawn = Figure("+9,412.00", "+8.2%"), Figure("+9,412.00", "+8.2%", course=(1.0, 3.0, 2.0))

    def shown(width: int, figure: Figure) -> bytes:
        card.resize(width, 80)
        card.show_figure(figure)
        return picture(card)

    assert shown(240, plain) != shown(240, drawn)
    assert shown(170, plain) == shown(170, drawn)


def test_a_narrow_row_keeps_its_first_cards(window: QMainWindow) -> None:
    cards = [MetricCard(f"card {number}", "target", "hint") for number in range(7)]
    row = CardRow(cards, window)
    row.show()
    for width, visible in ((1400, 7), (800, 5), (100, FEWEST)):
        row.resize(width, 90)
        assert [card.isVisible() for card in cards] == [True] * visible + [False] * (7 - visible)


def test_toasts_are_few_and_never_say_the_same_twice(window: QMainWindow) -> None:
    toasts = Toasts(window)
    for number in (1, 1, 2, 3, 4):
        toasts.show_message(f"message {number}")
    assert toasts.texts == ["message 2", "message 3", "message 4"]
    assert len(toasts.texts) == MOST


def test_long_toasts_are_readable_whole(window: QMainWindow) -> None:
    toasts = Toasts(window)
    toasts.show_message("word " * 60, Token.WARN)
    (label,) = toasts.findChildren(QLabel)
    assert label.height() >= label.heightForWidth(label.width())
    assert window.rect().contains(toasts.geometry())


def test_the_last_toast_takes_the_stack_with_it(window: QMainWindow) -> None:
    toasts = Toasts(window)
    toasts.show_message("one", stays=True)
    toasts._shown[0].leave()
    assert toasts.texts == []
    assert not toasts.isVisible()


def test_a_message_at_the_foot_is_forgotten(window: QMainWindow, qtbot: QtBot) -> None:
    bar = StatusBar(window)
    bar.show_message("Saved")
    assert bar._message.text == "Saved"
    bar._forget.timeout.emit()
    assert bar._message.text == ""
    bar._forget.stop()


def test_a_dock_floats_and_comes_back_by_its_button(window: QMainWindow) -> None:
    dock = Dock("trades", "Trades", "swap-horizontal", window)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    dock.fill(QLabel("the panel"), [])
    dock._float.click()
    assert dock.isFloating()
    assert dock._float.accessibleName() == "Dock Trades"
    dock._float.click()
    assert not dock.isFloating()
    dock._close.click()
    assert not dock.isVisible()


def test_a_dock_tells_its_count_to_readers(window: QMainWindow) -> None:
    dock = Dock("trades", "Trades", "swap-horizontal", window)
    dock.caption.show_count(140)
    assert dock.caption.accessibleName() == "Trades, 140"
    dock.caption.show_count(None)
    assert dock.caption.accessibleName() == "Trades"


@pytest.mark.parametrize(("width", "chip"), [(57, True), (44, False)])
def test_a_count_is_shown_whole_or_not_at_all(window: QMainWindow, width: int, chip: bool) -> None:
    caption = Caption("Calibration", "target", window)
    caption.resize(width, 30)
    without = picture(caption)
    caption.show_count(8)
    assert (picture(caption) != without) is chip
