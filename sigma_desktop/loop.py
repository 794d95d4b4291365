"""asyncio on Qt's event loop, with asyncio's own scheduling: never early, nothing left behind, always time to paint.

qasync carries sockets, subprocesses and threads; what it does with time is replaced here. It starts one coarse Qt
timer a handle, which may fire 5 % early and stays until it is due even when it was cancelled, and it runs callbacks
after the loop was stopped. Here there is one queue of what is ready, one heap of what is due later, and two timers.
"""

import asyncio
import heapq
import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

BUDGET_S = 0.004
"""How long callbacks may run before Qt is given the thread to paint."""
WORKERS = 4
_LONGEST_MS = 2**31 - 1
_FEW_CANCELLED = 100


class SigmaLoop(QEventLoop):  # type: ignore[misc] # qasync is untyped
    """The loop the window and the engine share."""

    def __init__(self, app: QApplication) -> None:
        self._ready: deque[asyncio.Handle] = deque()
        self._scheduled: list[asyncio.TimerHandle] = []
        self._cancelled = 0
        self._armed_s = math.inf
        self._draining = False
        self._soon = QTimer(singleShot=True, interval=0)
        self._soon.timeout.connect(self._drain)
        self._wake = QTimer(singleShot=True)
        self._wake.setTimerType(Qt.TimerType.PreciseTimer)
        self._wake.timeout.connect(self._collect_due)
        super().__init__(app)
        self.set_default_executor(ThreadPoolExecutor(WORKERS, thread_name_prefix="sigma"))

    def call_soon(
        self, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        """Run ``callback`` in the next turn."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._add_callback(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run ``callback`` once ``delay`` seconds have passed, never earlier."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run ``callback`` once `time` has reached ``when``."""
        self._check_closed()
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        handle._scheduled = True  # type: ignore[attr-defined] # has its cancel() tell the loop
        heapq.heappush(self._scheduled, handle)
        if when < self._armed_s:
            self._arm(when)
        return handle

    def run_forever(self) -> Any:
        """Run until `stop`; what became ready meanwhile runs first."""
        if self._ready:
            self._soon.start()
        if self._scheduled:
            self._arm(self._scheduled[0].when())
        return super().run_forever()

    def close(self) -> None:
        """Free everything; what never ran is forgotten."""
        super().close()
        self._soon.stop()
        self._wake.stop()
        self._ready.clear()
        self._scheduled.clear()

    def _add_callback(self, handle: asyncio.Handle, _delay: float = 0) -> asyncio.Handle:
        """Asyncio's way in for signals, and ours for the rest."""
        self._ready.append(handle)
        if not self._soon.isActive():
            self._soon.start()
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Forget cancelled timers as soon as they are the greater part; called by their ``cancel()``."""
        if not handle._scheduled:  # type: ignore[attr-defined] # it ran already, as every finished sleep's has
            return
        self._cancelled += 1
        if self._cancelled > _FEW_CANCELLED and self._cancelled * 2 > len(self._scheduled):
            self._scheduled = [handle for handle in self._scheduled if not handle.cancelled()]
            heapq.heapify(self._scheduled)
            self._cancelled = 0

    def _arm(self, when: float) -> None:
        self._armed_s = when
        wait_ms = math.ceil((when - self.time()) * 1000)
        self._wake.start(min(max(0, wait_ms), _LONGEST_MS))

    def _collect_due(self) -> None:
        now, self._armed_s = self.time(), math.inf
        while self._scheduled and (self._scheduled[0].cancelled() or self._scheduled[0].when() <= now):
            handle = heapq.heappop(self._scheduled)
            handle._scheduled = False  # type: ignore[attr-defined]
            if handle.cancelled():
                self._cancelled = max(0, self._cancelled - 1)
            else:
                self._ready.append(handle)
        if self._scheduled:
            self._arm(self._scheduled[0].when())
        self._drain()

    def _drain(self) -> None:
        """Run what is ready, within the budget.

        Only while the loop runs, and never inside a callback: where one opens a nested Qt loop, the others wait
        for its end instead of being entered twice, which would kill them.
        """
        if self._draining or not self.is_running():
            return
        self._draining = True
        try:
            self._run_ready()
        finally:
            self._draining = False
            if self._ready and not self.is_closed():
                self._soon.start()

    def _run_ready(self) -> None:
        began = time.perf_counter()
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if not handle.cancelled():
                handle._run()
            if time.perf_counter() - began > BUDGET_S:
                return
