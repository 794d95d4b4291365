"""Column titles: what each means on hover, sorting on a press."""

from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from sigma_desktop.models.rows import RowModel
from sigma_desktop.theme.tokens import Token, color, font
from sigma_desktop.widgets.delegates import alignment, inner

HEADER_HEIGHT = 27


class Header(QHeaderView):
    """Column titles; a press sorts, downwards first, then upwards, then as given."""

    def __init__(self, model: RowModel[Any], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = model
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self.setFixedHeight(HEADER_HEIGHT)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(16)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.sectionClicked.connect(self.sort_by)

    def sort_by(self, section: int) -> None:
        """Take the next of the three orders of ``section``."""
        if self._rows.columns[section].key is None:
            return
        down, up = (section, Qt.SortOrder.DescendingOrder), (section, Qt.SortOrder.AscendingOrder)
        self._sorted = up if self._sorted == down else None if self._sorted == up else down
        self._rows.sort(*(self._sorted or (-1, Qt.SortOrder.AscendingOrder)))
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """The title and, where sorted by it, which way."""
        column = self._rows.columns[section]
        arrow = ""
        if self._sorted is not None and self._sorted[0] == section:
            arrow = " \u2193" if self._sorted[1] is Qt.SortOrder.DescendingOrder else " \u2191"
        painter.setFont(font(11, 500))
        painter.setPen(color(Token.T0 if arrow else Token.T2))
        painter.drawText(inner(rect, section), alignment(column), column.title + arrow)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), color(Token.LINE))
