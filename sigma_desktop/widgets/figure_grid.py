"""Figures set in columns, as many beside each other as there is room for."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from sigma_desktop.models.figures import Figure
from sigma_desktop.widgets.figure_label import FigureLabel


class FigureGrid(QWidget):
    """Shows figures in columns at least ``column_px`` wide, their values ``value_px`` high."""

    def __init__(self, column_px: int = 96, value_px: int = 13, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.labels: list[FigureLabel] = []
        self._column_px, self._value_px = column_px, value_px
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show exactly these."""
        while len(self.labels) > len(figures):
            label = self.labels.pop()
            self._grid.removeWidget(label)
            label.hide()
            label.deleteLater()
        while len(self.labels) < len(figures):
            self.labels.append(FigureLabel(self._value_px))
        for label, figure in zip(self.labels, figures, strict=True):
            label.show_figure(figure)
        self._set()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Set them anew where more or fewer fit beside each other."""
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._set()

    def _fitting(self) -> int:
        return max(1, self.width() // (self._column_px + self._grid.horizontalSpacing()))

    def _set(self) -> None:
        before, self._columns = self._columns, self._fitting()
        for at, label in enumerate(self.labels):
            self._grid.addWidget(label, at // self._columns, at % self._columns)
        for column in range(max(before, self._columns)):
            self._grid.setColumnStretch(column, int(column < self._columns))
        self.updateGeometry()
