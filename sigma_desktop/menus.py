"""The menus: the table's actions in their places, and the parts that change with the session."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu

from sigma_desktop.actions import BACKTEST, FILE, HELP, SETTINGS, TRADING, VIEW, Do, choice
from sigma_desktop.catalog import PANELS
from sigma_desktop.dialogs import sheets
from sigma_desktop.dialogs.messages import ask_name
from sigma_desktop.folders import Folders
from sigma_desktop.laboratory.editors import DATA_FILES
from sigma_desktop.theme.tokens import Palette, Token, palette
from sigma_engine import as_datetime, short, system_ms

if TYPE_CHECKING:
    from sigma_desktop.main_window import MainWindow

_STRATEGY_FILES = "Strategies (*.json);;All files (*)"


class Menus(QObject):
    """Builds the menu behind the header's button and does what does not concern the engine."""

    def __init__(self, window: MainWindow, folders: Folders) -> None:
        super().__init__(window)
        self._window, self._folders = window, folders
        self._strategies = QMenu("&Strategy", window)
        self._chart = QMenu("&Chart", window)
        self._workspaces = QMenu("&Workspaces", window)
        self._strategies.aboutToShow.connect(self._list_strategies)
        self._chart.aboutToShow.connect(self._list_chart)
        self._workspaces.aboutToShow.connect(self._list_workspaces)
        self._panel_actions = self._make_panel_actions()
        window.header.menu.setMenu(self._main_menu())
        self._connect()

    def _main_menu(self) -> QMenu:
        actions, main = self._window.actions_, QMenu(self._window)
        view = actions.menu("&View", VIEW)
        view.insertMenu(actions[Do.SAVE_WORKSPACE], self._panels_menu())
        view.insertMenu(actions[Do.SAVE_WORKSPACE], self._workspaces)
        for menu in (
            actions.menu("&File", FILE),
            actions.menu("&Trading", TRADING),
            actions.menu("&Backtest", BACKTEST),
            self._strategies,
            self._chart,
            view,
            actions.menu("S&ettings", SETTINGS),
            actions.menu("&Help", HELP),
        ):
            main.addMenu(menu)
        return main

    def _connect(self) -> None:
        window, controls = self._window, self._window.controls
        actions = window.actions_
        actions[Do.COLOUR_BLIND].setChecked(palette() is Palette.COLOUR_BLIND)
        actions[Do.COLOUR_BLIND].toggled.connect(window.set_colour_blind)
        actions[Do.FULL_SCREEN].toggled.connect(window.set_full_screen)
        actions.connect(
            {
                Do.OPEN_REPLAY: self.choose_replay,
                Do.OPEN_DEMO: window.demoChosen.emit,
                Do.SCREENSHOT: self.save_screenshot,
                Do.QUIT: window.close,
                Do.START: controls.start,
                Do.PAUSE: controls.pause_or_resume,
                Do.STOP: controls.ask_to_stop,
                Do.CLOSE_ALL: controls.ask_to_close_all,
                Do.RESET_PAPER: controls.ask_to_reset,
                Do.COMPARE: window.trials.open_library,
                Do.LIBRARY: window.trials.open_library,
                Do.OPEN_REPORT: window.trials.open_report,
                Do.SAVE_WORKSPACE: self.ask_workspace_name,
                Do.RESET_LAYOUT: window.workspaces.reset,
                Do.OPEN_MENU: window.header.menu.showMenu,
                Do.ALERTS: window.notices.show_alerts,
                Do.SHORTCUTS: lambda: sheets.shortcuts(window, window.actions()),
                Do.FILES: self.show_files,
                Do.ABOUT: lambda: sheets.about(window),
            }
        )

    def choose_replay(self) -> None:
        """Ask for candle files; the window says which were chosen."""
        dialog = self._file_dialog("Open replay", DATA_FILES, QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self._window.replayChosen.emit([Path(name) for name in names]))
        dialog.open()

    def choose_strategy(self) -> None:
        """Ask for a strategy file and decide by it from the next candle on."""
        dialog = self._file_dialog("Open strategy", _STRATEGY_FILES, QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._window.controls.use_strategy)
        dialog.open()

    def _file_dialog(self, title: str, kinds: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(Path.home()), kinds)
        dialog.setFileMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def save_screenshot(self) -> None:
        """Save the window as a picture among the data."""
        folder = self._folders.data / "screenshots"
        path = folder / f"sigma-{_stamp(as_datetime(system_ms()))}.png"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._window.toasts.show_message(f"The screenshot could not be saved: {error.strerror}.", Token.WARN)
            return
        if self._window.save_picture(path):
            self._window.status.show_message(f"Saved {path}")
        else:
            self._window.toasts.show_message(f"The screenshot could not be saved to {path}.", Token.WARN)

    def show_files(self) -> None:
        """Where data, settings and logs are."""
        folders = self._folders
        rows = [("Data", folders.data), ("Settings", folders.config), ("Logs", folders.logs)]
        sheets.files(self._window, rows)

    def ask_workspace_name(self) -> None:
        """Save the arrangement of the docks under a name."""
        ask_name(self._window, "Save workspace", "Name of the workspace:", "", self._save_workspace)

    def _save_workspace(self, name: str) -> None:
        self._window.workspaces.save(name)
        self._window.status.show_message(f"Workspace {name} saved")

    def _make_panel_actions(self) -> list[QAction]:
        made = []
        for number, entry in enumerate(PANELS, 1):
            action = QAction(f"Show {entry.title}", self._window)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.triggered.connect(lambda _checked=False, name=entry.name: self._window.docks.show_panel(name))
            self._window.addAction(action)
            made.append(action)
        return made

    def _panels_menu(self) -> QMenu:
        menu = QMenu("&Panels", self._window)
        for dock in self._window.docks.docks.values():
            menu.addAction(dock.toggleViewAction())
        menu.addSeparator()
        menu.addActions(self._panel_actions)
        return menu

    def _list_strategies(self) -> None:
        state, menu = self._window.terminal.state, self._strategies
        menu.clear()
        choice(
            menu, [(name, name) for name in state.strategies], state.strategy_name, self._window.controls.use_strategy
        )
        menu.addSeparator()
        if state.strategy_name and state.strategy_name not in state.strategies:
            own = menu.addAction(f"{state.strategy_name} (from a file)")
            own.setCheckable(True)
            own.setChecked(True)
            own.setEnabled(False)
        menu.addAction("Open strategy &file…").triggered.connect(lambda _checked=False: self.choose_strategy())

    def _list_chart(self) -> None:
        terminal, menu = self._window.terminal, self._chart
        menu.clear()
        state = terminal.state
        choice(menu, [(symbol, short(symbol)) for symbol in state.symbols], state.selected, terminal.select)
        chart = self._window.docks.panels.get("chart")
        if chart is not None and chart.actions():
            menu.addSeparator()
            menu.addActions(chart.actions())

    def _list_workspaces(self) -> None:
        menu, workspaces = self._workspaces, self._window.workspaces
        menu.clear()
        for name in workspaces.names:
            menu.addAction(f"Open {name}").triggered.connect(lambda _checked=False, name=name: workspaces.restore(name))
        if not workspaces.names:
            menu.addAction("None saved yet").setEnabled(False)
            return
        forget = menu.addMenu("Delete")
        for name in workspaces.names:
            forget.addAction(name).triggered.connect(lambda _checked=False, name=name: workspaces.delete(name))


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%d-%H%M%S}"
