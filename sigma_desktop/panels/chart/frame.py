"""Where the data lie in device pixels while one paint lasts."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from sigma_desktop.panels.chart.pyramid import Pyramid

_MARGIN_PX = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """Bars and prices to device pixels: ``x = bar * sx + dx``, ``y = price * sy + dy`` with ``sy`` negative.

    ``left``, ``top``, ``right``, ``bottom`` bound the whole plot area in device pixels; candles ``start`` up to, not
    with, ``stop`` are to be painted, at ``level`` of the pyramid; ``ratio`` is device pixels over logical ones and
    need not be whole.
    """

    sx: float
    dx: float
    sy: float
    dy: float
    left: int
    top: int
    right: int
    bottom: int
    ratio: float
    level: int = 0
    start: int = 0
    stop: int = 0

    @property
    def width(self) -> int:
        """Of the plot area, device pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Of the plot area, device pixels."""
        return self.bottom - self.top

    @property
    def hair(self) -> int:
        """The thinnest line that still reads: about one logical pixel, in whole device pixels."""
        return max(1, int(self.ratio))

    def x(self, bar: float) -> float:
        """Device x of the middle of ``bar``."""
        return bar * self.sx + self.dx

    def y(self, price: float) -> float:
        """Device y of ``price``."""
        return price * self.sy + self.dy

    def of(self, pyramid: Pyramid) -> tuple["Frame", "Frame"]:
        """This frame for the settled candles in view, and for the last bucket, the only one a tick can change."""
        level = pyramid.pick(self.width / self.sx, self.width)
        last = (max(0, pyramid.count - 1) >> level) << level
        margin = math.ceil(_MARGIN_PX * self.ratio / self.sx)
        start = max(0, math.floor((self.left - self.dx) / self.sx) - margin)
        stop = min(last, math.ceil((self.right - self.dx) / self.sx) + margin)
        settled = replace(self, level=level, start=start, stop=max(start, stop))
        return settled, replace(self, level=level, start=last, stop=pyramid.count)


@contextmanager
def device_space(painter: QPainter, view: QRectF) -> Iterator[Frame]:
    """Let ``painter`` count in device pixels, inside ``view`` only; ``view`` is in its data coordinates so far.

    Snapping to whole device pixels is right at any scale only in these coordinates, fractional ones included.
    """
    data = painter.deviceTransform()
    area = data.mapRect(view)
    left, top, right, bottom = (round(edge) for edge in (area.left(), area.top(), area.right(), area.bottom()))
    painter.save()
    painter.resetTransform()
    widget = painter.deviceTransform()
    painter.setWorldTransform(widget.inverted()[0])
    frame = Frame(data.m11(), data.dx(), data.m22(), data.dy(), left, top, right, bottom, widget.m11())
    painter.setClipRect(frame.left, frame.top, frame.width, frame.height, Qt.ClipOperation.IntersectClip)
    yield frame
    painter.restore()


@contextmanager
def logical_space(painter: QPainter, frame: Frame) -> Iterator[float]:
    """Let a painter in device pixels count in logical ones from the corner of the plot area; gives the ratio."""
    painter.save()
    painter.translate(frame.left, frame.top)
    painter.scale(frame.ratio, frame.ratio)
    yield frame.ratio
    painter.restore()
