"""kill -9 of the whole program at a boundary of an entry's life, and how things stand after it was started again.

The exchange lives in the process of the test, SIGMA's command line in another. The price stands still until a position
is held and everything agrees; then it goes to the target, which ends the trade. Nothing in that depends on when
something happened, so a life with a death in it must come to the very figures of one without.
"""

import asyncio
import random
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select

from sigma_engine.clock import Clock
from sigma_engine.domain.account import Standing
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.faults import Fault, Lost, refused
from sigma_engine.practice.nouns import Kind
from sigma_engine.storage.account_rows import BillRow, StandingRow
from sigma_engine.storage.models import FillRow, OrderRow, PositionRow, TradeRow
from tests.servers.agreement import disagreements
from tests.servers.crashes import Boundary, Truth
from tests.servers.processes import living
from tests.servers.still_exchange import SPEED, StillExchange
from tests.servers.write_ahead_log import moved_pages

LONGEST_S = 180
"""So long anything may take on a machine that has much else to do; who waits longer waits in vain."""
NAP_S = 0.02
PLACING, POSITIONS = "/capi/v3/order", "/capi/v3/account/position/allPosition"
CLOSED = (Boundary.BEFORE_RECORD, Boundary.AFTER_RECORD)
"""Where the trade is at its end already."""

State = dict[str, list[tuple[Any, ...]]]


class InVain(AssertionError):
    """Something that was waited for did not come to pass."""


