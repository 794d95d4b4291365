"""The one object panels are given: the session's state, the beat to repaint on, and the way to ask for things."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from sigma_desktop.bridge.bench import Bench
from sigma_desktop.bridge.exhibit import Exhibit
from sigma_desktop.bridge.state import TerminalState
from sigma_desktop.bridge.topics import EVERYTHING, Topic
from sigma_desktop.bridge.turns import Turns
from sigma_engine import (
    Accepted,
    Command,
    CommandResult,
    Event,
    EventBus,
    Refused,
    RunBegan,
    SigmaError,
    Snapshot,
    Unsubscribe,
    open_laboratory,
)

FRAME_MS = 100
NOT_OPEN = "The market is still opening; try again in a moment."

Answer = Callable[[CommandResult], None]


class Engine(Protocol):
    """What the window needs of a session."""

    @property
    def bus(self) -> EventBus:
        """Where facts are told."""
        ...

    def snapshot(self) -> Snapshot:
        """The whole state at this instant."""
        ...

    async def execute(self, command: Command) -> CommandResult:
        """Carry a command out, or say why not."""
        ...


class Terminal(QObject):
    """Collects what changed and tells the panels at most ten times a second; idle while nothing happens.

    Panels that hear of it ask for one of the ``turns`` to repaint in. The ``exhibit`` is the backtest they show.
    """

    changed = Signal(object)
    """A frozenset of `Topic`: what has changed since the last time."""
    symbolSelected = Signal(str)  # noqa: N815 a Qt signal
    accepted = Signal(str)
    """A command was carried out; the engine's message."""
    refused = Signal(str)
    """A command was not carried out; the reason and the next step."""

    def __init__(self, parent: QObject | None = None, bench: Bench | None = None) -> None:
        super().__init__(parent)
        self.bench = bench or Bench(open_laboratory, parent=self)
        """The way to the laboratory, which no session needs."""
        self.state = TerminalState()
        self.loaded = False
        self._engine: Engine | None = None
        self._leave: Unsubscribe | None = None
        self._dirty: frozenset[Topic] = frozenset()
        self._begun = False
        self._tasks: set[asyncio.Task[CommandResult]] = set()
        self.turns = Turns(self)
        self.exhibit = Exhibit(self)
        self.exhibit.refused.connect(self.refused)
        self.exhibit.changed.connect(lambda: self.touch(frozenset({Topic.BACKTEST})))
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self._tell)

    def attach(self, engine: Engine) -> None:
        """Show ``engine`` from now on; what was shown before is forgotten."""
        self.detach()
        self._engine = engine
        self._leave = engine.bus.subscribe(Event, self._hear)
        self._reload()
        self.flush()

    def detach(self) -> None:
        """Hear nothing more; what is shown stays."""
        if self._leave is not None:
            self._leave()
        self._leave = self._engine = None
        self._frame.stop()
        for task in self._tasks:
            task.cancel()

    def execute(self, command: Command, then: Answer | None = None) -> None:
        """Ask the engine for ``command``; ``then`` gets the answer, a refusal is told to the person as well."""
        if self._engine is None:
            self._answer(Refused(NOT_OPEN), then)
            return
        task = asyncio.get_running_loop().create_task(_outcome(self._engine, command))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._executed(done, then))

    def select(self, symbol: str) -> None:
        """Show ``symbol`` on the chart and wherever one symbol is shown."""
        if symbol == self.state.selected or symbol not in self.state.symbols:
            return
        self.state.selected = symbol
        self.symbolSelected.emit(symbol)
        self.touch(frozenset({Topic.SYMBOL}))

    def touch(self, topics: frozenset[Topic]) -> None:
        """Have ``topics`` painted anew at the next beat."""
        self._dirty |= topics
        if self._dirty and not self._frame.isActive():
            self._frame.start()

    def flush(self) -> None:
        """Tell the panels, and have them repaint, now."""
        self._tell()
        self.turns.finish()

    def _tell(self) -> None:
        self._frame.stop()
        if self._begun:
            self._reload()
        if Topic.RUN in self._dirty and self._engine is not None:
            # Closing everything ends a run without a last word on the account.
            self._dirty |= self.state.take_account(self._engine.snapshot().portfolio)
        dirty = self._dirty | self.state.mark()
        self._dirty = frozenset()
        if dirty:
            self.changed.emit(dirty)

    def _reload(self) -> None:
        self._begun = False
        if self._engine is None:
            return
        self.state.load(self._engine.snapshot())
        self.loaded = True
        self.symbolSelected.emit(self.state.selected)
        self._dirty = EVERYTHING

    def _hear(self, event: Event) -> None:
        self._begun |= isinstance(event, RunBegan)
        self.touch(EVERYTHING if self._begun else self.state.apply(event))

    def _executed(self, task: asyncio.Task[CommandResult], then: Answer | None) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self._answer(task.result(), then)

    def _answer(self, result: CommandResult, then: Answer | None) -> None:
        match result:
            case Accepted(message):
                self.accepted.emit(message)
            case Refused(reason):
                self.refused.emit(reason)
        if then is not None:
            then(result)


async def _outcome(engine: Engine, command: Command) -> CommandResult:
    try:
        return await engine.execute(command)
    except SigmaError as error:
        return Refused(str(error))
