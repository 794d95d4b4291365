"""The small dialog that opens paper trading: live prices of an exchange, a strategy, simulated money."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sigma_desktop.connecting.connect_layout import field_row
from sigma_desktop.laboratory.editors import Choice
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.buttons import Kind, PushButton
from sigma_desktop.widgets.note import Note
from sigma_desktop.widgets.wrapping import hug
from sigma_engine import VENUE_ACCESS, Mode, SessionRequest

WIDTH = 440
WORDS = (
    "Trades simulated money on an exchange's real prices, without keys. "
    "The present session is closed in good order and stays in the history."
)


class OpenPaper(QDialog):
    """Chooses an exchange and a strategy; ``opened`` tells the `SessionRequest`."""

    opened = Signal(object)

    def __init__(self, strategies: Sequence[str], present: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open paper trading")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.venue, self.strategy = Choice("Exchange"), Choice("Strategy")
        for access in VENUE_ACCESS:
            self.venue.addItem(access.title, access.venue)
        for name in strategies:
            self.strategy.addItem(name, name)
        if not self.strategy.choose(present):
            self.strategy.setCurrentIndex(0 if strategies else -1)
        self.open_, self.cancel = PushButton("Open", Kind.PRIMARY), PushButton("Cancel")
        self.open_.setDefault(True)
        self.open_.clicked.connect(self._open)
        self.cancel.clicked.connect(self.reject)
        self._lay_out()
        self.setFixedWidth(WIDTH)
        hug(self, WIDTH)

    def _open(self) -> None:
        chosen = self.strategy.currentData()
        self.opened.emit(SessionRequest(mode=Mode.PAPER, venue=str(self.venue.currentData()), strategy=chosen))
        self.accept()

    def _lay_out(self) -> None:
        column, foot = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(8)
        column.addWidget(Note(WORDS, Token.T1, 12))
        column.addSpacing(4)
        column.addWidget(field_row("Exchange", self.venue, Note()))
        column.addWidget(field_row("Strategy", self.strategy, Note()))
        column.addSpacing(4)
        foot.addStretch(1)
        foot.addWidget(self.open_)
        foot.addWidget(self.cancel)
        self.cancel.setAutoDefault(False)
        column.addLayout(foot)
