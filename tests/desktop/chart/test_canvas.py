import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication

from sigma_desktop.panels.chart.layers.fan import Fan
from sigma_desktop.panels.chart.layers.levels import Dash, Level
from sigma_desktop.panels.chart.layers.markers import TradeMark
from sigma_desktop.panels.chart.mixing import over_panel
from sigma_desktop.panels.chart.overlays import OVERLAYS
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.panels.chart.view import ChartView
from sigma_desktop.theme.tokens import Token, color
from sigma_engine import Candle, Candles, PositionSide, Timeframe
from tests.desktop import market
from tests.desktop.chart.pixels import is_colour, part, pixels


class Painted(QObject):
    """Keeps what a widget was asked to paint."""

    def __init__(self, view: ChartView) -> None:
        super().__init__(view)
        self.region = QRegion()
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


def flat(prices: list[tuple[float, float]], volume: float = 1.0) -> Candles:
    """Candles without wicks: opened and closed at the given prices."""
    opening, close = (np.array(column) for column in zip(*prices, strict=True))
    stamps = market.END_MS - market.MINUTE_MS * np.arange(len(prices), 0, -1, dtype=np.int64)
    high, low = np.maximum(opening, close), np.minimum(opening, close)
    return Candles(stamps, opening, high, low, close, np.full(len(prices), volume))


def series(candles: Candles, overlays: tuple = ()) -> ChartSeries:
    return ChartSeries(candles, Timeframe.M1, Timeframe.M1, overlays)


def show(view: ChartView, chart: ChartSeries) -> ChartSeries:
    view.show_series(chart, 1)
    QApplication.processEvents()
    return chart


def x_of(view: ChartView, bar: float) -> int:
    return math.floor((bar - view.seen.left) * view.seen.bar_px)


def bar_box(view: ChartView, bar: int) -> QRect:
    """The pixels that belong to ``bar``."""
    return QRect(x_of(view, bar) - 3, 0, 7, view.plot.height())


def test_rising_candles_are_up_coloured_and_falling_ones_down_coloured(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0), (110.0, 100.0)] * 20)))
    picture = pixels(view)
    for bar, here, there in ((38, Token.UP, Token.DOWN), (39, Token.DOWN, Token.UP)):
        box = part(picture, bar_box(view, bar))
        assert is_colour(box, color(here)).sum() > 500
        assert not is_colour(box, color(there)).any()


def test_a_body_reaches_from_the_open_to_the_close(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0), (104.0, 108.0)] * 20)))
    rows = np.flatnonzero(is_colour(part(pixels(view), bar_box(view, 39)), color(Token.UP)).any(axis=1))
    assert rows[0] == pytest.approx(view.prices.y(108.0), abs=1.5)
    assert rows[-1] == pytest.approx(view.prices.y(104.0), abs=1.5)


def test_bodies_are_as_sharp_as_pixels(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0)] * 40)))
    rows = slice(int(view.prices.y(108.0)), int(view.prices.y(104.0)))
    stripe = pixels(view)[rows, : view.plot.width()]
    known = (
        is_colour(stripe, color(Token.UP)) | is_colour(stripe, color(Token.BG1)) | is_colour(stripe, color(Token.GRID))
    )
    assert known.all()


def test_volume_stands_in_the_lowest_fifth(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0)] * 40, volume=5.0)))
    paler = is_colour(pixels(view), over_panel(Token.UP, 0.28))
    rows = np.flatnonzero(paler[: view.plot.height()].any(axis=1))
    assert rows[-1] == view.plot.height() - 1
    assert rows[0] == pytest.approx(view.plot.height() * 0.8, abs=2)


def test_overlays_are_drawn_in_their_own_colours(view: ChartView) -> None:
    chosen = tuple(overlay for overlay in OVERLAYS if overlay.name in ("EMA 20", "EMA 50"))
    show(view, series(market.candles(count=400), chosen))
    picture = part(pixels(view), view.plot)
    assert is_colour(picture, color(Token.ACCENT), 12).sum() > 100
    assert is_colour(picture, color(Token.VIOLET), 12).sum() > 100
    assert not is_colour(picture, color(Token.CYAN), 12).any()
    view.lay_overlays(tuple(overlay for overlay in OVERLAYS if overlay.name == "VWAP"))
    picture = part(pixels(view), view.plot)
    assert is_colour(picture, color(Token.CYAN), 12).sum() > 100
    assert not is_colour(picture, color(Token.VIOLET), 12).any()


