"""An orderly end, whoever asks for it: the window's cross, Ctrl+C, or the system."""

import asyncio
import logging
import signal
import sys

from PySide6.QtCore import QTimer

log = logging.getLogger(__name__)

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOOK_MS = 200


class Shutdown:
    """One wish to stop, however often it is uttered."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._wished = loop, asyncio.Event()
        self._awake: QTimer | None = None

    def wish(self) -> None:
        """Ask for the end."""
        self._wished.set()

    async def wished(self) -> None:
        """Wait until somebody asked."""
        await self._wished.wait()

    def hear_signals(self) -> None:
        """Take SIGINT and SIGTERM as the wish."""
        if sys.platform == "win32":
            self._hear_on_windows()
            return
        for number in _SIGNALS:
            self._loop.add_signal_handler(number, self.wish)

    def ignore_signals(self) -> None:
        """Leave signals to Python again."""
        if self._awake is not None:
            self._awake.stop()
        elif sys.platform != "win32":
            for number in _SIGNALS:
                self._loop.remove_signal_handler(number)

    def _hear_on_windows(self) -> None:
        """Windows tells Python only while Python runs, so a timer has it run now and then."""
        for number in _SIGNALS:
            signal.signal(number, lambda *_: self._loop.call_soon_threadsafe(self.wish))
        self._awake = QTimer(interval=_LOOK_MS)
        self._awake.timeout.connect(lambda: None)
        self._awake.start()


async def cancelled(task: asyncio.Task[None] | None) -> None:
    """Cancel ``task`` and wait for its end; what it raises on the way is logged."""
    if task is None or task.done():
        return
    task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(outcome, Exception):
        log.error("a task failed while it was being stopped", exc_info=outcome)
