"""What every layer of the plot area is."""

from typing import Protocol

from PySide6.QtGui import QPainter

from sigma_desktop.panels.chart.frame import Frame
from sigma_desktop.panels.chart.series import ChartSeries


class Layer(Protocol):
    """Paints one thing; holds nothing but what it needs for that."""

    def paint(self, painter: QPainter, frame: Frame, series: ChartSeries) -> None:
        """Paint the candles of ``frame``, or what belongs to them.

        The painter counts in device pixels, has no pen and is not antialiased; the layer leaves it so.
        """
        ...
