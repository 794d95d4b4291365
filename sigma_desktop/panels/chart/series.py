"""What is charted: one market at one timeframe, closed candles and the forming one, with overlays."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sigma_desktop.panels.chart.aggregation import Folding
from sigma_desktop.panels.chart.overlays import Overlay, OverlayCurves
from sigma_desktop.panels.chart.pyramid import Pyramid
from sigma_desktop.panels.chart.ticks import time_at
from sigma_engine import Candle, Candles, Timeframe

_SPARE = 256


class ChartSeries:
    """Candles of ``base`` shown as candles of ``shown``, an equal or longer timeframe that ``base`` divides.

    The last candle may be forming: it is replaced at each tick and settled when it closes.
    """

    def __init__(self, candles: Candles, base: Timeframe, shown: Timeframe, overlays: Iterable[Overlay]) -> None:
        self.interval_ms = shown.interval_ms
        self._shown = shown
        self._folding = Folding(base.interval_ms, shown.interval_ms)
        finished = self._folding.load(candles)
        self.pyramid = Pyramid(finished)
        self.curves = OverlayCurves(overlays, finished, shown)
        self._stamps = np.empty(len(finished) + _SPARE, np.int64)
        self._stamps[: len(finished)] = finished.open_ms
        self._has_live = False
        self._closed_ms = int(candles.open_ms[-1]) if len(candles) else -1
        self.tick(None)

    @property
    def count(self) -> int:
        """How many candles are shown, the forming one included."""
        return self.pyramid.count

    @property
    def open_ms(self) -> NDArray[np.int64]:
        """When each candle opened; a view."""
        return self._stamps[: self.count]

    def candle(self, at: int) -> Candle:
        """Candle ``at``, negative from the end."""
        column = self.pyramid.level(0)[:, at]
        return Candle(int(self.open_ms[at]), *(float(price) for price in column))

    def nearest(self, bar: float) -> int:
        """The candle nearest to ``bar``."""
        return min(max(round(bar), 0), self.count - 1)

    def bar_of(self, at_ms: int) -> int:
        """The candle in which ``at_ms`` lies; -1 before the first."""
        return int(np.searchsorted(self.open_ms, at_ms, "right")) - 1

    def time_at(self, bar: float) -> int:
        """When the candle nearest ``bar`` opens, also beyond the last."""
        return time_at(self.open_ms, self.interval_ms, bar)

    def close(self, candle: Candle) -> None:
        """Take in a closed candle of the base timeframe; one that is not newer than the last changes nothing."""
        if candle.open_ms <= self._closed_ms:
            return
        self._closed_ms = candle.open_ms
        for finished in self._folding.close(candle):
            self._settle(finished)
        self.tick(None)

    def tick(self, forming: Candle | None) -> None:
        """Show ``forming``, a candle of the base timeframe, in the last candle; None shows what is known without."""
        if forming is not None and forming.open_ms <= self._closed_ms:
            return
        candle = self._folding.live(forming)
        if candle is None:
            return
        replaces = self._has_live and candle.open_ms == self._last_ms
        self._put(candle, self.curves.preview(candle), replaces)
        self._has_live = True

    def lay(self, overlays: Iterable[Overlay]) -> None:
        """Show these overlays from now on."""
        settled = self.count - self._has_live
        columns = self.pyramid.level(0)[:, :settled]
        closed = Candles(self.open_ms[:settled].copy(), *(np.ascontiguousarray(column) for column in columns))
        self.curves = OverlayCurves(overlays, closed, self._shown)
        if self._has_live:
            self.curves.append(self.curves.preview(self.candle(-1)))

    @property
    def _last_ms(self) -> int:
        return int(self._stamps[self.count - 1])

    def _settle(self, candle: Candle) -> None:
        replaces = self._has_live and candle.open_ms == self._last_ms
        self._put(candle, self.curves.settled(candle), replaces)
        self._has_live = False

    def _put(self, candle: Candle, values: NDArray[np.float64], replaces: bool) -> None:
        if replaces:
            self.pyramid.replace_last(candle)
            self.curves.replace_last(values)
            return
        if self.count == len(self._stamps):
            self._stamps = np.resize(self._stamps, 2 * self.count)
        self._stamps[self.count] = candle.open_ms
        self.pyramid.append(candle)
        self.curves.append(values)
