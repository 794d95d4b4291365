"""Brings window and engine together: the window first, the engine while it lives, an orderly end for both."""

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

import sigma_engine
from sigma_desktop import logs
from sigma_desktop.bridge.bench import Bench
from sigma_desktop.bridge.connections import Connections
from sigma_desktop.bridge.laboratory import Opener as LaboratoryOpener
from sigma_desktop.bridge.pulse import LagMeter, beat
from sigma_desktop.bridge.terminal import Engine, Terminal
from sigma_desktop.catalog import PANELS, PanelEntry
from sigma_desktop.folders import Folders
from sigma_desktop.loop import SigmaLoop
from sigma_desktop.main_window import MainWindow
from sigma_desktop.memory import MemoryFile
from sigma_desktop.options import Options
from sigma_desktop.resources import load_fonts
from sigma_desktop.settling import settle
from sigma_desktop.shutdown import Shutdown, cancelled
from sigma_desktop.theme.style import dress
from sigma_engine import InputError, Mode, SessionRequest, SigmaError

log = logging.getLogger(__name__)


class RunningEngine(Engine, Protocol):
    """A session from its opening to its close."""

    async def run(self) -> None:
        """Trade until the market ends or it is closed."""
        ...

    async def close(self) -> None:
        """Stop, keep everything, free everything."""
        ...


TURN_S = 0.0005
"""So long a thread that works, a backtest's for instance, keeps the interpreter before the window has its turn.

Python's own 5 ms add up: a frame that gives it away twenty times is a tenth of a second late.
"""

Opener = Callable[[SessionRequest], Coroutine[Any, Any, RunningEngine]]


