"""Prices that matter: the last one, and where the open position was entered, stops and takes its profit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from sigma_desktop.panels.chart.exposure import Exposure
from sigma_desktop.panels.chart.frame import Frame, logical_space
from sigma_desktop.panels.chart.primitives import Rectangles
from sigma_desktop.panels.chart.scale import spread
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.panels.chart.text import text_width
from sigma_desktop.theme.tokens import Token, color, font

_LABEL_LEFT_PX, _LABEL_HEIGHT_PX = 14, 19
_PADDING_PX = 9
_LINE_ALPHA = 190


class Dash(Enum):
    """Length of a dash and of the gap after it, logical pixels."""

    DASHED = (3, 3)
    DOTTED = (1, 3)
    LONG = (6, 4)


@dataclass(frozen=True, slots=True)
class Level:
    """A price drawn across the chart: ``tag`` stands at the price axis, ``label`` at the left."""

    price: float
    token: Token
    dash: Dash
    tag: str
    label: str = ""
    label_token: Token = Token.T0

    @property
    def tag_text_token(self) -> Token:
        """What reads on the tag."""
        return Token.ON_UP if self.token in (Token.UP, Token.DOWN, Token.WARN) else Token.ON_ACCENT


class LevelLayer:
    """Paints ``levels``, the last on top."""

    def __init__(self, exposure: Exposure) -> None:
        self._exposure = exposure
        self._rectangles = Rectangles()
        self.levels: tuple[Level, ...] = ()

    def paint(self, painter: QPainter, frame: Frame, series: ChartSeries) -> None:
        """Paint each line, then the labels over them."""
        for level in self.levels:
            self._paint_line(painter, frame, level)
        with logical_space(painter, frame) as ratio:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            painter.setFont(font(11, 600))
            for level, box in label_boxes(self.levels, lambda price: (frame.y(price) - frame.top) / ratio):
                if self._exposure.touches(box):
                    _paint_label(painter, level, box)

    def _paint_line(self, painter: QPainter, frame: Frame, level: Level) -> None:
        dash, gap = (max(1, round(length * frame.ratio)) for length in level.dash.value)
        left = np.arange(frame.left, frame.right, dash + gap)
        rows = self._rectangles.rows(len(left))
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = left, np.floor(frame.y(level.price)), dash, frame.hair
        painter.setBrush(color(level.token, _LINE_ALPHA))
        self._rectangles.draw(painter)


def label_boxes(levels: Sequence[Level], y: Callable[[float], float]) -> list[tuple[Level, QRect]]:
    """Where the labels of ``levels`` stand, in logical pixels of the plot area; ``y`` gives the row of a price.

    The last one's place is true, the others make room for it.
    """
    labelled = [level for level in levels if level.label]
    rows = spread([y(level.price) for level in labelled], _LABEL_HEIGHT_PX + 2)
    return [(level, _label_box(level.label, round(row))) for level, row in zip(labelled, rows, strict=True)]


def _label_box(text: str, row: int) -> QRect:
    width = round(text_width(text, 11, 600)) + 2 * _PADDING_PX
    return QRect(_LABEL_LEFT_PX, row - _LABEL_HEIGHT_PX // 2, width, _LABEL_HEIGHT_PX)


def _paint_label(painter: QPainter, level: Level, box: QRect) -> None:
    painter.setPen(color(level.token))
    painter.setBrush(color(Token.BG2))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(color(level.label_token))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, level.label)
