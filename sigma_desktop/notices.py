"""What the person is told without asking: answers to commands, alerts, failures."""

import logging

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.dialogs import sheets
from sigma_desktop.dialogs.messages import tell
from sigma_desktop.folders import Folders
from sigma_desktop.theme.format import day_time
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.band import AlertBand
from sigma_desktop.widgets.header import Header
from sigma_desktop.widgets.status_bar import StatusBar
from sigma_desktop.widgets.toast import MOST, Toasts
from sigma_engine import RunStatus, Severity

log = logging.getLogger(__name__)

_TOKENS = {Severity.INFORMATION: Token.ACCENT, Severity.WARNING: Token.WARN}


class Notices(QObject):
    """Passes on what the engine says: quietly where it was asked for, in the corner where it was not.

    What is critical stays in a band of its own until a person has acknowledged it.
    """

    def __init__(
        self,
        terminal: Terminal,
        header: Header,
        status: StatusBar,
        toasts: Toasts,
        critical: AlertBand,
        folders: Folders,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._terminal, self._header, self._toasts = terminal, header, toasts
        self._critical, self._folders, self._window = critical, folders, window
        self._seen = self._read = 0
        self._failed = ""
        terminal.accepted.connect(status.show_message)
        terminal.refused.connect(lambda reason: toasts.show_message(reason, Token.WARN))
        terminal.changed.connect(self._hear)
        header.bell.clicked.connect(self.show_alerts)

    def show_alerts(self) -> None:
        """List the alerts; they count as read."""
        self._read = self._terminal.state.alerts_heard
        self._header.bell.show_unread(0)
        sheets.alerts(self._window, list(self._terminal.state.alerts))

    def tell_failure(self, sentence: str, hint: str = "") -> None:
        """Something went wrong that a person must know of: say it, once, and where the details are."""
        log.error("told the person: %s", sentence)
        if sentence == self._failed:
            return
        self._failed = sentence
        details = f"The details are in the log: {self._folders.logs}"
        box = tell(self._window, "SIGMA", sentence, f"{hint}\n{details}".strip(), QMessageBox.Icon.Critical)
        box.finished.connect(self._forget_failure)

    def _forget_failure(self) -> None:
        self._failed = ""

    def _hear(self, changed: frozenset[Topic]) -> None:
        if Topic.ALERT in changed:
            self._show_new_alerts()
        state = self._terminal.state
        if Topic.RUN in changed and state.status is RunStatus.FAILED:
            self.tell_failure(f"The run failed: {state.reason}", "Trading has stopped; nothing more is ordered.")

    def _show_new_alerts(self) -> None:
        state = self._terminal.state
        new = state.alerts_heard - self._seen
        self._seen = state.alerts_heard
        fresh = list(state.alerts)[-new:] if new else []
        for alert in fresh:
            if alert.severity is Severity.CRITICAL:
                self._critical.add(alert.text, day_time(alert.at_ms))
        for alert in [alert for alert in fresh if alert.severity is not Severity.CRITICAL][-MOST:]:
            self._toasts.show_message(alert.text, _TOKENS[alert.severity])
        self._header.bell.show_unread(state.alerts_heard - self._read)
