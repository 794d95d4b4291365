"""What the Backtest menu does: opens the laboratory's dialogs, shows what runs, tells how it ended."""

import json
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from sigma_desktop.actions import Actions, Do
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.laboratory.data_manager import DataManager
from sigma_desktop.laboratory.new_backtest import NewBacktest
from sigma_desktop.memory import MemoryFile
from sigma_desktop.theme.format import percent
from sigma_desktop.theme.tokens import Token
from sigma_desktop.widgets.status_bar import StatusBar
from sigma_desktop.widgets.toast import Toasts
from sigma_engine import BacktestRequest, Trial, short

NEW, MANAGER = "laboratory.new", "laboratory.data"
"""Under these names the dialogs' habits are remembered."""


class Desk(QObject):
    """Joins the terminal's bench to the window; a dialog that is open already is not opened twice."""

    def __init__(
        self,
        terminal: Terminal,
        actions: Actions,
        status: StatusBar,
        toasts: Toasts,
        memory: MemoryFile,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        bench = terminal.bench
        self._bench, self._actions, self._status, self._toasts = bench, actions, status, toasts
        self._state = terminal.state
        self._memory, self._window = memory, window
        self._open: dict[str, QDialog] = {}
        actions.connect(
            {
                Do.NEW_BACKTEST: self.show_new,
                Do.RUN_AGAIN: bench.run_again,
                Do.CANCEL_BACKTEST: bench.cancel,
                Do.DATA_MANAGER: self.show_data_manager,
            }
        )
        status.strip.cancelWished.connect(bench.cancel)
        bench.started.connect(self._started)
        bench.progressed.connect(status.strip.show_progress)
        bench.finished.connect(self._finished)
        bench.failed.connect(self._failed)
        bench.cancelled.connect(self._cancelled)
        bench.refused.connect(lambda sentence: toasts.show_message(sentence, Token.WARN))

    def show_new(self) -> NewBacktest:
        """Open the dialog that starts a backtest, as it was left."""
        shown = self._open.get(NEW)
        if isinstance(shown, NewBacktest):
            return shown
        dialog = NewBacktest(self._bench, self._habits(NEW), self._window, self._state.strategy_name)
        dialog.managerWished.connect(lambda: self.show_data_manager(dialog))
        dialog.importWished.connect(lambda: self.show_data_manager(dialog).choose_files())
        dialog.downloadWished.connect(lambda: self.show_data_manager(dialog).show_download())
        self._show(NEW, dialog)
        return dialog

    def show_data_manager(self, parent: QWidget | None = None) -> DataManager:
        """Open the data manager, over ``parent`` if that is a dialog itself."""
        shown = self._open.get(MANAGER)
        if isinstance(shown, DataManager):
            return shown
        dialog = DataManager(self._bench, self._habits(MANAGER), parent or self._window)
        self._show(MANAGER, dialog)
        return dialog

    def _show(self, name: str, dialog: NewBacktest | DataManager) -> None:
        self._open[name] = dialog
        dialog.habitsChanged.connect(lambda habits: self._memory.keep_habits(name, habits))
        dialog.finished.connect(lambda _result: self._open.pop(name, None))
        dialog.open()

    def _habits(self, name: str) -> dict[str, Any]:
        return dict(self._memory.memory.habits.get(name, {}))

    def _started(self, request: BacktestRequest) -> None:
        self._status.strip.begin(f"Backtest: {request_words(request)}")
        self._allow()

    def _finished(self, trial: Trial) -> None:
        summary = trial.summary
        gain = percent(summary.total_return_pct / 100, 1, signed=True)
        trades = "1 trade" if summary.trades == 1 else f"{summary.trades:,} trades"
        self._over(f"Backtest finished: {summary.strategy}, {trades}, {gain}")

    def _failed(self, sentence: str) -> None:
        self._over("")
        self._toasts.show_message(sentence, Token.WARN, stays=True)

    def _cancelled(self) -> None:
        self._over("Backtest cancelled; nothing of it is kept")

    def _over(self, message: str) -> None:
        self._status.strip.end()
        self._allow()
        if message:
            self._status.show_message(message)

    def _allow(self) -> None:
        running = self._bench.is_running
        self._actions[Do.CANCEL_BACKTEST].setEnabled(running)
        self._actions[Do.RUN_AGAIN].setEnabled(not running and self._bench.last_request is not None)


def request_words(request: BacktestRequest) -> str:
    """``EMA Trend on BTC/USDT and 2 more, 5m``."""
    is_document = request.strategy.lstrip().startswith("{")
    name = json.loads(request.strategy)["name"] if is_document else request.strategy
    first, more = request.symbols[:1], len(request.symbols) - 1
    where = f" on {short(first[0])}" if first else ""
    others = f" and {more} more" if more > 0 else ""
    length = f", {request.timeframe.value}" if request.timeframe else ""
    return f"{name}{where}{others}{length}"
