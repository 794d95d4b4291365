"""Cards side by side; the last ones give way where the row is narrow."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sigma_desktop.widgets.metric_card import MetricCard

NARROWEST, FEWEST = 148, 3


class CardRow(QWidget):
    """Shows as many of ``cards`` as have room, in their order."""

    def __init__(self, cards: Sequence[MetricCard], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards = tuple(cards)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 6)
        row.setSpacing(8)
        for card in self._cards:
            row.addWidget(card, 1)

    def set_compact(self, compact: bool) -> None:
        """Lower cards, for small screens."""
        for card in self._cards:
            card.set_compact(compact)

    def minimumSizeHint(self) -> QSize:
        """Room for the fewest."""
        return QSize(FEWEST * 60, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide anew how many fit."""
        super().resizeEvent(event)
        fitting = max(FEWEST, (self.width() - 8) // (NARROWEST + 8))
        for at, card in enumerate(self._cards):
            card.setVisible(at < fitting)
