"""Everything the menus and the keyboard can do, in one table; the window says what each does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from sigma_desktop.theme.icons import icon


class Do(Enum):
    """What a person can have done."""

    OPEN_REPLAY = auto()
    OPEN_DEMO = auto()
    OPEN_PAPER = auto()
    CONNECT = auto()
    SCREENSHOT = auto()
    QUIT = auto()
    KILL = auto()
    START = auto()
    PAUSE = auto()
    STOP = auto()
    CLOSE_ALL = auto()
    RESET_PAPER = auto()
    SAFETY = auto()
    NEW_BACKTEST = auto()
    RUN_AGAIN = auto()
    COMPARE = auto()
    LIBRARY = auto()
    DATA_MANAGER = auto()
    OPEN_REPORT = auto()
    CANCEL_BACKTEST = auto()
    SAVE_WORKSPACE = auto()
    RESET_LAYOUT = auto()
    COLOUR_BLIND = auto()
    FULL_SCREEN = auto()
    OPEN_MENU = auto()
    ALERTS = auto()
    SHORTCUTS = auto()
    FILES = auto()
    ABOUT = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One action of the table."""

    do: Do
    text: str
    icon: str
    keys: str = ""
    checkable: bool = False
    enabled: bool = True
    """Whether it can be done from the start; others are enabled by whoever connects them."""
    everywhere: bool = False
    """Whether its keys work in every window of the application, dialogs and floating docks too."""


FILE = (
    Row(Do.OPEN_REPLAY, "Open &replay…", "folder-open-outline", "Ctrl+O"),
    Row(Do.OPEN_DEMO, "Open &demo market", "creation-outline"),
    Row(Do.OPEN_PAPER, "Open &paper trading…", "file-document-outline"),
    Row(Do.CONNECT, "&Connect exchange…", "connection", "Ctrl+Shift+E"),
    Row(Do.SCREENSHOT, "Save a &screenshot", "camera-outline", "Ctrl+Shift+S"),
    Row(Do.QUIT, "&Quit", "exit-to-app", "Ctrl+Q"),
)
TRADING = (
    Row(Do.KILL, "&Kill switch", "hand-back-right", "Ctrl+Shift+K", everywhere=True),
    Row(Do.START, "&Start trading", "play", "Ctrl+Return"),
    Row(Do.PAUSE, "&Pause entries", "pause", "Ctrl+P"),
    Row(Do.STOP, "S&top trading…", "stop", "Ctrl+."),
    Row(Do.CLOSE_ALL, "&Close all positions…", "close-box-multiple-outline", "Ctrl+Shift+."),
    Row(Do.RESET_PAPER, "&Reset paper account…", "restore"),
)
SETTINGS = (Row(Do.SAFETY, "&Safety…", "shield-outline"),)
BACKTEST = (
    Row(Do.NEW_BACKTEST, "&New backtest…", "flask-outline", "Ctrl+B"),
    Row(Do.RUN_AGAIN, "&Run again", "replay", "Ctrl+R", enabled=False),
    Row(Do.CANCEL_BACKTEST, "&Cancel the backtest", "close-circle-outline", "Ctrl+Shift+R", enabled=False),
    Row(Do.COMPARE, "Com&pare…", "compare-horizontal", "Ctrl+Shift+C"),
    Row(Do.LIBRARY, "&Library…", "bookshelf", "Ctrl+L"),
    Row(Do.OPEN_REPORT, "&Open report…", "file-chart-outline", "Ctrl+Shift+O"),
    Row(Do.DATA_MANAGER, "&Data manager…", "database-outline", "Ctrl+D"),
)
VIEW = (
    Row(Do.SAVE_WORKSPACE, "&Save workspace…", "content-save-outline", "Ctrl+Shift+W"),
    Row(Do.RESET_LAYOUT, "&Reset layout", "view-dashboard-outline", "Ctrl+0"),
    Row(Do.COLOUR_BLIND, "&Colour-blind colours", "", "Ctrl+Shift+B", checkable=True),
    Row(Do.FULL_SCREEN, "&Full screen", "", "F11", checkable=True),
)
HELP = (
    Row(Do.ALERTS, "&Alerts", "bell-outline", "Ctrl+Shift+A"),
    Row(Do.SHORTCUTS, "&Keyboard shortcuts", "keyboard-outline", "F1"),
    Row(Do.FILES, "&Where are my files and logs", "folder-outline"),
    Row(Do.ABOUT, "A&bout SIGMA", "information-outline"),
)
HIDDEN = (Row(Do.OPEN_MENU, "Open the menu", "menu", "F10"),)


class Actions:
    """The actions of ``window``, live on it so that their keys work anywhere in it."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._made = {row.do: self._make(row) for row in (*FILE, *TRADING, *BACKTEST, *VIEW, *SETTINGS, *HELP, *HIDDEN)}

    def __getitem__(self, do: Do) -> QAction:
        return self._made[do]

    def connect(self, deeds: dict[Do, Callable[[], object]]) -> None:
        """Have each action call its deed."""
        for do, deed in deeds.items():
            self._made[do].triggered.connect(lambda _checked=False, deed=deed: deed())

    def rename(self, do: Do, text: str, icon_name: str) -> None:
        """Give an action that changes its meaning another word."""
        self._made[do].setText(text)
        self._made[do].setIcon(icon(icon_name))

    def menu(self, title: str, rows: Iterable[Row]) -> QMenu:
        """A menu of the rows' actions."""
        menu = QMenu(title, self._window)
        for row in rows:
            menu.addAction(self._made[row.do])
        return menu

    def _make(self, row: Row) -> QAction:
        action = QAction(row.text, self._window)
        action.setShortcut(QKeySequence(row.keys))
        action.setCheckable(row.checkable)
        action.setEnabled(row.enabled)
        if row.everywhere:
            self._reach_everywhere(action)
        if row.icon:
            action.setIcon(icon(row.icon))
        self._window.addAction(action)
        return action

    def _reach_everywhere(self, action: QAction) -> None:
        """Qt silences the keys of a window behind a modal dialog, so the dialog that gets the keyboard has them too."""
        action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(_Lender(action).lend)


class _Lender(QObject):
    """Gives an action to every window that the keyboard moves to; lives and dies with the action."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action)
        self._action = action

    def lend(self, _before: QWidget | None, now: QWidget | None) -> None:
        """The keyboard is in ``now``."""
        if now is not None and self._action not in (window := now.window()).actions():
            window.addAction(self._action)


def choice(menu: QMenu, names: Iterable[tuple[str, str]], chosen: str, then: Callable[[str], None]) -> QActionGroup:
    """Add one entry a ``(value, text)`` to ``menu``, with ``chosen`` ticked; ``then`` gets the value picked."""
    group = QActionGroup(menu)
    for value, text in names:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(value == chosen)
        action.setActionGroup(group)
        action.triggered.connect(lambda _checked=False, value=value: then(value))
    return group
