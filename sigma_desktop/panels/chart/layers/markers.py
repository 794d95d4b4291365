"""Where trades began and ended, and what they came to: by shape and sign as well as by colour."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from sigma_desktop.panels.chart.frame import Frame
from sigma_desktop.panels.chart.mixing import over_panel
from sigma_desktop.panels.chart.primitives import Rectangles
from sigma_desktop.panels.chart.pyramid import Row
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.theme.tokens import Token, color
from sigma_engine import Position, PositionSide, Trade

_GAP_PX, _HALF_PX, _RADIUS_PX, _SIGN_PX = 6.0, 5.5, 6.0, 2.6
_SMALL_PX = 3
_MOST_DRAWN_WHOLE = 120


@dataclass(frozen=True, slots=True)
class TradeMark:
    """A trade on the series: bars and prices of its two ends; without ``end_bar`` it is still open."""

    side: PositionSide
    start_bar: int
    entry: float
    end_bar: int | None = None
    exit: float = 0.0
    won: bool = False

    @classmethod
    def of_trade(cls, trade: Trade, series: ChartSeries) -> "TradeMark":
        """The mark of a closed trade."""
        ends = series.bar_of(trade.entry_ms), series.bar_of(trade.exit_ms)
        return cls(trade.side, ends[0], float(trade.entry_price), ends[1], float(trade.exit_price), trade.pnl > 0)

    @classmethod
    def of_position(cls, position: Position, series: ChartSeries) -> "TradeMark":
        """The mark of an open position: its entry alone."""
        return cls(position.side, series.bar_of(position.entry_ms), float(position.entry_price))


class MarkerLayer:
    """Arrows at entries, pointing the way of the trade; discs with a plus or a minus at exits; a line between."""

    def __init__(self) -> None:
        self._rectangles = Rectangles()
        self._marks: tuple[TradeMark, ...] = ()
        self._spans: NDArray[np.int64] = np.empty((2, 0), np.int64)

    @property
    def marks(self) -> tuple[TradeMark, ...]:
        """The trades shown."""
        return self._marks

    def show(self, marks: Iterable[TradeMark]) -> None:
        """Paint these from now on; a trade from before the first candle has nowhere to be."""
        self._marks = tuple(mark for mark in marks if mark.start_bar >= 0)
        ends = [mark.start_bar if mark.end_bar is None else mark.end_bar for mark in self._marks]
        self._spans = np.array(([mark.start_bar for mark in self._marks], ends), np.int64).reshape(2, -1)

    def paint(self, painter: QPainter, frame: Frame, series: ChartSeries) -> None:
        """Paint the ends that lie in ``frame``; where they would cover each other, only squares at the entries."""
        starts, ends = self._spans
        marks = [self._marks[at] for at in np.flatnonzero((ends >= frame.start) & (starts < frame.stop))]
        if len(marks) > _MOST_DRAWN_WHOLE:
            self._paint_squares(painter, frame, marks)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for mark in marks:
            _paint_mark(painter, frame, mark, series)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_squares(self, painter: QPainter, frame: Frame, marks: list[TradeMark]) -> None:
        size = round(_SMALL_PX * frame.ratio)
        for side in PositionSide:
            ends = [(mark.start_bar, mark.entry) for mark in marks if mark.side is side]
            bars, prices = np.array(ends, np.float64).reshape(-1, 2).T
            rows = self._rectangles.rows(len(bars))
            rows[:, 0], rows[:, 1] = np.floor(bars * frame.sx + frame.dx), np.floor(prices * frame.sy + frame.dy)
            rows[:, 2] = rows[:, 3] = size
            painter.setBrush(color(_side_token(side)))
            self._rectangles.draw(painter)


def _paint_mark(painter: QPainter, frame: Frame, mark: TradeMark, series: ChartSeries) -> None:
    if mark.end_bar is not None:
        if frame.stop < series.count:  # once: with the settled candles
            _paint_path(painter, frame, mark)
        if frame.start <= mark.end_bar < frame.stop:
            _paint_exit(painter, frame, mark, series)
    if frame.start <= mark.start_bar < frame.stop:
        _paint_entry(painter, frame, mark, series)


def _paint_path(painter: QPainter, frame: Frame, mark: TradeMark) -> None:
    assert mark.end_bar is not None
    painter.setPen(QPen(over_panel(_result_token(mark), 0.75), 1.2 * frame.ratio, Qt.PenStyle.DotLine))
    middle = frame.hair / 2
    painter.drawLine(
        QPointF(frame.x(mark.start_bar) + middle, frame.y(mark.entry)),
        QPointF(frame.x(mark.end_bar) + middle, frame.y(mark.exit)),
    )


def _paint_entry(painter: QPainter, frame: Frame, mark: TradeMark, series: ChartSeries) -> None:
    """An arrow from beyond the candle: a long from below pointing up, a short from above pointing down."""
    sign, half = mark.side.sign, _HALF_PX * frame.ratio
    tip = _beside(frame, series, mark.start_bar, below=sign > 0)
    foot = tip + QPointF(0, sign * 1.8 * half)
    _outline(painter, frame, color(_side_token(mark.side)))
    painter.drawPolygon(QPolygonF([tip, foot + QPointF(half, 0), foot - QPointF(half, 0)]))


def _paint_exit(painter: QPainter, frame: Frame, mark: TradeMark, series: ChartSeries) -> None:
    """A disc on the other side of the candle, with the sign of what the trade came to."""
    assert mark.end_bar is not None
    away = -mark.side.sign
    radius, arm = _RADIUS_PX * frame.ratio, _SIGN_PX * frame.ratio
    middle = _beside(frame, series, mark.end_bar, below=away > 0) + QPointF(0, away * radius)
    _outline(painter, frame, color(_result_token(mark)))
    painter.drawEllipse(middle, radius, radius)
    painter.setPen(QPen(color(Token.BG1), 1.6 * frame.ratio))
    painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
    if mark.won:
        painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))


def _beside(frame: Frame, series: ChartSeries, bar: int, below: bool) -> QPointF:
    price = float(series.pyramid.level(0)[Row.LOW if below else Row.HIGH, bar])
    gap = _GAP_PX * frame.ratio * (1 if below else -1)
    return QPointF(np.floor(frame.x(bar)) + frame.hair / 2, frame.y(price) + gap)


def _outline(painter: QPainter, frame: Frame, fill: QColor) -> None:
    painter.setPen(QPen(color(Token.BG1), 1.2 * frame.ratio))
    painter.setBrush(fill)


def _side_token(side: PositionSide) -> Token:
    return Token.UP if side is PositionSide.LONG else Token.DOWN


def _result_token(mark: TradeMark) -> Token:
    return Token.UP if mark.won else Token.DOWN
