"""Spreads repainting over the loop's turns: whoever has something new gets a turn of its own, so that none is long."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

TURN_MS = 12
"""Between two turns: time enough for Qt to paint the one before by itself instead of all together."""

Turn = Callable[[], None]


class Turns(QObject):
    """Runs what was asked for one a turn, in the order of asking; idle while nothing was."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[Turn, None] = {}
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._next)

    def ask(self, turn: Turn) -> None:
        """Run ``turn`` once its time comes; asking again before that changes nothing."""
        self._waiting[turn] = None
        if not self._timer.isActive():
            self._timer.start(0)

    def forget(self, turn: Turn) -> None:
        """Do not run ``turn``."""
        self._waiting.pop(turn, None)

    def finish(self) -> None:
        """Run everything that waits now."""
        self._timer.stop()
        while self._waiting:
            self._take()

    def _next(self) -> None:
        if self._waiting:
            self._take()
        if self._waiting:
            self._timer.start(TURN_MS)

    def _take(self) -> None:
        turn = next(iter(self._waiting))
        del self._waiting[turn]
        turn()
