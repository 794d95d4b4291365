"""What every panel is: it hears what changed, paints while it can be seen, and asks through the terminal."""

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import EVERYTHING, Topic

Habits = Mapping[str, Any]
"""What a panel was set to, as JSON knows it."""


class Panel(QWidget):
    """One side of the session; built before a session exists, so its empty state must look right too.

    Subclasses name their ``topics`` and write `refresh`, which is called at most ten times a second in a turn of the
    panel's own, only while it can be seen, and with every topic when it comes into view or a session is loaded.
    """

    topics: ClassVar[frozenset[Topic]] = frozenset()
    countChanged = Signal()  # noqa: N815 a Qt signal
    habitsChanged = Signal(object)  # noqa: N815 a Qt signal
    """The panel was set otherwise: `Habits` that it wants to find again at the next start."""
    maximised = Signal(bool)
    """The panel is to have the whole window, or to give it back."""

    def __init__(self, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.terminal = terminal
        self._count: int | None = None
        self._listening = True
        self._due: frozenset[Topic] = frozenset()
        terminal.changed.connect(self._hear)

    @property
    def count(self) -> int | None:
        """The figure beside the title, None for none."""
        return self._count

    @count.setter
    def count(self, count: int | None) -> None:
        if count != self._count:
            self._count = count
            self.countChanged.emit()

    def refresh(self, changed: frozenset[Topic]) -> None:
        """Paint what ``changed``, a subset of ``topics`` or all there are."""

    def recall(self, habits: Habits) -> None:
        """Be set as ``habits`` say, as far as they still make sense; called once, before a session exists."""

    def title_widgets(self) -> list[QWidget]:
        """The panel's own buttons for its title bar, left to right; asked for once."""
        return []

    def dispose(self) -> None:
        """Hear nothing more; stop whatever runs. Doing it again does nothing."""
        if self._listening:
            self._listening = False
            self.terminal.changed.disconnect(self._hear)
            self.terminal.turns.forget(self._take_turn)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was missed while hidden."""
        super().showEvent(event)
        self._due = frozenset()
        self.refresh(EVERYTHING)

    def _hear(self, changed: frozenset[Topic]) -> None:
        if self.isVisible() and (wanted := changed if changed == EVERYTHING else changed & self.topics):
            self._due |= wanted
            self.terminal.turns.ask(self._take_turn)

    def _take_turn(self) -> None:
        due, self._due = self._due, frozenset()
        if due and self.isVisible():
            self.refresh(due)
