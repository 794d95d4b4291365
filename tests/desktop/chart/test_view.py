from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.panels.chart.view import ChartView
from sigma_desktop.theme.tokens import Token, color
from sigma_engine import Timeframe
from tests.desktop import market
from tests.desktop.chart.pixels import is_colour, part, pixels


@pytest.fixture
def filled(view: ChartView) -> ChartView:
    view.show_series(ChartSeries(market.candles(count=2000), Timeframe.M1, Timeframe.M1, ()), 1)
    return view


def wheel(view: ChartView, at: QPoint, turned: int = 0, tilted: int = 0) -> None:
    place = QPointF(at)
    event = QWheelEvent(
        place,
        view.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(tilted, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def drag(view: ChartView, begin: QPoint, end: QPoint) -> None:
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=begin)
    QTest.mouseMove(view.viewport(), (begin + end) / 2)
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)


def test_the_wheel_zooms_about_the_newest_candle_while_following(filled: ChartView) -> None:
    before = filled.seen
    wheel(filled, QPoint(100, 100), turned=120)
    assert filled.seen.bar_px > before.bar_px
    assert filled.seen.following


def test_the_wheel_zooms_about_the_pointer_elsewhere(filled: ChartView) -> None:
    filled.pan(-300)
    under = filled.bar_at(200)
    wheel(filled, QPoint(200, 100), turned=-240)
    assert filled.bar_at(200) == pytest.approx(under)


def test_tilting_the_wheel_pans(filled: ChartView) -> None:
    before = filled.seen.right
    wheel(filled, QPoint(200, 100), tilted=120)
    assert filled.seen.right < before


def test_dragging_moves_the_candles_with_the_pointer(filled: ChartView) -> None:
    under = filled.bar_at(300)
    drag(filled, QPoint(300, 200), QPoint(450, 200))
    assert filled.bar_at(450) == pytest.approx(under)
    assert not filled.seen.following


def test_dragging_the_price_axis_shows_more_prices_and_a_double_click_fits_them_again(filled: ChartView) -> None:
    axis = filled.plot.right() + 30
    fitted = filled.prices
    drag(filled, QPoint(axis, 100), QPoint(axis, 250))
    assert filled.prices.high - filled.prices.low > fitted.high - fitted.low
    QTest.mouseDClick(filled.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(axis, 100))
    assert filled.prices == fitted


def test_a_double_click_goes_to_the_newest_candle(filled: ChartView) -> None:
    filled.pan(-500)
    QTest.mouseDClick(filled.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert filled.seen.following


@pytest.mark.parametrize(
    ("key", "moved"),
    [
        (Qt.Key.Key_Left, lambda before, after: after.right < before.right),
        (Qt.Key.Key_Right, lambda before, after: after.right > before.right),
        (Qt.Key.Key_Plus, lambda before, after: after.bar_px > before.bar_px),
        (Qt.Key.Key_Minus, lambda before, after: after.bar_px < before.bar_px),
        (Qt.Key.Key_Home, lambda _, after: after.left == -0.5),
        (Qt.Key.Key_End, lambda _, after: after.following),
    ],
)
def test_keys_move_through_the_chart(filled: ChartView, key: Qt.Key, moved: Callable[..., bool]) -> None:
    filled.pan(-300)
    before = filled.seen
    QTest.keyClick(filled, key)
    assert moved(before, filled.seen)


def test_other_keys_are_left_to_the_window(filled: ChartView) -> None:
    before = filled.seen
    QTest.keyClick(filled, Qt.Key.Key_F)
    assert filled.seen == before


def test_the_way_back_to_the_newest_candle_shows_when_it_is_needed(filled: ChartView) -> None:
    (button,) = filled.findChildren(QToolButton)
    assert not button.isVisible()
    filled.pan(-300)
    assert button.isVisible()
    button.click()
    assert filled.seen.following
    assert not button.isVisible()


def test_whoever_comes_by_keyboard_sees_a_ring(filled: ChartView) -> None:
    corner = QRect(0, 0, 1, 1)
    filled.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.sendEvent(filled, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert is_colour(part(pixels(filled), corner), color(Token.ACCENT)).all()
    QApplication.sendEvent(filled, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))
    assert not is_colour(part(pixels(filled), corner), color(Token.ACCENT)).any()


def test_a_wider_chart_shows_more_candles_of_the_same_width(filled: ChartView) -> None:
    before = filled.seen
    filled.resize(1300, 500)
    assert filled.seen.bar_px == before.bar_px
    assert filled.seen.bars > before.bars
    assert filled.seen.following
