"""How the docks stand: kept when they move, found again at the start, and saved under names."""

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QObject, QRect, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow

from sigma_desktop.docks import DockArea
from sigma_desktop.memory import MemoryFile
from sigma_desktop.widgets.dock import Dock

LAYOUT_VERSION = 1
"""Raised when the docks change so much that old layouts would mislead."""
_VISIBLE = 80
_SETTLES_MS = 1_000


class Workspaces(QObject):
    """Keeps the arrangement of ``docks`` in ``file``; ``arrange`` puts them where they stood at the very first."""

    def __init__(self, docks: DockArea, file: MemoryFile, arrange: Callable[[], None]) -> None:
        super().__init__(docks)
        self._docks, self._file, self._arrange = docks, file, arrange
        self._settle = QTimer(self, singleShot=True, interval=_SETTLES_MS)
        self._settle.timeout.connect(self.keep)

    @property
    def names(self) -> list[str]:
        """The workspaces a person saved, by name."""
        return sorted(self._file.memory.workspaces)

    def watch(self) -> None:
        """Keep the arrangement a moment after each change from now on."""
        for dock in self._docks.findChildren(Dock):
            dock.settled.connect(self._settle.start)

    def keep(self) -> None:
        """Write the present arrangement down."""
        self._settle.stop()
        self._file.update(layout=layout_of(self._docks))

    def restore(self, name: str | None = None) -> bool:
        """Arrange the docks as saved under ``name``, or as last kept; False where there is no such layout."""
        memory = self._file.memory
        layout = memory.layout if name is None else memory.workspaces.get(name, b"")
        return restore_layout(self._docks, layout)

    def reset(self) -> None:
        """Every dock back to where it stood at the very first."""
        self._arrange()
        self._settle.start()

    def save(self, name: str) -> None:
        """Keep the present arrangement under ``name``, in place of what had that name."""
        self._file.update(workspaces={**self._file.memory.workspaces, name: layout_of(self._docks)})

    def delete(self, name: str) -> None:
        """Forget the workspace ``name``."""
        kept = {other: layout for other, layout in self._file.memory.workspaces.items() if other != name}
        self._file.update(workspaces=kept)


def layout_of(docks: QMainWindow) -> bytes:
    """The arrangement of ``docks`` as bytes."""
    return bytes(docks.saveState(LAYOUT_VERSION).data())


def restore_layout(docks: DockArea, layout: bytes) -> bool:
    """Arrange ``docks`` as they were; False, and nothing moved, where ``layout`` is of another version or broken.

    Docks that came after it was saved stand where they do at first.
    """
    if not layout or not docks.restoreState(QByteArray(layout), LAYOUT_VERSION):
        return False
    docks.take_in(layout)
    for dock in docks.findChildren(QDockWidget):
        if dock.isFloating():
            dock.setGeometry(on_screen(dock.geometry()))
    return True


def on_screen(frame: QRect) -> QRect:
    """``frame`` moved, and made smaller where it must be, so that it can be seen and held on a present screen."""
    screens = [screen.availableGeometry() for screen in QApplication.screens()]
    shown = [screen.intersected(frame) for screen in screens]
    if any(part.width() >= _VISIBLE and part.height() >= _VISIBLE and part.top() <= frame.top() for part in shown):
        return frame
    home = screens[0]
    size = frame.size().boundedTo(home.size())
    left = min(max(frame.left(), home.left()), home.right() - size.width() + 1)
    top = min(max(frame.top(), home.top()), home.bottom() - size.height() + 1)
    return QRect(left, top, size.width(), size.height())
