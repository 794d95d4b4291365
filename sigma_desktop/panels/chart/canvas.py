"""The drawing surface: plot area, axes and crosshair, kept in step with a window of time and a scale of prices."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pyqtgraph
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from sigma_desktop.panels.chart.axes import PRICE_AXIS_PX, TIME_AXIS_PX, PriceAxis, TimeAxis
from sigma_desktop.panels.chart.crosshair import Crosshair
from sigma_desktop.panels.chart.exposure import Exposure
from sigma_desktop.panels.chart.layers.candles import CandleLayer
from sigma_desktop.panels.chart.layers.curves import CurveLayer
from sigma_desktop.panels.chart.layers.fan import Fan, FanLayer
from sigma_desktop.panels.chart.layers.grid import GridLayer
from sigma_desktop.panels.chart.layers.levels import Level, LevelLayer
from sigma_desktop.panels.chart.layers.markers import MarkerLayer, TradeMark
from sigma_desktop.panels.chart.layers.volume import VolumeLayer
from sigma_desktop.panels.chart.legend import Legend
from sigma_desktop.panels.chart.overlays import Overlay
from sigma_desktop.panels.chart.plot_area import PlotArea
from sigma_desktop.panels.chart.readout import Line
from sigma_desktop.panels.chart.regions import Plate, last_strip, plates
from sigma_desktop.panels.chart.scale import PriceScale, fitted
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.panels.chart.ticks import price_ticks, time_ticks
from sigma_desktop.panels.chart.window import TimeWindow
from sigma_desktop.theme import format
from sigma_desktop.theme.tokens import Token, color
from sigma_desktop.widgets.quiet import paint_quiet_word
from sigma_engine import as_datetime


class Canvas(pyqtgraph.GraphicsView):  # type: ignore[misc]
    """Shows a `ChartSeries`; ``seen`` is the window of time and ``prices`` the scale, both changed through `look`.

    A tick repaints the last candle's width and the rows of the prices that moved, nothing else.
    """

    hovered = Signal(int)
    """The candle under the pointer; -1 when the pointer has left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._view_box = pyqtgraph.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0)
        self.seen = TimeWindow()
        self.prices = PriceScale()
        self.stretch = 1.0
        self.series: ChartSeries | None = None
        self._quiet = ("", "")
        self._has_ring = False
        self._price_decimals = 2
        self._fit = (math.nan, math.nan)
        self._pointer: QPoint | None = None
        self._is_gathering = self._is_stale = False
        self._exposure, self._legend = Exposure(), Legend()
        self._make_layers()
        super().__init__(parent, background=color(Token.BG1))
        self._make_scene()
        self._crosshair = Crosshair(self.viewport())

    @property
    def plot(self) -> QRect:
        """Where the candles are, in pixels of the widget."""
        return QRect(0, 0, max(1, self.width() - PRICE_AXIS_PX), max(1, self.height() - TIME_AXIS_PX))

    @property
    def levels(self) -> tuple[Level, ...]:
        """The prices drawn across the chart."""
        return self._levels.levels

    @property
    def legend(self) -> tuple[Line, ...]:
        """The lines of figures over the candles."""
        return self._legend.lines

    @property
    def marks(self) -> tuple[TradeMark, ...]:
        """The trades drawn."""
        return self._markers.marks

    @property
    def fan(self) -> Fan | None:
        """The forecast drawn."""
        return self._fan.fan

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Have the frame be fitted once for all that changes inside, not once for each; the outermost one fits it."""
        if self._is_gathering:
            yield
            return
        self._is_gathering, self._is_stale = True, False
        try:
            yield
        finally:
            self._is_gathering = False
            if self._is_stale:
                self._reframe()

    def show_series(self, series: ChartSeries | None, price_decimals: int, anew: bool = True) -> None:
        """Show ``series``; ``anew`` from its newest candle, without what was drawn over the one before."""
        self.series, self._area.series = series, series
        self._price_decimals = price_decimals
        count = series.count if series else 0
        if anew:
            self.stretch = 1.0
            self._levels.levels = self._price_axis.levels = ()
            self._markers.show(())
            self._fan.fan = None
            self.seen = self.seen.grown(count, 0.0).latest()
        self.look(self.seen.grown(count, self.seen.ahead))

    def look(self, seen: TimeWindow, stretch: float | None = None) -> None:
        """Show the bars of ``seen``, and ``stretch`` times as many prices as needed."""
        self.seen = seen
        self.stretch = self.stretch if stretch is None else stretch
        self._reframe()

    def advance(self) -> None:
        """The last candle moved, or candles were added."""
        if self.series is None:
            return
        if self.series.count != self.seen.count or self._is_outgrown():
            self.seen = self.seen.grown(self.series.count, self.seen.ahead)
            self._reframe()
        else:
            self.viewport().update(last_strip(self.series.pyramid, self.seen, self.plot))

    def set_levels(self, levels: tuple[Level, ...]) -> None:
        """Draw ``levels``; the last is the newest price, which alone does not widen the scale."""
        before = self.levels
        if levels == before:
            return
        plates = self._plates()
        self._levels.levels = self._price_axis.levels = levels
        if [level.price for level in before[:-1]] != [level.price for level in levels[:-1]]:
            self._reframe()
            return
        for box, _ in plates ^ self._plates():
            self.viewport().update(box)

    def set_marks(self, marks: Iterable[TradeMark]) -> None:
        """Draw the trades ``marks``."""
        self._markers.show(marks)
        self._repaint()

    def set_fan(self, fan: Fan | None) -> None:
        """Draw the forecast ``fan``, making room for it while following."""
        if fan == self.fan:
            return
        self._fan.fan = fan
        ahead = 0.0 if fan is None else max(0.0, fan.start + fan.bars + 2 - self.seen.count)
        self.look(self.seen.grown(self.seen.count, ahead))

    def say(self, title: str, hint: str) -> None:
        """While there are no candles, say ``title`` and below it ``hint``."""
        if (title, hint) != self._quiet:
            self._quiet = (title, hint)
            self.viewport().update()

    def show_ring(self, has_ring: bool) -> None:
        """Show that the keyboard acts on this chart, or no more."""
        self._has_ring = has_ring
        self.viewport().update()

    def set_legend(self, *lines: Line) -> None:
        """Show ``lines`` over the candles; empty ones take no room."""
        lines = tuple(line for line in lines if line)
        if lines == self._legend.lines:
            return
        before, head_px = self._legend.box, self._legend.head_px
        self._legend.lines = lines
        self.viewport().update((before | self._legend.box).adjusted(-4, 0, 4, 0))
        if head_px != self._legend.head_px:
            self._reframe()

    def point_at(self, at: QPoint | None) -> None:
        """Move the crosshair to ``at``, or away."""
        self._pointer = at if at is not None and self.series is not None and self.plot.contains(at) else None
        if self._pointer is None or self.series is None or not self.series.count:
            self._crosshair.hide()
            self.hovered.emit(-1)
            return
        bar = self.bar_at(self._pointer.x())
        opened = as_datetime(self.series.time_at(bar))
        price = format.price(self.prices.price(self._pointer.y()), self._price_decimals)
        middle = math.floor((round(bar) - self.seen.left) * self.seen.bar_px)
        centre = QPoint(middle, self._pointer.y())
        self._crosshair.show(centre, self.plot, price, f"{opened:%a %d %b %H:%M}")
        self.hovered.emit(self.series.nearest(bar))

    def bar_at(self, x: float) -> float:
        """The bar coordinate ``x`` pixels from the left."""
        return self.seen.left + x / self.seen.bar_px

    def lay_overlays(self, overlays: Iterable[Overlay]) -> None:
        """Draw these curves over the candles."""
        if self.series is not None:
            self.series.lay(overlays)
            self._repaint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Note what is to be painted, then paint it."""
        self._exposure.region = event.region()
        super().paintEvent(event)

    def close(self) -> bool:
        """Close as any widget does: pyqtgraph's way deletes the scene under items that are still in use."""
        return QWidget.close(self)

    def changeEvent(self, event: QEvent) -> None:
        """Take on another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setBackground(color(Token.BG1))
            self._repaint()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the legend, or in an empty chart what will appear here; a ring where the keys have come to."""
        if self.series is None or not self.series.count:
            paint_quiet_word(painter, self.viewport().rect(), *self._quiet)
        elif self._exposure.touches(self._legend.box):
            self._legend.paint(painter, self.plot.width())
        if self._has_ring:
            painter.setPen(color(Token.ACCENT))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the bars' width; show more or fewer of them."""
        super().resizeEvent(event)
        if event is None:  # it calls this itself while it is being built
            return
        plot = self.plot
        self._view_box.setGeometry(QRectF(plot))
        self._price_axis.place(QRectF(plot.width(), 0, PRICE_AXIS_PX, plot.height()))
        self._time_axis.place(QRectF(0, plot.height(), plot.width(), TIME_AXIS_PX))
        self.look(self.seen.sized(plot.width()))

    def _make_layers(self) -> None:
        self._grid, self._volume, self._fan = GridLayer(), VolumeLayer(), FanLayer()
        self._levels, self._markers = LevelLayer(self._exposure), MarkerLayer()
        curves, candles = CurveLayer(), CandleLayer()
        still = self._grid, self._volume, self._fan, curves, candles, self._markers
        self._area = PlotArea(still, (self._volume, curves, candles, self._markers, self._levels))
        self._price_axis, self._time_axis = PriceAxis(self._exposure), TimeAxis(self._exposure)

    def _make_scene(self) -> None:
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setOptimizationFlag(self.OptimizationFlag.DontAdjustForAntialiasing)
        self.setCentralWidget(None)
        self._view_box.disableAutoRange()
        clips = self._view_box.GraphicsItemFlag.ItemClipsChildrenToShape
        self._view_box.setFlag(clips, False)  # it clips by a path, which costs more than all painting; the area clips
        self._view_box.addItem(self._area, ignoreBounds=True)
        for item in (self._view_box, self._price_axis, self._time_axis):
            self.addItem(item)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    def _reframe(self) -> None:
        """Fit the prices to what is seen, bring axes and grid in step, repaint everything; gathered: later."""
        if self._is_gathering:
            self._is_stale = True
            return
        series, seen = self.series, self.seen
        if series is not None and series.count:
            low, high, volume = series.pyramid.extremes(math.floor(seen.left + 0.5), math.ceil(seen.right + 0.5))
            self._fit, self._volume.largest = (low, high), volume
            self.prices = fitted(low, high, self._nearby(), self.plot.height(), self._legend.head_px, self.stretch)
            self._set_view(QRectF(seen.left, self.prices.low, seen.bars, self.prices.high - self.prices.low))
        self._set_ticks()
        self._repaint()
        if self._pointer is not None:
            self.point_at(self._pointer)

    def _repaint(self) -> None:
        self._area.invalidate()
        self.viewport().update()

    def _set_view(self, view: QRectF) -> None:
        self._area.look_at(view)
        self._view_box.setRange(xRange=(view.left(), view.right()), yRange=(view.top(), view.bottom()), padding=0)
        self._view_box.updateMatrix()  # now: in the middle of a paint it would have everything painted twice

    def _set_ticks(self) -> None:
        series, seen, prices = self.series, self.seen, self.prices
        if series is None or not series.count:
            self._price_axis.ticks = self._time_axis.ticks = ()
            return
        times = time_ticks(series.open_ms, series.interval_ms, seen.left, seen.right, seen.bar_px)
        marks = price_ticks(prices.low, prices.high, prices.height_px, self._price_decimals)
        self._grid.times = self._time_axis.ticks = times
        self._grid.prices = self._price_axis.ticks = marks
        self._time_axis.seen, self._price_axis.prices = seen, prices

    def _nearby(self) -> list[float]:
        reach = self.fan.reach if self.fan is not None and self.seen.following else ()
        return [*(level.price for level in self.levels[:-1]), *reach]

    def _is_outgrown(self) -> bool:
        if self.series is None or not self.series.count or self.seen.right < self.series.count - 1:
            return False
        last, (low, high) = self.series.candle(-1), self._fit
        return not (low <= last.low and last.high <= high and last.volume <= self._volume.largest)

    def _plates(self) -> set[Plate]:
        return plates(self.levels, self._price_axis.tags(), self.prices, self.plot.width())
