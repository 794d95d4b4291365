"""The icon among those of the system, where there is such a place: how things stand, the kill switch, the way back."""

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMainWindow, QMenu, QSystemTrayIcon

from sigma_desktop.actions import Actions, Do
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.models.standing import WORDS, pill
from sigma_desktop.theme.tokens import Token, color, font
from sigma_engine import AccountState

_SIZE_PX = 64


class Tray(QObject):
    """Never the only way to anything: without a tray the menu is simply not shown."""

    def __init__(self, terminal: Terminal, actions: Actions, window: QMainWindow) -> None:
        super().__init__(window)
        self._terminal, self._window = terminal, window
        self.menu = QMenu(window)
        self.state = QAction("No market is open", self)
        self.state.setEnabled(False)
        self.show_window = QAction("Show SIGMA", self)
        self.show_window.triggered.connect(self.bring_up)
        self._fill(actions)
        self.icon = self._shown() if QSystemTrayIcon.isSystemTrayAvailable() else None
        terminal.changed.connect(self._hear)
        self._tell()

    def bring_up(self) -> None:
        """Show the window in front of the others."""
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def leave(self) -> None:
        """Take the icon away."""
        if self.icon is not None:
            self.icon.hide()

    def _fill(self, actions: Actions) -> None:
        self.menu.addAction(self.state)
        self.menu.addSeparator()
        self.menu.addActions([actions[Do.KILL], self.show_window, actions[Do.QUIT]])

    def _shown(self) -> QSystemTrayIcon:
        shown = QSystemTrayIcon(tray_icon(None), self)
        shown.setContextMenu(self.menu)
        shown.activated.connect(self._press)
        shown.show()
        return shown

    def _press(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.bring_up()

    def _hear(self, changed: frozenset[Topic]) -> None:
        if changed & {Topic.RUN, Topic.STANDING}:
            self._tell()

    def _tell(self) -> None:
        """The state line, and the same words and colour on the icon."""
        state = self._terminal.state
        if state.status is None or state.standing is None:
            return
        run, _ = pill(state.status, state.standing)
        account, token = WORDS[state.standing.state]
        words = run if state.standing.state is not AccountState.ACTIVE else f"{run} · {account.lower()}"
        self.state.setText(words)
        if self.icon is not None:
            self.icon.setToolTip(f"{self._window.windowTitle()}\n{words}")
            self.icon.setIcon(tray_icon(None if state.standing.state is AccountState.ACTIVE else token))


def tray_icon(mark: Token | None) -> QIcon:
    """The sign on dark ground, with a dot in the colour of ``mark``."""
    picture = QPixmap(_SIZE_PX, _SIZE_PX)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(Token.BG2))
    painter.drawRoundedRect(QRectF(0, 0, _SIZE_PX, _SIZE_PX), 14, 14)
    painter.setPen(color(Token.ACCENT))
    painter.setFont(font(46, 700))
    painter.drawText(picture.rect(), Qt.AlignmentFlag.AlignCenter, "Σ")
    if mark is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(mark))
        painter.drawEllipse(QRectF(_SIZE_PX - 26, _SIZE_PX - 26, 24, 24))
    painter.end()
    return QIcon(picture)
