"""The window: header, cards, the chart with its docks around it, the status line; and what the menus do in it."""

from pathlib import Path

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QMainWindow, QVBoxLayout

from sigma_desktop import trials
from sigma_desktop.actions import Actions, Do
from sigma_desktop.bridge.connections import Connections
from sigma_desktop.bridge.pulse import LagMeter
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.connecting.accounts import Accounts
from sigma_desktop.controls import Controls
from sigma_desktop.docks import DockArea
from sigma_desktop.folders import Folders
from sigma_desktop.laboratory.desk import Desk
from sigma_desktop.memory import MemoryFile
from sigma_desktop.menus import Menus
from sigma_desktop.notices import Notices
from sigma_desktop.safeguards import Safeguards
from sigma_desktop.summary import Cards, Summary
from sigma_desktop.theme.style import dress
from sigma_desktop.theme.tokens import Palette
from sigma_desktop.tray import Tray
from sigma_desktop.widgets.band import AlertBand, HaltBand
from sigma_desktop.widgets.card_row import CardRow
from sigma_desktop.widgets.header import Header
from sigma_desktop.widgets.money_frame import MoneyFrame
from sigma_desktop.widgets.status_bar import StatusBar
from sigma_desktop.widgets.toast import Toasts
from sigma_desktop.workspaces import Workspaces, on_screen

NORMAL_SIZE = (1480, 900)
SMALLEST_SIZE = (640, 480)
COMPACT_BELOW = (1400, 840)
"""With less width or height than this the header and the cards are lower."""


class MainWindow(QMainWindow):
    """Built and shown before a session exists; `build_panels` and the session follow while it lives."""

    leaving = Signal()
    """The person wants to go; the window stays until it is told to `leave`."""
    replayChosen = Signal(object)  # noqa: N815 a Qt signal
    """Paths of candle files to replay."""
    demoChosen = Signal()  # noqa: N815 a Qt signal
    sessionChosen = Signal(object)  # noqa: N815 a Qt signal
    """A `SessionRequest` at an exchange, on paper or on an account."""

    def __init__(
        self,
        terminal: Terminal,
        folders: Folders,
        memory: MemoryFile,
        lag: LagMeter,
        connections: Connections | None = None,
    ) -> None:
        super().__init__()
        self.setMinimumSize(*SMALLEST_SIZE)
        self.terminal, self._memory, self._may_close = terminal, memory, False
        self.header, self.status, cards = Header(), StatusBar(), Cards()
        self.frame, self.halt, self.critical = MoneyFrame(), HaltBand(), AlertBand()
        self.cards = CardRow(cards.all)
        self.docks = DockArea(terminal)
        self.workspaces = Workspaces(self.docks, memory, self.docks.arrange)
        self._lay_out()
        self.toasts = Toasts(self)
        self.actions_ = Actions(self)
        self.summary = Summary(terminal, self.header, cards, self.status, lag, folders.data)
        self.controls = Controls(terminal, self.actions_, self.header, self)
        self.notices = Notices(terminal, self.header, self.status, self.toasts, self.critical, folders, self)
        self.safeguards = Safeguards(
            terminal, self.actions_, self.header, self.status, self.halt, self.frame, self.toasts, self
        )
        self.desk = Desk(terminal, self.actions_, self.status, self.toasts, memory, self)
        self.accounts = Accounts(terminal, self.actions_, connections or Connections(), self)
        self.accounts.chosen.connect(self.sessionChosen)
        self.trials = trials.connect(terminal.bench, self)
        self.menus = Menus(self, folders)
        self.tray = Tray(terminal, self.actions_, self)
        self.docks.chartMaximised.connect(self._give_chart_room)
        self.docks.setFocus()

    def open_at(self, size: tuple[int, int] | None, workspace: str | None) -> bool:
        """Take the size given, or the one of last time, and arrange the docks; False where no such workspace is."""
        frame = self._memory.memory.frame
        if size is not None:
            self.setFixedSize(*size)
        elif frame is not None:
            self.setGeometry(on_screen(QRect(*frame)))
        else:
            self.setGeometry(_first_frame())
        self.ensurePolished()
        self._settle_layout()
        self.docks.arrange()
        known = self.workspaces.restore(workspace)
        self.workspaces.watch()
        if size is None and self._memory.memory.maximised:
            self.setWindowState(Qt.WindowState.WindowMaximized)
        return known or workspace is None

    def keep_layout(self) -> None:
        """Write down how everything stands."""
        self.docks.end_maximised()
        self.workspaces.keep()
        if self.minimumSize() == self.maximumSize():
            return
        frame = self.normalGeometry()
        self._memory.update(frame=(frame.x(), frame.y(), frame.width(), frame.height()), maximised=self.isMaximized())

    def leave(self) -> None:
        """Close for good."""
        self._may_close = True
        self.tray.leave()
        self.docks.dispose()
        self.close()

    def save_picture(self, path: Path) -> bool:
        """Save what the window shows as a PNG; False where the file could not be written."""
        self.terminal.flush()
        return self.grab().save(str(path), "PNG")

    def set_colour_blind(self, on: bool) -> None:
        """Blue and orange instead of green and red."""
        chosen = Palette.COLOUR_BLIND if on else Palette.DARK
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        dress(app, chosen)
        self._memory.update(palette=chosen)

    def set_full_screen(self, on: bool) -> None:
        """The whole screen, or the window again."""
        self.setWindowState(Qt.WindowState.WindowFullScreen if on else Qt.WindowState.WindowNoState)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for an orderly end; the session is closed first."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.leaving.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be lower where there is little room."""
        super().resizeEvent(event)
        compact = self.width() < COMPACT_BELOW[0] or self.height() < COMPACT_BELOW[1]
        self.header.set_compact(compact)
        self.cards.set_compact(compact)

    def _give_chart_room(self, on: bool) -> None:
        self.cards.setVisible(not on)
        self.actions_[Do.RESET_LAYOUT].setEnabled(not on)

    def _lay_out(self) -> None:
        frame, column = QFrame(), self.frame.column
        around = QVBoxLayout(frame)
        around.setContentsMargins(8, 0, 8, 6)
        around.addWidget(self.docks)
        column.addWidget(self.header)
        column.addWidget(self.critical)
        column.addWidget(self.halt)
        column.addWidget(self.cards)
        column.addWidget(frame, 1)
        column.addWidget(self.status)
        self.setCentralWidget(self.frame)

    def _settle_layout(self) -> None:
        """Give every part its size before the docks are measured; the first paint would come too late."""
        for widget in (self, self.centralWidget(), self.docks.parentWidget()):
            if widget is not None and (layout := widget.layout()) is not None:
                layout.activate()


def _first_frame() -> QRect:
    screen = QApplication.primaryScreen().availableGeometry()
    frame = QRect(0, 0, min(NORMAL_SIZE[0], screen.width()), min(NORMAL_SIZE[1], screen.height()))
    frame.moveCenter(screen.center())
    return frame
