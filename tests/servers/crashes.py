"""Kills an account at a boundary of an order's life and sits it down again on what the disk had (reliability.md §2.3).

The kill is a copy of the database's files at that very instant; nothing of what was in memory survives it, and a
request that had left is still executed by the exchange.
"""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

from sigma_engine.domain.order import ExitReason, Leg, Order
from sigma_engine.events import (
    BillBooked,
    Event,
    OrderCancelled,
    OrderChanged,
    OrderFilled,
    OrderRejected,
    OrderSubmitted,
    PositionChanged,
    PositionClosed,
    StandingChanged,
)
from sigma_engine.exchanges.gateway import CcxtGateway
from sigma_engine.execution.gateway import Outcome
from sigma_engine.practice.faults import Fault, Faults, Instead, Lost, Unanswered
from sigma_engine.practice.nouns import UNIT
from sigma_engine.practice.reply import Reply
from tests.servers.agreement import FLAT_MS, PROTECTED_MS, disagreements
from tests.servers.practice import Practice, practice
from tests.servers.trading import BTC, Trading, sit_down
from tests.servers.virtual_clock import VirtualClock

START_MS = 1_767_604_530_000
PRICE = 60_000.0


class Boundary(StrEnum):
    """Where the process dies; an issue to come adds the audit log, until then a closed trade stands for its record."""

    BEFORE_INTENT = "before intent commit"
    AFTER_INTENT = "after intent commit"
    MID_BODY = "mid-body"
    AFTER_SEND = "after send"
    AFTER_ACK_READ = "after ACK read"
    BEFORE_ACK = "before ACK commit"
    AFTER_ACK = "after ACK commit"
    BEFORE_VERIFY = "before stop verify"
    AFTER_VERIFY = "after stop verify"
    BEFORE_FILL = "before fill commit"
    AFTER_FILL = "after fill commit"
    BEFORE_RECORD = "before record append"
    AFTER_RECORD = "after record append"
    CHECKPOINT = "during checkpoint"


class Truth(StrEnum):
    """What the exchange made of the order."""

    NEVER = "never arrived"
    REJECTED = "rejected"
    RESTING = "resting"
    PARTIAL = "partial"
    FILLED = "filled"
    STOPPED = "filled, stop hit"


class Deed(StrEnum):
    """What the order was for."""

    ENTRY = "entry"
    EXIT = "exit"
    MOVE = "stop move"
    FLATTEN = "emergency flatten"

    @property
    def leg(self) -> Leg:
        return {Deed.ENTRY: Leg.ENTRY, Deed.MOVE: Leg.STOP}.get(self, Leg.EXIT)

    @property
    def path(self) -> str:
        return "*algoOrder" if self is Deed.MOVE else "*v3/order"


class Killed(Exception):
    """The process is gone."""


