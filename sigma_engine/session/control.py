"""Carries out commands, and says why where it does not."""

import asyncio
from typing import TYPE_CHECKING

from sigma_engine.commands import (
    Accepted,
    Ask,
    CloseAll,
    ClosePosition,
    Command,
    CommandResult,
    LiftHalt,
    PauseEntries,
    PressKillSwitch,
    Refused,
    ResetPaper,
    StartTrading,
    StopTrading,
    UseStrategy,
)
from sigma_engine.domain.account import AccountState
from sigma_engine.domain.chat import ChatMessage, Speaker
from sigma_engine.domain.order import ExitReason, Leg
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import Mode, RunStatus
from sigma_engine.domain.symbol import short
from sigma_engine.errors import InputError
from sigma_engine.events import ChatAnswered, Event, OrderSubmitted, RunBegan, StandingChanged, StrategyChanged

if TYPE_CHECKING:
    from sigma_engine.session.session import Parts, Session


class Control:
    """The person's hands on the session."""

    def __init__(self, session: "Session", parts: "Parts") -> None:
        self._session, self._workshop, self._assistant = session, parts.workshop, parts.assistant

    async def execute(self, command: Command) -> CommandResult:
        """Carry out ``command``."""
        if not isinstance(command, Ask) and self._session.state.status in (RunStatus.ENDED, RunStatus.FAILED):
            return Refused("this run is over; open another from the File menu")
        match command:
            case StartTrading():
                return await self._set(RunStatus.RUNNING, "started by hand", "SIGMA is trading")
            case PauseEntries():
                return await self._pause()
            case StopTrading(close_positions=close):
                return await self._stop(close)
            case ClosePosition(symbol=symbol):
                return await self._close([p for p in self._positions() if p.symbol == symbol], short(symbol))
            case CloseAll():
                return await self._close(self._positions(), "positions")
            case PressKillSwitch(flatten=flatten):
                return await self._kill(flatten)
            case LiftHalt():
                return await self._lift()
            case UseStrategy(name=name):
                return await self._use(name)
            case ResetPaper():
                return await self._reset()
            case Ask(text=text):
                return await self._ask(text)
            case _:
                return Refused(f"{type(command).__name__} is not a command of this session")

    def _positions(self) -> list[Position]:
        return list(self._session.portfolio().positions)

    async def _set(self, status: RunStatus, reason: str, message: str) -> CommandResult:
        if self._session.state.status is status:
            return Accepted(f"already {status}")
        self._session.set_status(status, reason)
        await self._session.publish_status()
        return Accepted(message)

    async def _pause(self) -> CommandResult:
        now_ms = self._session.clock.now_ms()
        await self._session.record(self._session.trader.venue.cancel_entries(now_ms, "entries were paused"))
        return await self._set(RunStatus.PAUSED, "paused by hand", "no new entries; open positions are managed")

    async def _stop(self, close_positions: bool) -> CommandResult:
        trader, now_ms = self._session.trader, self._session.clock.now_ms()
        facts = trader.venue.cancel_entries(now_ms, "trading was stopped")
        if close_positions:
            facts += trader.close_all(ExitReason.MANUAL)
        await self._session.record(facts)
        return await self._set(RunStatus.STOPPED, "stopped by hand", "trading is stopped")

    async def _close(self, positions: list[Position], what: str) -> CommandResult:
        if not positions:
            return Refused(f"there are no open {what}" if what == "positions" else f"{what} is not held")
        if self._session.state.status is RunStatus.STOPPED and self._session.stands_still:
            return Refused("trading is stopped and the market stands still; press Start first")
        trader, now_ms = self._session.trader, self._session.clock.now_ms()
        fresh = [position for position in positions if trader.venue.pending(position.symbol, Leg.EXIT) is None]
        orders = [trader.exit_order(position, now_ms, ExitReason.MANUAL) for position in fresh]
        await self._session.record([OrderSubmitted(at_ms=now_ms, order=order) for order in orders])
        return Accepted(f"closing {len(positions)} {'position' if len(positions) == 1 else 'positions'} at market")

    async def _kill(self, flatten: bool) -> CommandResult:
        session, now_ms = self._session, self._session.clock.now_ms()
        session.begin_drill(flatten)
        session.standings.latch(AccountState.HALTED, "the kill switch was pressed", now_ms)
        facts = [*self._standing(), *session.trader.venue.cancel_entries(now_ms, "the kill switch was pressed")]
        if flatten:
            facts += session.trader.close_all(ExitReason.KILL)
        await session.record(facts)
        await session.publish_status()
        return Accepted("entries are stopped; positions are being closed" if flatten else "entries are stopped")

    async def _lift(self) -> CommandResult:
        session = self._session
        if session.standings.latched is None:
            return Refused("the account is not halted")
        session.standings.lift()
        await session.record(self._standing())
        await session.publish_status()
        return Accepted("the account may trade again")

    def _standing(self) -> list[Event]:
        now_ms = self._session.clock.now_ms()
        standing = self._session.standings.changed(now_ms)
        return [] if standing is None else [StandingChanged(at_ms=now_ms, standing=standing)]

    async def _use(self, name: str) -> CommandResult:
        try:
            choice = await asyncio.to_thread(self._workshop.strategy, name)
        except InputError as error:
            return Refused(str(error))
        await self._session.change_strategy(choice)
        await self._session.record([StrategyChanged(at_ms=self._session.clock.now_ms(), name=choice.name)])
        return Accepted(f"{choice.name} decides from the next candle on")

    async def _reset(self) -> CommandResult:
        if self._session.state.mode is Mode.LIVE:
            return Refused("a live account cannot be reset")
        await self._session.begin_anew()
        now_ms = self._session.clock.now_ms()
        await self._session.record([RunBegan(at_ms=now_ms, run_id=self._session.state.run_id)])
        await self._session.publish_status()
        return Accepted("a new run with a fresh balance; the old one is kept")

    async def _ask(self, text: str) -> CommandResult:
        question = text.strip()
        if not question:
            return Refused("type a question first")
        await self._say(Speaker.PERSON, question)
        await self._say(Speaker.ASSISTANT, await self._assistant.answer(question))
        return Accepted("answered")

    async def _say(self, speaker: Speaker, text: str) -> None:
        message = ChatMessage(self._session.clock.now_ms(), speaker, text)
        await self._session.record([ChatAnswered(at_ms=message.at_ms, message=message)])
