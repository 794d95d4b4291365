"""What stands over the chart: market, timeframe, the candle's figures, indicators, picture, full size."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from sigma_desktop.bridge.state import TerminalState
from sigma_desktop.panels.chart.overlay_menu import OverlayMenu
from sigma_desktop.panels.chart.overlays import Overlay
from sigma_desktop.panels.chart.readout import Readout
from sigma_desktop.panels.chart.symbol_menu import SymbolMenu
from sigma_desktop.theme.tokens import Token, font, value
from sigma_desktop.widgets.buttons import ToolButton
from sigma_engine import Timeframe, short

TIMEFRAMES = (Timeframe.M1, Timeframe.M5, Timeframe.M15, Timeframe.H1, Timeframe.H4)
_HEIGHT_PX = 44
_CHEVRON = QSize(14, 14)


class Toolbar(QWidget):
    """Tells by signal what was asked for; shows what it is told to."""

    symbolChosen = Signal(str)  # noqa: N815 a Qt signal
    timeframeChosen = Signal(object)  # noqa: N815 a Qt signal
    overlaysChanged = Signal()  # noqa: N815 a Qt signal
    pictureAsked = Signal()  # noqa: N815 a Qt signal
    maximised = Signal(bool)

    def __init__(self, state: TerminalState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT_PX)
        self.figures = Readout(12, self)
        self.figures.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._symbol = self._symbol_button(state)
        self._frames = QHBoxLayout()
        self._frames.setSpacing(2)
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(lambda button: self.timeframeChosen.emit(Timeframe(button.text())))
        self._menu = OverlayMenu(self)
        self._menu.changed.connect(self.overlaysChanged)
        self._lay_out()
        self.offer(None)

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """The overlays that are switched on."""
        return self._menu.chosen

    def choose_overlays(self, names: Sequence[str]) -> None:
        """Have exactly the overlays of these names switched on; says nothing of it."""
        self._menu.choose(names)

    @property
    def timeframe_buttons(self) -> dict[str, QToolButton]:
        """The timeframe buttons by their text, the shortest first."""
        return {button.text(): button for button in self._group.buttons() if isinstance(button, QToolButton)}

    def name(self, symbol: str) -> None:
        """Show ``symbol`` as the market."""
        self._symbol.setText(short(symbol) or self.tr("No market"))

    def offer(self, base: Timeframe | None) -> None:
        """Let those timeframes be chosen that candles of ``base`` can be shown as; None: none yet."""
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._frames.removeWidget(button)
            button.hide()
            button.deleteLater()
        frames = {*TIMEFRAMES, base} if base else {*TIMEFRAMES}
        for frame in sorted(frames, key=lambda frame: frame.interval_ms):
            self._add_timeframe(frame, base)

    def choose(self, timeframe: Timeframe) -> None:
        """Show ``timeframe`` as the one in use."""
        self.timeframe_buttons[timeframe].setChecked(True)

    def _add_timeframe(self, frame: Timeframe, base: Timeframe | None) -> None:
        button = ToolButton("", self.tr("Candles of {0}").format(frame), frame, parent=self)
        button.setCheckable(True)
        button.setMinimumWidth(38)
        if base is None or not can_show(base, frame):
            button.setEnabled(False)
            button.setToolTip(self._why_not(base, frame))
        self._group.addButton(button)
        self._frames.addWidget(button)

    def _why_not(self, base: Timeframe | None, frame: Timeframe) -> str:
        if base is None:
            return self.tr("Timeframes can be chosen once a session has opened.")
        text = self.tr("This session runs on candles of {0}; candles of {1} cannot be made from them.")
        return text.format(base, frame)

    def _symbol_button(self, state: TerminalState) -> QToolButton:
        button = ToolButton("chevron-down", self.tr("Choose the market"), parent=self)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        button.setIconSize(_CHEVRON)
        button.setFont(font(14, 650))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = SymbolMenu(state, button)
        menu.chosen.connect(self.symbolChosen)
        button.setMenu(menu)
        button.setObjectName("symbol")
        button.setStyleSheet(f"QToolButton {{ color: {value(Token.T0)}; }}")
        return button

    def _lay_out(self) -> None:
        indicators = ToolButton("chart-line", self.tr("Choose indicators to draw"), self.tr("Indicators"), parent=self)
        indicators.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        indicators.setMenu(self._menu)
        picture = ToolButton("camera-outline", self.tr("Save a picture of the chart"), parent=self)
        picture.clicked.connect(self.pictureAsked)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self._symbol)
        row.addSpacing(8)
        row.addLayout(self._frames)
        row.addSpacing(14)
        row.addWidget(self.figures, 1)
        for button in (indicators, picture, self._maximise_button()):
            row.addWidget(button)

    def _maximise_button(self) -> ToolButton:
        button = ToolButton("arrow-expand", self.tr("Give the chart the whole window"), parent=self)
        button.setCheckable(True)
        button.toggled.connect(lambda on: button.set_icon("arrow-collapse" if on else "arrow-expand"))
        button.toggled.connect(self.maximised)
        return button


def can_show(base: Timeframe, frame: Timeframe) -> bool:
    """Whether candles of ``base`` add up to candles of ``frame``."""
    return frame.interval_ms % base.interval_ms == 0