class Desktop:
    """One window, the session it shows and the laboratory beside it; the openers are where these come from."""

    def __init__(
        self,
        options: Options,
        shutdown: Shutdown,
        open_session: Opener,
        open_laboratory: LaboratoryOpener = sigma_engine.open_laboratory,
    ) -> None:
        self._options, self._shutdown, self._open_session = options, shutdown, open_session
        folders = Folders.of(options.request.home)
        self._memory = MemoryFile(folders.config)
        self._lag = LagMeter()
        self.terminal = Terminal(bench=Bench(open_laboratory, options.request.home))
        self.terminal.state.selected = self._memory.memory.symbol
        if options.screenshot is None:
            self.terminal.symbolSelected.connect(lambda symbol: self._memory.update(symbol=symbol))
        connections = Connections.of(options.request.home)
        self.window = MainWindow(self.terminal, folders, self._memory, self._lag, connections)
        self.exit_code = 0
        self._session: RunningEngine | None = None
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._switching = asyncio.Lock()
        self._listen()

    async def run(self) -> int:
        """Live until somebody wishes the end; returns the exit code."""
        if not self.window.open_at(self._options.size, self._options.workspace):
            return self._refuse(InputError(f"There is no workspace {self._options.workspace!r}{self._known()}."))
        self.window.show()
        self._do("live", self._live())
        await self._shutdown.wished()
        await self._end()
        return self.exit_code

    async def show(self, request: SessionRequest) -> None:
        """Close the present session and show the one asked for."""
        async with self._switching:
            self.window.summary.show_opening()
            try:
                await self._close_session()
                session = await self._open_session(request)
            except SigmaError as error:
                self._cannot_open(error)
                return
            self._session = session
            self.terminal.attach(session)
            self._do("session", session.run())

    def failed(self, sentence: str) -> None:
        """Tell the person of a failure nobody expected."""
        self.window.notices.tell_failure(sentence)

    def _listen(self) -> None:
        self.window.leaving.connect(self._shutdown.wish)
        self.window.demoChosen.connect(lambda: self._switch(self._like(Mode.DEMO)))
        self.window.sessionChosen.connect(lambda asked: self._switch(replace(asked, home=self._options.request.home)))
        self.window.replayChosen.connect(lambda files: self._switch(self._like(Mode.REPLAY, tuple(files))))

    def _switch(self, request: SessionRequest) -> None:
        if self._switching.locked():
            self.terminal.refused.emit("A market is being opened just now; choose again in a moment.")
            return
        self._do("switch", self.show(request))

    def _like(self, mode: Mode, files: tuple[Path, ...] = ()) -> SessionRequest:
        return SessionRequest(mode=mode, home=self._options.request.home, replay=files)

    async def _live(self) -> None:
        """What happens once the window is on the screen: panels one by one, the engine, the picture if one is due."""
        for entry in PANELS:
            await asyncio.sleep(0)
            self._build(entry)
        await self.show(self._options.request)
        settle()
        self._do("beat", beat(self._lag))
        if self._options.screenshot is not None and not self.exit_code:
            await self._take_picture(self._options.screenshot)

    def _build(self, entry: PanelEntry) -> None:
        """Make a panel as the person left it, and remember how it is left."""
        panel = self.window.docks.build(entry)
        panel.recall(self._memory.memory.habits.get(entry.name, {}))
        if self._options.screenshot is None:
            panel.habitsChanged.connect(lambda habits: self._memory.keep_habits(entry.name, habits))

    async def _take_picture(self, path: Path) -> None:
        try:
            await asyncio.sleep(self._options.after_s)
        except asyncio.CancelledError:
            self._say(f"SIGMA was ended before the picture {path} was taken.")
            self.exit_code = 1
            raise
        if not self.window.save_picture(path):
            self._say(f"The picture could not be written to {path}: check the folder and the disk.")
            self.exit_code = 1
        self._shutdown.wish()

    def _cannot_open(self, error: SigmaError) -> None:
        """From a terminal the sentence goes there and SIGMA ends; otherwise the window says it and stays."""
        log.error("the session could not be opened: %s", error)
        if self._session is None and not self.terminal.loaded and self._is_watched_from_terminal():
            self._refuse(error)
            self._shutdown.wish()
            return
        self.window.summary.show_closed()
        self.window.notices.tell_failure(str(error), "Choose another market from the menu, File, or start SIGMA anew.")

    def _refuse(self, error: SigmaError) -> int:
        self._say(str(error))
        self.exit_code = 2 if isinstance(error, InputError) else 1
        return self.exit_code

    def _is_watched_from_terminal(self) -> bool:
        return self._options.screenshot is not None or (sys.stderr is not None and sys.stderr.isatty())

    @staticmethod
    def _say(sentence: str) -> None:
        if sys.stderr is not None:
            sys.stderr.write(f"sigma: {sentence}\n")

    def _known(self) -> str:
        names = self.window.workspaces.names
        return f": there is {', '.join(names)}" if names else ": none was saved yet, use the menu, View, Save workspace"

    def _do(self, name: str, job: Coroutine[Any, Any, None]) -> None:
        """Start ``job`` beside the rest; what it raises is told and logged."""
        task = asyncio.get_running_loop().create_task(job, name=name)
        self._jobs[name] = task
        task.add_done_callback(self._job_ended)

    def _job_ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.critical("%s failed", task.get_name(), exc_info=error)
        self.failed(str(error) if isinstance(error, SigmaError) else logs.in_words(error))

    async def _close_session(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        self.terminal.detach()
        try:
            await session.close()
        finally:
            await cancelled(self._jobs.pop("session", None))

    async def _end(self) -> None:
        for name in ("switch", "live"):
            await cancelled(self._jobs.pop(name, None))
        for close in (self.terminal.bench.close, self._close_session):
            try:
                await close()
            except SigmaError as error:
                log.error("not everything could be closed: %s", error)
                self._refuse(error)
        await cancelled(self._jobs.pop("beat", None))
        if not self.exit_code and self._options.screenshot is None:
            self.window.keep_layout()
        self.window.leave()


def start(options: Options) -> int:
    """Open the window, live in it, and return the exit code."""
    sys.setswitchinterval(TURN_S)
    app = _application()
    folders = Folders.of(options.request.home)
    end_log = logs.begin_log(folders.logs)
    load_fonts()
    dress(app, MemoryFile(folders.config).memory.palette)
    loop = SigmaLoop(app)
    asyncio.set_event_loop(loop)
    try:
        code: int = loop.run_until_complete(_main(options, loop))
        return code
    finally:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        loop.close()
        asyncio.set_event_loop(None)
        end_log()


async def _main(options: Options, loop: SigmaLoop) -> int:
    shutdown = Shutdown(loop)
    shutdown.hear_signals()
    desktop = Desktop(options, shutdown, sigma_engine.open_session)
    logs.hear_uncaught(desktop.failed)
    loop.set_exception_handler(lambda _loop, context: _unhandled(desktop, context))
    try:
        return await desktop.run()
    finally:
        shutdown.ignore_signals()
        desktop.window.deleteLater()


def _unhandled(desktop: Desktop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    log.error("unhandled in the loop: %s", context.get("message"), exc_info=error)
    if isinstance(error, Exception):
        desktop.failed(logs.in_words(error))


def _application() -> QApplication:
    app = QApplication.instance() or QApplication(["sigma"])
    assert isinstance(app, QApplication)
    app.setApplicationName("SIGMA")
    app.setDesktopFileName("sigma")
    app.setQuitOnLastWindowClosed(False)
    return app