def test_a_tick_repaints_the_width_of_the_last_candle_and_no_more(view: ChartView) -> None:
    chart = show(view, series(market.candles(count=400), OVERLAYS))
    last = chart.candle(-1)
    chart.tick(Candle(market.END_MS, last.close, last.close, last.close, last.close, 1.0))
    view.advance()
    QApplication.processEvents()
    painted = Painted(view)
    chart.tick(Candle(market.END_MS, last.close, last.close * 1.00001, last.close, last.close, 2.0))
    view.advance()
    QApplication.processEvents()
    box = painted.region.boundingRect()
    assert box.left() <= x_of(view, chart.count - 1) <= box.right()
    assert 0 < box.width() <= 4 * view.seen.bar_px


def test_what_a_tick_leaves_on_the_screen_is_what_painting_everything_would(view: ChartView) -> None:
    chart = show(view, series(market.candles(count=400), OVERLAYS))
    last = chart.candle(-1)
    for step in range(20):
        price = last.close * (1 + 0.0004 * math.sin(step))
        high, low = max(last.close, price) * 1.0005, min(last.close, price) * 0.9995
        chart.tick(Candle(market.END_MS, last.close, high, low, price, 1.0 + step))
        view.advance()
        view.set_levels((Level(price, Token.UP, Dash.DASHED, f"{price:,.1f}"),))
        QApplication.processEvents()
    ticked = view.viewport().grab().toImage()
    view.look(view.seen)
    assert view.viewport().grab().toImage() == ticked


def test_a_price_that_leaves_the_scale_moves_the_scale(view: ChartView) -> None:
    chart = show(view, series(flat([(100.0, 110.0)] * 40)))
    chart.tick(Candle(market.END_MS, 110.0, 140.0, 110.0, 139.0, 1.0))
    view.advance()
    assert view.prices.shows(140.0)
    before = view.prices
    chart.tick(Candle(market.END_MS, 110.0, 140.0, 110.0, 120.0, 1.0))
    view.advance()
    assert view.prices == before


def test_a_new_candle_moves_the_window_only_while_following(view: ChartView) -> None:
    chart = show(view, series(market.candles(count=400)))
    right = view.seen.right
    chart.tick(Candle(market.END_MS, 1.0, 1.0, 1.0, 1.0, 1.0))
    view.advance()
    assert view.seen.right == right + 1
    view.pan(-50)
    right = view.seen.right
    chart.close(Candle(market.END_MS, 1.0, 1.0, 1.0, 1.0, 1.0))
    chart.tick(Candle(market.END_MS + market.MINUTE_MS, 1.0, 1.0, 1.0, 1.0, 1.0))
    view.advance()
    assert view.seen.right == right
    assert view.seen.count == 402


@pytest.mark.parametrize(("side", "token"), [(PositionSide.LONG, Token.UP), (PositionSide.SHORT, Token.DOWN)])
def test_an_entry_has_an_arrow_outside_its_candle(view: ChartView, side: PositionSide, token: Token) -> None:
    other = (110.0, 100.0) if side is PositionSide.LONG else (100.0, 110.0)
    show(view, series(flat([other] * 60)))
    view.set_marks([TradeMark(side, 40, 105.0)])
    found = is_colour(part(pixels(view), bar_box(view, 40)), color(token))
    rows = np.flatnonzero(found.any(axis=1))
    assert found.sum() > 20
    if side is PositionSide.LONG:
        assert rows[0] > view.prices.y(100.0)
        assert found[rows[0]].sum() < found[rows[-1]].sum()
    else:
        assert rows[-1] < view.prices.y(110.0)
        assert found[rows[0]].sum() > found[rows[-1]].sum()


@pytest.mark.parametrize("won", [True, False])
def test_an_exit_is_a_disc_with_the_sign_of_its_result(view: ChartView, won: bool) -> None:
    candles = [(110.0, 100.0) if won else (100.0, 110.0)] * 60
    show(view, series(flat(candles)))
    view.set_marks([TradeMark(PositionSide.LONG, 30, 105.0, 45, 108.0, won)])
    box = bar_box(view, 45)
    middle = int(view.prices.y(110.0)) - 12
    disc = part(pixels(view), QRect(box.left(), middle - 7, box.width() + 4, 15))
    assert is_colour(disc, color(Token.UP if won else Token.DOWN)).sum() > 25
    column = is_colour(disc[:, 3], color(Token.BG1), 30)
    assert (column[4:11].sum() >= 4) == won


def test_trades_from_before_the_first_candle_are_not_drawn(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0)] * 60)))
    view.set_marks([TradeMark(PositionSide.LONG, -1, 105.0, 3, 108.0, True)])
    assert view.marks == ()


