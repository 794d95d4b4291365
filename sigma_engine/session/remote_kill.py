"""The kill switch as another process presses it: looked for ten times a second, obeyed like a person's hand."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from sigma_engine.bus import EventBus
from sigma_engine.clock import system_ms
from sigma_engine.commands import Accepted, CommandResult, PressKillSwitch
from sigma_engine.domain.account import KillAnswer, KillRequest
from sigma_engine.domain.position import Position
from sigma_engine.domain.symbol import short
from sigma_engine.events import KillSwitchPressed
from sigma_engine.session.ports import KillRequests

LOOK_S = 0.1

Execute = Callable[[PressKillSwitch], Awaitable[CommandResult]]


class RemoteKill:
    """Obeys the requests of a data folder; each is removed only once its halt is stored."""

    def __init__(
        self,
        requests: KillRequests,
        bus: EventBus,
        execute: Execute,
        held: Callable[[], tuple[Position, ...]],
        *,
        account: str,
        venue: str,
    ) -> None:
        self._requests, self._execute, self._held = requests, execute, held
        self._account, self._venue = account, venue
        self._obeyed: KillRequest | None = None
        self._answer: KillAnswer | None = None
        self._drilled: KillSwitchPressed | None = None
        bus.subscribe(KillSwitchPressed, self._complete)

    async def watch(self) -> None:
        """Obey whatever is asked, for as long as the session lives."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.obey()

    async def obey(self) -> None:
        """Press the switch where somebody asked for it; a press the session refuses is asked again."""
        request = self._requests.waiting()
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
        self._requests.take_away(request)

    def _complete(self, pressed: KillSwitchPressed) -> None:
        """The figures of a press may be complete before its command returns, or some seconds later."""
        self._drilled = pressed
        if self._answer is not None and self._answer.drill is None:
            self._answer = replace(self._answer, drill=pressed.drill)
            self._requests.answer(self._answer)
