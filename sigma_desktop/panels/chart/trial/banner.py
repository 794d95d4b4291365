"""What stands over a backtest on the chart, so that nobody takes it for the market."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from sigma_desktop.models.verdict import period
from sigma_desktop.panels.chart.overlay_menu import OverlayMenu
from sigma_desktop.theme.tokens import Token, value
from sigma_desktop.widgets.buttons import Kind, PushButton, ToolButton
from sigma_desktop.widgets.elided import ElidedLabel
from sigma_engine import BacktestResult, short

_HEIGHT_PX = 44


class Banner(QFrame):
    """``Backtest · EMA Trend · BTC/USDT · 1 Jan to 31 Dec 2023``, the ways to move in it, and the way out."""

    left = Signal()
    symbolChosen = Signal(str)  # noqa: N815 a Qt signal
    stepped = Signal(int)
    """To the next trade (+1) or the one before (-1)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT_PX)
        self.words = ElidedLabel(13, 600)
        self.symbols = ToolButton("chevron-down", "Show another market of this backtest")
        self.before = ToolButton("chevron-left", "The trade before")
        self.after = ToolButton("chevron-right", "The next trade")
        self.overlays = OverlayMenu(self)
        self.back = PushButton("Back to the market", Kind.PRIMARY)
        self.back.setAccessibleName("Back to the market")
        self.back.setToolTip("Show the market again; the backtest stays in its dock")
        self._lay_out()
        self.back.clicked.connect(self.left)
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after.clicked.connect(lambda: self.stepped.emit(1))

    def show_result(self, result: BacktestResult, symbol: str) -> None:
        """Name the backtest and the market shown of it."""
        when = period(result.from_ms, result.to_ms)
        self.words.show_text(f"Backtest · {result.strategy} · {short(symbol)} · {when}")
        self._offer(result.symbols, symbol)

    def _offer(self, symbols: Sequence[str], shown: str) -> None:
        menu = self.symbols.menu()
        assert isinstance(menu, QMenu)
        menu.clear()
        for symbol in symbols:
            action = menu.addAction(short(symbol))
            action.setCheckable(True)
            action.setChecked(symbol == shown)
            action.triggered.connect(partial(self.symbolChosen.emit, symbol))
        self.symbols.setText(short(shown))
        self.symbols.setVisible(len(symbols) > 1)

    def _lay_out(self) -> None:
        popup = QToolButton.ToolButtonPopupMode.InstantPopup
        self.symbols.setMenu(QMenu(self))
        self.symbols.setPopupMode(popup)
        self.symbols.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.symbols.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        indicators = ToolButton("chart-line", "Choose indicators to draw", "Indicators")
        indicators.setPopupMode(popup)
        indicators.setMenu(self.overlays)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.words, 1)
        for button in (self.symbols, self.before, self.after, indicators, self.back):
            row.addWidget(button)
        self.setStyleSheet(
            f"Banner {{ background: {value(Token.BG2)}; border: 0; border-left: 4px solid {value(Token.WARN)};"
            f" border-bottom: 1px solid {value(Token.LINE2)}; }}"
        )