def test_hundreds_of_trades_in_view_become_squares_of_their_sides(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0)] * 1000)))
    view.zoom(1e-9)
    marks = [TradeMark(PositionSide.SHORT, bar, 105.0, bar + 2, 106.0, True) for bar in range(0, 990, 5)]
    view.set_marks(marks)
    row = int(view.prices.y(105.0))
    assert is_colour(part(pixels(view), QRect(0, row - 4, view.plot.width(), 8)), color(Token.DOWN)).sum() > 500


def level(price: float, token: Token = Token.DOWN, label: str = "") -> Level:
    return Level(price, token, Dash.LONG, f"{price:,.1f}", label, token)


def test_a_level_has_its_line_its_tag_and_its_label(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0)] * 60)))
    view.set_levels((level(98.0, label="STOP -20.00"), level(110.0, Token.UP)))
    picture = pixels(view)
    row = int(view.prices.y(98.0))
    tag = part(picture, QRect(view.plot.right() + 2, row - 8, 60, 17))
    assert is_colour(tag, color(Token.DOWN)).mean() > 0.5
    label = part(picture, QRect(14, row - 9, 90, 19))
    assert is_colour(label, color(Token.BG2)).mean() > 0.4


def test_a_stop_close_by_is_brought_into_view(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0)] * 60)))
    assert not fits_above_volume(view, 97.0)
    view.set_levels((level(97.0), level(110.0)))
    assert fits_above_volume(view, 97.0)


def fits_above_volume(view: ChartView, price: float) -> bool:
    return view.prices.y(price) <= view.plot.height() * 0.8


def test_a_price_that_moves_repaints_its_rows_and_its_tag_only(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0)] * 60)))
    view.set_levels((level(105.0),))
    QApplication.processEvents()
    painted = Painted(view)
    view.set_levels((level(106.0),))
    QApplication.processEvents()
    rows = sum(rect.height() for rect in painted.region if rect.left() == 0)
    assert 0 < rows <= 12
    assert painted.region.boundingRect().right() > view.plot.right()


def test_a_forecast_opens_to_the_right_of_the_last_candle(view: ChartView) -> None:
    show(view, series(flat([(100.0, 110.0)] * 60)))
    empty = part(pixels(view), QRect(x_of(view, 62), 0, 40, view.plot.height()))
    view.set_fan(Fan(59, 12.0, 108.0, ((0.7, 104.0, 112.0), (0.9, 102.0, 114.0))))
    assert view.seen.newest_right >= 59 + 12
    box = QRect(x_of(view, 66), int(view.prices.y(110.0)), 4, 4)
    inside = part(pixels(view), box)
    assert (inside[..., 2].astype(int) - inside[..., 0] > 20).all()
    assert not is_colour(empty, color(Token.ACCENT), 60).any()


def test_the_crosshair_repaints_only_its_own_lines_and_tags(view: ChartView) -> None:
    show(view, series(market.candles(count=400), OVERLAYS))
    view.point_at(QPoint(300, 200))
    QApplication.processEvents()
    painted = Painted(view)
    view.point_at(QPoint(500, 260))
    QApplication.processEvents()
    area = sum(rect.width() * rect.height() for rect in painted.region)
    assert 0 < area < 0.05 * view.width() * view.height()


def test_pointing_tells_the_candle_and_leaving_tells_none(view: ChartView) -> None:
    show(view, series(market.candles(count=400)))
    heard: list[int] = []
    view.hovered.connect(heard.append)
    view.point_at(QPoint(x_of(view, 390), 100))
    view.point_at(QPoint(view.plot.right() - 1, 100))
    view.point_at(None)
    assert heard == [390, 399, -1]


def test_candles_that_move_under_a_resting_pointer_are_told_anew(view: ChartView) -> None:
    show(view, series(market.candles(count=400)))
    heard: list[int] = []
    view.hovered.connect(heard.append)
    view.point_at(QPoint(x_of(view, 350), 100))
    view.pan(-10)
    assert heard == [350, 340]


@pytest.mark.parametrize("count", [1, 2, 511, 513, 100_000])
def test_any_number_of_candles_can_be_seen_at_once(view: ChartView, count: int) -> None:
    show(view, series(market.candles(count=count), OVERLAYS))
    view.zoom(1e-9)
    picture = part(pixels(view), view.plot)
    assert is_colour(picture, color(Token.UP)).any() or is_colour(picture, color(Token.DOWN)).any()
    assert view.seen.left <= 1e-6


def test_without_candles_the_chart_says_what_will_be_here(view: ChartView) -> None:
    blank = pixels(view)
    view.say("No market yet", "It appears as soon as the session has opened.")
    assert (pixels(view) != blank).any()
    show(view, series(Candles.empty()))
    assert (pixels(view) != blank).any()
