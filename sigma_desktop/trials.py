"""The window's dealings with backtests that were run: the result shown, library, comparison and reports."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sigma_desktop.bridge.bench import Bench
from sigma_desktop.dialogs.compare import Compare
from sigma_desktop.dialogs.library import Library
from sigma_desktop.dialogs.reports import Form, Reports
from sigma_engine import Trial

if TYPE_CHECKING:
    from sigma_desktop.main_window import MainWindow

NOTHING_SHOWN = "No backtest is shown; open one from the library or run one first."
PANEL = "backtest"


class Trials(QObject):
    """What the Backtest menu does with runs that are kept; at most one library is open."""

    def __init__(self, bench: Bench, window: "MainWindow") -> None:
        super().__init__(window)
        self._bench, self._window = bench, window
        self._library: Library | None = None
        toasts, status = window.toasts, window.status
        self.reports = Reports(window, bench, status.show_message, toasts.show_message)

    def open_library(self) -> None:
        """Show every run; where the library is open already, bring it to the front."""
        if self._library is None:
            self._library = self._make_library()
            self._library.show()
        else:
            self._library.raise_()
            self._library.activateWindow()

    def compare(self, trials: Sequence[Trial]) -> None:
        """Set ``trials`` side by side."""
        Compare(self._window, trials).show()

    def open_report(self) -> None:
        """Save the report of the run that is shown, and open it."""
        trial = self._window.terminal.exhibit.trial
        if trial is None:
            self._window.terminal.refused.emit(NOTHING_SHOWN)
        else:
            self.reports.ask(trial.summary, Form.REPORT)

    def show(self, trial: Trial) -> None:
        """Show ``trial`` in its dock and bring that into view."""
        self._window.terminal.exhibit.show(trial)
        self._window.docks.show_panel(PANEL)

    def present(self, trial: Trial) -> None:
        """Show what a run has just become, in its dock and on the chart."""
        self._window.terminal.exhibit.present(trial)
        self._window.docks.show_panel(PANEL)

    def _make_library(self) -> Library:
        made = Library(self._window, self._bench, self._bench.trialsChanged)
        made.opened.connect(self.show)
        made.forgotten.connect(self._window.terminal.exhibit.forget)
        made.compared.connect(self.compare)
        made.saved.connect(self.reports.ask)
        made.finished.connect(self._forget_library)
        return made

    def _forget_library(self) -> None:
        self._library = None


def connect(bench: Bench, window: "MainWindow") -> Trials:
    """Have ``window`` show what ``bench`` runs; gives what the menu's Compare, Library and Open report do."""
    exhibit, trials = window.terminal.exhibit, Trials(bench, window)
    exhibit.use(bench)
    bench.started.connect(exhibit.begin)
    bench.progressed.connect(exhibit.advance)
    bench.finished.connect(trials.present)
    bench.failed.connect(exhibit.end)
    bench.cancelled.connect(exhibit.end)
    exhibit.libraryAsked.connect(trials.open_library)
    exhibit.reportAsked.connect(trials.open_report)
    return trials
