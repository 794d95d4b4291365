"""What the File menu does with exchanges: opens the dialogs, and says which session a person chose there."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sigma_desktop.actions import Actions, Do
from sigma_desktop.bridge.connections import Connections
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.connecting.connect import ConnectExchange
from sigma_desktop.connecting.paper import OpenPaper


class Accounts(QObject):
    """Joins the dialogs to the window."""

    chosen = Signal(object)
    """A `SessionRequest` to be opened in place of the present session."""

    def __init__(self, terminal: Terminal, actions: Actions, connections: Connections, window: QWidget) -> None:
        super().__init__(window)
        self._state, self._connections, self._window = terminal.state, connections, window
        actions.connect({Do.CONNECT: self.show_connect, Do.OPEN_PAPER: self.show_paper})

    def show_connect(self) -> ConnectExchange:
        """Open the dialog that connects an account."""
        dialog = ConnectExchange(self._connections, self._window)
        dialog.opened.connect(self.chosen)
        dialog.open()
        return dialog

    def show_paper(self) -> OpenPaper:
        """Open the dialog that begins paper trading."""
        dialog = OpenPaper(self._state.strategies, self._state.strategy_name, self._window)
        dialog.opened.connect(self.chosen)
        dialog.open()
        return dialog
