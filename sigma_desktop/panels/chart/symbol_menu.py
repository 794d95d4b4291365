"""The list of markets to choose from, each with its price and how far it has moved in a day."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget, QWidgetAction

from sigma_desktop.bridge.state import TerminalState
from sigma_desktop.panels.chart.changes import day_change
from sigma_desktop.theme import format
from sigma_desktop.theme.tokens import Token, color, font
from sigma_engine import short

_ROW = QSize(268, 32)
_PADDING_PX, _CHANGE_PX = 12, 68


class SymbolRow(QAbstractButton):
    """One market: its name, its price, its change in a day."""

    def __init__(self, state: TerminalState, symbol: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        change = day_change(state, symbol)
        self._is_selected = symbol == state.selected
        self._price = format.price(state.prices.get(symbol, float("nan")), state.price_decimals(symbol))
        self._change = format.NOTHING if change is None else format.percent(change, 2, signed=True)
        self._token = Token.T2 if not change else Token.UP if change > 0 else Token.DOWN
        self.setText(short(symbol))
        self.setAccessibleName(f"{short(symbol)} {self._price} {self._change}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """One row."""
        return _ROW

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the three columns."""
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus() or self._is_selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(Token.BG3))
            painter.drawRoundedRect(self.rect(), 5, 5)
        room = self.rect().adjusted(_PADDING_PX, 0, -_PADDING_PX, 0)
        self._write(painter, room, Qt.AlignmentFlag.AlignLeft, 600, Token.T0, self.text())
        self._write(painter, room, Qt.AlignmentFlag.AlignRight, 500, self._token, self._change)
        room.setRight(room.right() - _CHANGE_PX)
        self._write(painter, room, Qt.AlignmentFlag.AlignRight, 400, Token.T1, self._price)

    @staticmethod
    def _write(painter: QPainter, room: QRect, side: Qt.AlignmentFlag, weight: int, token: Token, text: str) -> None:
        painter.setFont(font(12, weight))
        painter.setPen(color(token))
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)


class SymbolMenu(QMenu):
    """Filled anew each time it opens; `chosen` tells the symbol."""

    chosen = Signal(str)

    def __init__(self, state: TerminalState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setAccessibleName(self.tr("Markets"))
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List the session's markets with their prices of now."""
        self.clear()
        for symbol in self._state.symbols:
            self._add_row(symbol)
        if not self._state.symbols:
            self.addAction(self.tr("No market is open yet")).setEnabled(False)

    def _add_row(self, symbol: str) -> None:
        action = QWidgetAction(self)
        row = SymbolRow(self._state, symbol)
        action.setDefaultWidget(row)
        row.clicked.connect(action.trigger)
        action.triggered.connect(lambda: self._choose(symbol))
        self.addAction(action)

    def _choose(self, symbol: str) -> None:
        self.close()
        self.chosen.emit(symbol)
