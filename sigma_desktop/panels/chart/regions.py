"""Which pixels a change touches, so that nothing else is painted."""

import math
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QRect, QRectF

from sigma_desktop.panels.chart.layers.levels import Level, label_boxes
from sigma_desktop.panels.chart.pyramid import Pyramid
from sigma_desktop.panels.chart.scale import PriceScale
from sigma_desktop.panels.chart.window import TimeWindow

_STRIP_MARGIN_PX = 10
Plate = tuple[QRect, tuple[str, ...]]


def last_strip(pyramid: Pyramid, seen: TimeWindow, plot: QRect) -> QRect:
    """Where the last bucket is painted, with the ends of the curves and the markers that lie beside it."""
    bars = 1.5 * (1 << pyramid.pick(seen.bars, plot.width()))
    end_px = (pyramid.count - 0.5 - seen.left) * seen.bar_px
    left, right = math.floor(end_px - bars * seen.bar_px) - _STRIP_MARGIN_PX, math.floor(end_px) + 2
    return QRect(left, plot.top(), right - left, plot.height()) & plot


def plates(
    levels: Sequence[Level], tags: Iterable[tuple[Level, QRectF]], prices: PriceScale, width_px: int
) -> set[Plate]:
    """Every place where a part of a level is painted, with what is painted there: its line, its label, its tag."""
    rows = [(level, QRect(0, round(prices.y(level.price)) - 2, width_px, 4)) for level in levels]
    lines = [(row, (level.token, level.dash.name)) for level, row in rows]
    labels = [(_around(box), (level.label, level.label_token)) for level, box in label_boxes(levels, prices.y)]
    plated = [(_around(box.toAlignedRect()), (level.tag, level.token)) for level, box in tags]
    return {*lines, *labels, *plated}


def _around(box: QRect) -> QRect:
    return box.adjusted(-1, -1, 1, 1)
