"""The newest forecast: where the price may go, as bands that widen with the square root of time."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from sigma_desktop.panels.chart.frame import Frame
from sigma_desktop.panels.chart.primitives import polygon
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.theme.tokens import Token, color
from sigma_engine import Signal

_WIDEST = 0.9
_FILL_ALPHA, _EDGE_ALPHA = 22, 60
_POINTS = 25


@dataclass(frozen=True, slots=True)
class Fan:
    """Bands ``(coverage, low, high)`` in prices, ``bars`` bars after ``start``, where the price was ``price``."""

    start: int
    bars: float
    price: float
    bands: tuple[tuple[float, float, float], ...]

    @classmethod
    def of(cls, signal: Signal | None, series: ChartSeries, base_ms: int) -> "Fan | None":
        """The forecast of ``signal`` on ``series``, None without; its horizon is in candles of ``base_ms``."""
        if signal is None or signal.forecast is None or not series.count:
            return None
        bands = tuple(band for band in signal.forecast.bands if band[0] <= _WIDEST)
        bars = signal.forecast.horizon_bars * base_ms / series.interval_ms
        return cls(series.bar_of(signal.bar_ms), bars, signal.price, bands) if bands else None

    @property
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest price of all bands."""
        return min(low for _, low, _ in self.bands), max(high for _, _, high in self.bands)


class FanLayer:
    """Paints ``fan``, widest band first, so that the likelier ones stand out."""

    def __init__(self) -> None:
        self.fan: Fan | None = None

    def paint(self, painter: QPainter, frame: Frame, series: ChartSeries) -> None:
        """Paint the bands if any of them is in view."""
        fan = self.fan
        if fan is None or frame.x(fan.start) > frame.right or frame.x(fan.start + fan.bars) < frame.left:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(color(Token.ACCENT, _EDGE_ALPHA), frame.ratio))
        painter.setBrush(color(Token.ACCENT, _FILL_ALPHA))
        for _, low, high in sorted(fan.bands, reverse=True):
            _paint_band(painter, frame, fan, low, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)


def _paint_band(painter: QPainter, frame: Frame, fan: Fan, low: float, high: float) -> None:
    spent = np.linspace(0.0, 1.0, _POINTS) ** 2
    x = (fan.start + spent * fan.bars) * frame.sx + frame.dx
    spread = np.sqrt(spent)
    upper, lower = (fan.price * (edge / fan.price) ** spread * frame.sy + frame.dy for edge in (high, low))
    painter.drawPolygon(polygon(np.concatenate((x, x[::-1])), np.concatenate((upper, lower[::-1]))))
