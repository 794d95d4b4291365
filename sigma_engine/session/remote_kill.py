"""The kill switch as another process presses it: looked for ten times a second, obeyed like a person's hand."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from sigma_engine.bus import EventBus
from sigma_engine.clock import system_ms
from sigma_engine.commands import Accepted, CommandResult, PressKillSwitch
from sigma_engine.domain.account import PRESSED_WHILE_IDLE, KillAnswer, KillRequest
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import at_exchange
from sigma_engine.domain.symbol import short
from sigma_engine.events import KillSwitchPressed
from sigma_engine.session.ports import KillRequests

LOOK_S = 0.1

Execute = Callable[[PressKillSwitch], Awaitable[CommandResult]]
HaltAll = Callable[[str], Awaitable[tuple[str, ...]]]


class RemoteKill:
    """Obeys the requests of a data folder; each is removed only once its halt is stored.

    ``halt_all`` halts every account of the folder, for a reason, and names them; ``held`` are this account's positions.
    """

    def __init__(
        self,
        requests: KillRequests,
        bus: EventBus,
        execute: Execute,
        held: Callable[[], tuple[Position, ...]],
        halt_all: HaltAll,
        *,
        account: str,
        venue: str,
    ) -> None:
        self._requests, self._execute, self._held, self._halt_all = requests, execute, held, halt_all
        self._account, self._venue = account, venue
        self._obeyed: KillRequest | None = None
        self._leaves_closing = False
        self._answer: KillAnswer | None = None
        self._drilled: KillSwitchPressed | None = None
        bus.subscribe(KillSwitchPressed, self._complete)

    async def begin(self) -> None:
        """Obey what was asked while nothing ran: it is meant for every account of the folder, so all are halted.

        Closing positions there is left to a session that trades them. Raises `StorageError`.
        """
        request = self._requests.waiting()
        if request is None:
            return
        if self._left_before(request):
            self._obeyed, self._leaves_closing = request, True
            return
        halted = await self._halt_all(PRESSED_WHILE_IDLE)
        simulated = not at_exchange(self._account)
        self._leaves_closing = request.flatten and simulated and any(map(at_exchange, halted))
        await self.obey()

    def _left_before(self, request: KillRequest) -> bool:
        """Whether this account obeyed it in an earlier session: a halt that was lifted since stays lifted."""
        answer = None if at_exchange(self._account) or not request.flatten else self._requests.answered(request)
        return answer is not None and (answer.pressed_ms, answer.account) == (request.pressed_ms, self._account)

    async def watch(self) -> None:
        """Obey whatever is asked, for as long as the session lives."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.obey()

    async def obey(self) -> None:
        """Press the switch where somebody asked for it; a press the session refuses is asked again."""
        request = self._requests.waiting()
        if request is None:
            self._obeyed = None  # one that comes now is new, even where it looks like the last
        if request is None or request == self._obeyed:
            return
        self._answer = self._drilled = None
        if isinstance(await self._execute(PressKillSwitch(flatten=request.flatten)), Accepted):
            self._say_done(request)

    def _say_done(self, request: KillRequest) -> None:
        self._obeyed = request  # where its file cannot be removed it is obeyed once all the same
        self._answer = KillAnswer(
            pressed_ms=request.pressed_ms,
            halted_ms=max(0, system_ms() - request.pressed_ms),
            account=self._account,
            venue=self._venue,
            held=tuple(short(position.symbol) for position in self._held()),
            drill=None if self._drilled is None else self._drilled.drill,
        )
        self._requests.answer(self._answer)
        if not (self._leaves_closing and request.flatten) and self._requests.take_away(request):
            self._obeyed = None

    def _complete(self, pressed: KillSwitchPressed) -> None:
        """The figures of a press may be complete before its command returns, or some seconds later."""
        self._drilled = pressed
        if self._answer is not None and self._answer.drill is None:
            self._answer = replace(self._answer, drill=pressed.drill)
            self._requests.answer(self._answer)
