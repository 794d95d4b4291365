"""The band at the top: whose money it is, how it stands, what the engine does, and the buttons that matter most."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from sigma_desktop.widgets.buttons import Kind, PushButton, ToolButton
from sigma_desktop.widgets.header_parts import Badge, Bell, Logo, Note, Pill, Rule, Stat

HEIGHT, COMPACT_HEIGHT = 62, 52
_SPACING, _LEFT, _RIGHT = 8, 18, 12
_NARROW, _MIDDLING = 760, 1000


class Header(QFrame):
    """Lays its parts out by importance: with less room the figures give way first, the badge and the buttons never.

    The kill switch stands apart from Stop, so that one is not pressed for the other.
    """

    killPressed = Signal()  # noqa: N815 a Qt signal
    pausePressed = Signal()  # noqa: N815 a Qt signal
    stopPressed = Signal()  # noqa: N815 a Qt signal

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setFixedHeight(HEIGHT)
        self.logo, self.badge, self.pill, self.note = Logo(), Badge(), Pill(), Note()
        self.balance = Stat("Balance", "Settled money, USDT; open profit is not in it")
        self.today = Stat("Today's P&L", "Change of equity since 00:00 UTC, USDT")
        self.unrealised = Stat("Unrealised", "Profit of the open positions at their last prices, USDT")
        self.drawdown = Stat("Drawdown", "How far equity lies below its highest")
        self.stats = (self.balance, self.today, self.unrealised, self.drawdown)
        self.pause = PushButton("Pause entries", Kind.GHOST, "pause")
        self.stop = PushButton("Stop", Kind.DANGER, "stop")
        self.kill = PushButton("Kill switch", Kind.ALARM, "hand-back-right")
        self.kill.setToolTip("Open nothing more and cancel what waits, at once and without a question (Ctrl+Shift+K)")
        self.kill.setAccessibleName("Kill switch")
        self.kill.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a space bar meant for something else must not press it
        self.bell, self.menu = Bell(), ToolButton("menu", "Menu (F10)")
        self.menu.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        self._rules = Rule(), Rule(), Rule()
        self._arrange()
        self.pause.clicked.connect(self.pausePressed)
        self.stop.clicked.connect(self.stopPressed)
        self.kill.clicked.connect(self.killPressed)

    def set_compact(self, compact: bool) -> None:
        """Lower, for small screens."""
        self.setFixedHeight(COMPACT_HEIGHT if compact else HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """What never gives way: badge, state and the buttons."""
        return QSize(400, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide anew what fits."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Show as much as there is room for, the most important first."""
        self.logo.set_with_name(self.width() >= _NARROW)
        self.badge.set_short(self.width() < _MIDDLING)
        self.pause.set_terse(self.width() < _NARROW)
        self.kill.set_terse(self.width() < _MIDDLING)
        for rule in self._rules:
            rule.setVisible(self.width() >= _MIDDLING)
        room = self.width() - _LEFT - _RIGHT - self._fixed_width()
        for part in (*self.stats, self.note):
            room -= part.sizeHint().width() + _SPACING
            part.setVisible(room >= 0)

    def _fixed_width(self) -> int:
        parts = [self.logo, self.badge, self.pill, self.pause, self.stop, self.kill, self.bell, self.menu]
        parts += [rule for rule in self._rules if rule.isVisibleTo(self)]
        return sum(part.sizeHint().width() + _SPACING for part in parts)

    def _arrange(self) -> None:
        for button in (self.pause, self.stop, self.kill):
            button.setFixedHeight(34)
        for square in (self.bell, self.menu):
            square.setFixedSize(34, 34)
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT, 0, _RIGHT, 0)
        row.setSpacing(_SPACING)
        row.addWidget(self.logo)
        row.addWidget(self.badge)
        row.addWidget(self._rules[0])
        for stat in self.stats:
            row.addWidget(stat)
        row.addStretch(1)
        for part in (self.pill, self.note, self._rules[1], self.pause, self.stop, self._rules[2], self.kill):
            row.addWidget(part)
        for square in (self.bell, self.menu):
            row.addWidget(square)