@dataclass
class Life:
    """One account from its first entry to the end of its trade; ``boundary`` is where it is killed, if anywhere.

    ``found`` says what was seen on the way, ``held`` and ``closed`` how things stood with the position and after it,
    ``failure`` why it never came to that.
    The seed chooses price and side; ``truth`` is what the exchange makes of the first entry.
    """

    boundary: Boundary | None
    seed: int
    folder: Path
    truth: Truth = Truth.FILLED
    found: list[str] = field(default_factory=list)
    held: State = field(default_factory=dict)
    closed: State = field(default_factory=dict)
    failure: BaseException | None = None

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        self.first_price = chance.randint(20_000, 90_000)
        self.sign = chance.choice((1, -1))
        self.place = StillExchange(self.first_price)

    async def play(self, starts_more: int = 0) -> None:
        """To the end, and so many starts more, which must not change what is kept (I10).

        Where it fails ``failure`` says why: `InVain` with what does not agree where it never does.
        """
        try:
            async with self.place:
                await self._lives(starts_more)
        except AssertionError as failure:
            self.failure = failure

    async def _lives(self, starts_more: int) -> None:
        self._set_fate()
        if self.boundary is not None:
            await self._first_life()
        await self._last_life()
        kept = self._kept()
        for _ in range(starts_more):
            await self._idle_life()
            assert self._kept() == kept

    # -- the lives

    async def _first_life(self) -> None:
        async with self._sigma("first", self.boundary) as process:
            if self.boundary in CLOSED:
                await self._until("the position is held", process, lambda: self._wrongs(is_held=True))
                self._move_to_target()
            elif self.boundary is Boundary.AFTER_SEND:
                await self._until("the entry arrives", process, self._not_arrived)
                process.kill()
            code = await self._ended(process, "it dies")
            assert code == -signal.SIGKILL, f"it ended with {code}: {self._said()}"
        self._note()
        if self.truth is Truth.STOPPED and self.place.exchange.positions(None):
            self._move_to_target()

    async def _last_life(self) -> None:
        async with self._sigma("last") as process:
            await self._until("the account is active", process, self._not_active)
            if self.place.price == self.first_price:
                await self._until("the position is held", process, lambda: self._wrongs(is_held=True))
                self.held = self._state()
                self._move_to_target()
            await self._until("the trade is closed", process, lambda: self._wrongs(is_held=False))
            await self._leave(process)
        assert (wrong := self._wrongs(is_held=False)) == [], wrong
        self.closed = self._state()

    async def _idle_life(self) -> None:
        """Until the account was compared with the exchange's once more after it became active."""
        async with self._sigma("again") as process:
            await self._until("the account is active", process, self._not_active)
            enough = self._readings() + 2
            await self._until("it reads", process, lambda: ["too few"] if self._readings() < enough else [])
            await self._leave(process)

    async def _leave(self, process: Process) -> None:
        process.send_signal(signal.SIGINT)
        code = await self._ended(process, "it ends")
        assert code == 0, f"it ended with {code}: {self._said()}"

    def _note(self) -> None:
        """What death left behind: what the exchange made of the entry, and what the disk knows of it.

        A copy is read: whoever opens a log that nobody closed begins to mend it.
        """
        copy = Path(shutil.copytree(self.file.parent, self.folder / "left behind")) / self.file.name
        kept = sorted(f"{row['leg']} {row['state']}" for row in _rows(copy, OrderRow))
        self.found.append(f"executed {len(self.place.fills)} times, kept {', '.join(kept) or 'nothing'}")
        if self.boundary is Boundary.MID_BODY:
            assert self.place.server.torn == 1
            assert not self.place.was_sent(PLACING)
            self.found.append("one request torn")
        if self.boundary is Boundary.CHECKPOINT:
            moved, pages = moved_pages(self.file)
            assert 0 < moved < pages, f"the checkpoint moved {moved} of {pages} pages"
            self.found.append(f"{moved} of {pages} pages moved")

    # -- the fate of the entry

    def _set_fate(self) -> None:
        knobs = self.place.exchange.knobs
        match self.truth:
            case Truth.NEVER:
                self.place.faults.add(Fault(what=Lost(), path=PLACING, method="POST"))
            case Truth.REJECTED:
                too_large = refused(-3007, "quantity is too large", 400)
                self.place.faults.add(Fault(what=too_large, path=PLACING, method="POST"))
            case Truth.RESTING:
                knobs.hold_ms = 12_000
            case Truth.PARTIAL:
                knobs.partial = (40_000_000, 60_000_000)
            case Truth.FILLED | Truth.STOPPED:
                pass

    def _move_to_target(self) -> None:
        self.place.exchange.knobs.hold_ms, self.place.exchange.knobs.partial = 0, ()
        self.place.move(round(self.first_price * (1 + 0.03 * self.sign)))

    # -- what is waited for

    def _wrongs(self, *, is_held: bool) -> list[str]:
        exchange = self.place.exchange
        if bool(exchange.positions(None)) is not is_held:
            return [f"{'nothing' if is_held else 'a position'} is held at the exchange"]
        waiting = sorted(order.ticket.kind for order in exchange.open_orders(waiting=True))
        if is_held and waiting != [Kind.STOP_MARKET, Kind.TAKE_PROFIT_MARKET]:
            return [f"{', '.join(waiting) or 'nothing'} waits at the exchange"]
        return disagreements(self)

    def _not_arrived(self) -> list[str]:
        return [] if self.place.was_sent(PLACING) else ["nothing arrived"]

    def _not_active(self) -> list[str]:
        return [] if "account active" in self._said() else ["it is not"]

    def _readings(self) -> int:
        return sum(heard.path == POSITIONS for heard in self.place.server.requests)

    async def _until(self, what: str, process: Process, wrongs: Callable[[], list[str]]) -> None:
        """Until nothing is wrong; `InVain` where it ends before, or never gets there."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + LONGEST_S
        while wrong := wrongs():
            if process.returncode is not None or loop.time() > end_s:
                how = "in time" if process.returncode is None else f"before it ended with {process.returncode}"
                raise InVain(f"not {how}, {what}: {'; '.join(wrong)}; {self.found}\n{self._said()}")
            await asyncio.sleep(NAP_S)

    async def _ended(self, process: Process, what: str) -> int:
        await self._until(what, process, lambda: ["it lives"] if process.returncode is None else [])
        return await process.wait()

    # -- what agreement asks for, and what is compared

    @property
    def stand(self) -> "Life":
        return self

    @property
    def exchange(self) -> Exchange:
        return self.place.exchange

    @property
    def clock(self) -> Clock:
        return self.place.clock

    @property
    def standings(self) -> "Life":
        return self

    @property
    def standing(self) -> Standing:
        (row,) = self._rows(StandingRow)
        return Standing(**{name: row[name] for name in ("state", "reason", "since_ms", "latched")})

    @property
    def file(self) -> Path:
        return self.folder / "home" / "sigma.db"

    def _rows(self, table: Any) -> list[Any]:
        return _rows(self.file, table)

    def _kept(self) -> dict[str, list[Any]]:
        return {table.__tablename__: self._rows(table) for table in (OrderRow, FillRow, TradeRow, BillRow, PositionRow)}

    def _state(self) -> State:
        """Everything but times and names, here and there.

        Whether the target that came with the entry ended the trade, or the one placed at its fill, is a matter of
        names. An order that ended without an execution leaves no trace: how often protection is placed again before it
        is seen depends on how fast the machine is.
        """
        exchange = self.place.exchange
        orders = [row for row in self._rows(OrderRow) if row["filled"] or row["state"].is_open]
        return {
            "held there": [(held.hold, held.size, held.open_value) for held in exchange.positions(None)],
            "waiting there": sorted(
                (order.ticket.kind, order.ticket.side, order.ticket.quantity, order.ticket.trigger)
                for order in exchange.open_orders(waiting=True)
            ),
            "executed there": [(fill.side, fill.price, fill.quantity, fill.fee) for fill in self.place.fills],
            "wallet there": [(exchange.wallet().total,)],
            "orders": _columns(orders, "side", "state", "quantity", "filled"),
            "executions": _columns(self._rows(FillRow), "side", "price", "quantity", "fee", "slippage"),
            "positions": _columns(self._rows(PositionRow), "side", "quantity", "entry_price", "stop", "target", "fees"),
            "trades": _columns(self._rows(TradeRow), "side", "entry_price", "exit_price", "quantity", "pnl", "reason"),
        }

    # -- the program

    def _sigma(self, name: str, boundary: Boundary | None = None) -> AbstractAsyncContextManager[Process]:
        """SIGMA's command line, or the same that will die."""
        program = ["sigma_engine.cli"] if boundary is None else ["tests.servers.killed_child", str(boundary)]
        what = ["--symbols", "BTC", "--strategy", str(self._strategy()), "--speed", str(SPEED)]
        self._saying = self.folder / name
        return living(program, what, self.place.url, self.file.parent, self._saying)

    def _said(self) -> str:
        return self._saying.read_text("utf-8")

    def _strategy(self) -> Path:
        """It enters wherever it holds nothing, and not any more once the target was reached."""
        way, side = ("long", "<") if self.sign > 0 else ("short", ">")
        limit = self.first_price * (1 + 0.01 * self.sign)
        file = self.folder / "once.json"
        file.write_text(
            f'{{"version": 1, "name": "Once", "timeframe": "1m", "direction": "{way}", '
            f'"entry_{way}": ["close {side} {limit:.1f}"], "stop_loss": {{"type": "percent", "value": 2}}, '
            '"take_profit": {"type": "percent", "value": 2}}',
            "utf-8",
        )
        return file


def differences(life: Life, other: Life) -> list[str]:
    """In which figures ``life`` came to something else than ``other``, the one without a death in it.

    The position is compared where it was still held after the death.
    """
    moments = [("held", life.held, other.held)] if life.held else []
    return [
        f"{moment}: {name} {here[name]}, without the crash {there[name]}"
        for moment, here, there in [*moments, ("closed", life.closed, other.closed)]
        for name in here
        if here[name] != there[name]
    ]


def _rows(file: Path, table: Any) -> list[Any]:
    engine = create_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return list(connection.execute(select(table.__table__)).mappings())
    finally:
        engine.dispose()


def _columns(rows: list[Any], *names: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(row[name] for name in names) for row in rows), key=str)