@dataclass
class Story:
    """One cell of the matrix: a deed, its fate at the exchange, and where the process dies."""

    deed: Deed
    truth: Truth
    boundary: Boundary
    folder: Path
    reached: bool = False
    armed: bool = False
    last: Path | None = None
    _copies: Any = field(default_factory=count)

    async def play(self) -> list[str]:
        """What does not agree in the end; empty is what a test wants."""
        clock = VirtualClock(START_MS)
        faults = Faults(sleep_until=clock.sleep_until)
        async with practice(faults, clock=clock, half_spread=0) as stand:
            await self._first_life(stand)
            self._heal(stand)
            return await self._second_life(stand)

    async def _first_life(self, stand: Practice) -> None:
        sitting = await sit_down(stand, self.folder / "first.db")
        try:
            self._listen(sitting)
            await self._prepare(sitting)
            self._set_fate(stand)
            self.armed = True
            await self._do(sitting)
            await self._wait(sitting, 9_000)
        except Killed:
            pass
        finally:
            await self._drop(sitting)

    async def _second_life(self, stand: Practice) -> list[str]:
        if self.truth is Truth.STOPPED:
            stand.exchange.move("BTCUSDT", round(PRICE * 0.97 * UNIT))
        elif self.truth is Truth.PARTIAL:
            stand.exchange.move("BTCUSDT", round(PRICE * 1.001 * UNIT))
        last = self.last or self.folder / "first.db"
        sitting = await sit_down(stand, last)
        try:
            wrong = await self._settled(sitting)
        finally:
            await sitting.leave()
        return wrong or await self._idempotent(stand, last)

    async def _settled(self, sitting: Trading) -> list[str]:
        """Up to 200 virtual seconds for everything to be resolved."""
        wrong = ["nothing was looked at"]
        for _ in range(20):
            await sitting.wait(10_000)
            # Who refuses every stop until the process is dead cannot blame it for the time before.
            allowed_ms = FLAT_MS if self.deed is Deed.FLATTEN else PROTECTED_MS
            wrong = disagreements(sitting, protected_ms=allowed_ms)
            if not wrong:
                break
        return wrong

    async def _idempotent(self, stand: Practice, file: Path) -> list[str]:
        """I10: starting again twice more adds no event."""
        wrong: list[str] = []
        for _ in range(2):
            sitting = await sit_down(stand, file)
            try:
                await sitting.wait(20_000)
                news = [fact for fact in sitting.facts if isinstance(fact, _NEWS)]
                wrong += [f"another start brought {type(fact).__name__}" for fact in news]
            finally:
                await sitting.leave()
        return wrong

    # -- the deed and its fate

    async def _prepare(self, sitting: Trading) -> None:
        await sitting.wait(1_000)
        if self.deed is Deed.FLATTEN:
            sitting.stand.exchange.knobs.drop_attached = True
            sitting.stand.exchange.knobs.refuse_stops = True
        if self.deed is not Deed.ENTRY:
            await sitting.enter()
            await sitting.wait(2_000)

    async def _do(self, sitting: Trading) -> None:
        now_ms = sitting.stand.clock.now_ms()
        if self.deed is Deed.ENTRY:
            await sitting.enter()
        elif self.deed is Deed.EXIT:
            (held,) = sitting.account.book.positions()
            await sitting.act(
                [OrderSubmitted(at_ms=now_ms, order=sitting.account.venue.exit_order(held, now_ms, ExitReason.MANUAL))]
            )
        elif self.deed is Deed.MOVE:
            (held,) = sitting.account.book.positions()
            assert held.stop is not None
            moved = sitting.account.book.move_stop(BTC, held.stop + 100, ExitReason.TRAILING)
            await sitting.act([PositionChanged(at_ms=now_ms, position=moved), *sitting.account.venue.protect(now_ms)])

    def _set_fate(self, stand: Practice) -> None:
        knobs, faults = stand.exchange.knobs, stand.server.faults
        if self.truth is Truth.NEVER or self.boundary is Boundary.MID_BODY:
            faults.add(Fault(what=Lost(), path=self.deed.path, method="POST"))
        elif self.boundary is Boundary.AFTER_SEND:
            faults.add(Fault(what=Unanswered(), path=self.deed.path, method="POST"))
        elif self.truth is Truth.REJECTED:
            refused = Reply.of({"code": -3007, "msg": "quantity is too large"}, 400)
            faults.add(Fault(what=Instead(reply=refused), path=self.deed.path, method="POST"))
        if self.truth is Truth.RESTING:
            knobs.hold_ms = 12_000
        elif self.truth is Truth.PARTIAL:
            knobs.partial = (40_000_000, 60_000_000)

    def _heal(self, stand: Practice) -> None:
        stand.server.faults.heal()
        knobs = stand.exchange.knobs
        knobs.drop_attached, knobs.refuse_stops, knobs.hold_ms, knobs.partial = False, False, 0, ()

    # -- the kill

    def _listen(self, sitting: Trading) -> None:
        sitting.before_commit = self._hook(sitting, before=True)
        sitting.after_commit = self._hook(sitting, before=False)
        sitting.account.venue._gateway = _Wire(sitting.gateway, self, sitting)  # type: ignore[assignment]

    def _hook(self, sitting: Trading, *, before: bool) -> Callable[[list[Event]], None]:
        def hook(facts: list[Event]) -> None:
            if self.armed and any(self._is_here(fact, before) for fact in facts):
                self.kill(sitting)

        return hook

    def _is_here(self, fact: Event, before: bool) -> bool:
        leg = self.deed.leg
        match self.boundary, before:
            case (Boundary.BEFORE_INTENT, True) | (Boundary.AFTER_INTENT | Boundary.CHECKPOINT, False):
                return isinstance(fact, OrderSubmitted) and fact.order.leg is leg
            case (Boundary.BEFORE_ACK, True) | (Boundary.AFTER_ACK, False):
                told = isinstance(fact, OrderChanged | OrderRejected | OrderCancelled)
                return told and fact.order.leg is leg  # type: ignore[attr-defined]
            case (Boundary.BEFORE_VERIFY, True) | (Boundary.AFTER_VERIFY, False):
                return isinstance(fact, PositionChanged) and fact.position.protected_ms is not None
            case (Boundary.BEFORE_FILL, True) | (Boundary.AFTER_FILL, False):
                return isinstance(fact, OrderFilled)
            case (Boundary.BEFORE_RECORD, True) | (Boundary.AFTER_RECORD, False):
                return isinstance(fact, PositionClosed | StandingChanged)
        return False

    def kill(self, sitting: Trading) -> None:
        """Keep what the disk has at this instant, and nothing else."""
        self.reached, self.armed = True, False
        self.last = self.folder / f"copy-{next(self._copies)}.db"
        for suffix in ("", "-wal"):
            part = Path(f"{sitting.file}{suffix}")
            if part.exists():
                shutil.copy(part, f"{self.last}{suffix}")
        raise Killed

    async def _wait(self, sitting: Trading, milliseconds: int) -> None:
        for _ in range(milliseconds // 500):
            if self.reached:
                return
            await sitting.wait(500)

    async def _drop(self, sitting: Trading) -> None:
        for task in sitting._tasks:
            task.cancel()
        await asyncio.gather(*sitting._tasks, return_exceptions=True)
        await sitting.account.venue.close()
        await sitting.store.close()


_NEWS = (OrderSubmitted, OrderFilled, OrderChanged, OrderCancelled, OrderRejected, BillBooked, PositionClosed)


class _Wire:
    """The gateway, with ears: it dies where the wire has a boundary."""

    def __init__(self, gateway: CcxtGateway, story: Story, sitting: Trading) -> None:
        self._gateway, self._story, self._sitting = gateway, story, sitting

    @property
    def urgent(self) -> bool:
        return self._gateway.urgent

    @urgent.setter
    def urgent(self, value: bool) -> None:
        self._gateway.urgent = value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    async def submit(self, order: Order, held_back: Callable[[], str | None]) -> Outcome:
        outcome = await self._gateway.submit(order, held_back)
        wire = (Boundary.MID_BODY, Boundary.AFTER_SEND, Boundary.AFTER_ACK_READ)
        if self._story.armed and order.leg is self._story.deed.leg and self._story.boundary in wire:
            try:
                self._story.kill(self._sitting)
            except Killed:
                await asyncio.Event().wait()  # nobody is there any more to hear the answer
        return outcome
