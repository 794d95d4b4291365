"""Starting, pausing and stopping: what the buttons ask of the engine, and what they ask the person first."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sigma_desktop.actions import Actions, Do
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.dialogs.messages import confirm
from sigma_desktop.widgets.buttons import Kind
from sigma_desktop.widgets.header import Header
from sigma_engine import CloseAll, Mode, PauseEntries, ResetPaper, RunStatus, StartTrading, StopTrading, UseStrategy

_LIVELY = {RunStatus.RUNNING, RunStatus.PAUSED}


class Controls(QObject):
    """Sends commands; keeps the buttons and menu entries telling what they would do now."""

    def __init__(self, terminal: Terminal, actions: Actions, header: Header, window: QWidget) -> None:
        super().__init__(window)
        self._terminal, self._actions, self._header, self._window = terminal, actions, header, window
        header.pausePressed.connect(self.pause_or_resume)
        header.stopPressed.connect(self.stop_or_start)
        terminal.changed.connect(self._hear)
        self.show_status()

    def start(self) -> None:
        """Trade, from stopped or paused."""
        self._terminal.execute(StartTrading())

    def pause_or_resume(self) -> None:
        """Open nothing new, or go on."""
        paused = self._terminal.state.status is RunStatus.PAUSED
        self._terminal.execute(StartTrading() if paused else PauseEntries())

    def stop_or_start(self) -> None:
        """The red button: stop after a question, or start again."""
        if self._terminal.state.status is RunStatus.STOPPED:
            self.start()
        else:
            self.ask_to_stop()

    def ask_to_stop(self) -> None:
        """Stop trading once the person agrees; says what becomes of open positions."""
        if self._terminal.state.status not in _LIVELY:
            return
        count = len(self._terminal.state.positions)
        hint = f"{_positions(count)} open: without more, {_stay(count)}." if count else "No position is open."
        answers = [("Stop trading", lambda: self._stop(False))]
        if count:
            answers.append(("Close all and stop", lambda: self._stop(True)))
        confirm(
            self._window,
            "Stop trading",
            "Stop trading now? Nothing is decided and nothing is ordered until you start again.",
            hint,
            answers,
        )

    def ask_to_close_all(self) -> None:
        """Close every position at market once the person agrees."""
        count = len(self._terminal.state.positions)
        if not count:
            self._terminal.refused.emit("No position is open, so there is nothing to close.")
            return
        confirm(
            self._window,
            "Close all positions",
            f"Close {_positions(count)} at market now?",
            "Trading goes on: pause entries first if nothing new should be opened.",
            [("Close all", lambda: self._terminal.execute(CloseAll()))],
        )

    def ask_to_reset(self) -> None:
        """Begin a new paper account once the person agrees."""
        confirm(
            self._window,
            "Reset paper account",
            "Begin a new run with a fresh balance?",
            "The present run, its trades and its curve stay in the history.",
            [("Begin anew", lambda: self._terminal.execute(ResetPaper()))],
        )

    def use_strategy(self, name: str) -> None:
        """Decide by another preset or file from the next candle on."""
        self._terminal.execute(UseStrategy(name))

    def show_status(self) -> None:
        """Have buttons and menu entries fit the run's status."""
        status = self._terminal.state.status
        paused, stopped = status is RunStatus.PAUSED, status is RunStatus.STOPPED
        lively = status in _LIVELY
        self._show_buttons(paused, stopped, lively)
        self._actions[Do.START].setEnabled(paused or stopped)
        self._actions[Do.PAUSE].setEnabled(lively)
        self._actions[Do.STOP].setEnabled(lively)
        self._actions[Do.CLOSE_ALL].setEnabled(lively)
        self._actions[Do.RESET_PAPER].setEnabled(status is not None and self._terminal.state.mode is not Mode.LIVE)
        self._actions.rename(Do.PAUSE, "&Resume entries" if paused else "&Pause entries", "play" if paused else "pause")

    def _stop(self, close_positions: bool) -> None:
        self._terminal.execute(StopTrading(close_positions=close_positions))

    def _show_buttons(self, paused: bool, stopped: bool, lively: bool) -> None:
        pause, stop = self._header.pause, self._header.stop
        pause.show_as("Resume" if paused else "Pause entries", Kind.GHOST, "play" if paused else "pause")
        pause.setEnabled(lively)
        pause.setToolTip("Go on opening positions (Ctrl+P)" if paused else "Open nothing new (Ctrl+P)")
        if stopped:
            stop.show_as("Start", Kind.PRIMARY, "play")
        else:
            stop.show_as("Stop", Kind.DANGER, "stop")
        stop.setEnabled(lively or stopped)
        stop.setToolTip("Start trading (Ctrl+Return)" if stopped else "Stop trading (Ctrl+.)")
        self._header.fit()

    def _hear(self, changed: frozenset[Topic]) -> None:
        if Topic.RUN in changed:
            self.show_status()


def _positions(count: int) -> str:
    return "1 position" if count == 1 else f"{count} positions"


def _stay(count: int) -> str:
    return "it stays as it is" if count == 1 else "they stay as they are"
