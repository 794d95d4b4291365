"""A live account at an exchange written by somebody else, from the interface's description alone, with any habits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from decimal import Decimal
from math import inf
from pathlib import Path
from random import Random

import pytest

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.keys import ApiKeys
from sigma_engine.domain.order import ExitReason, PositionSide
from sigma_engine.events import Event, OrderSubmitted, PositionChanged, PositionClosed
from tests.servers.independent.audit import disagreements
from tests.servers.independent.habits import Duplicates, Lags, Limiting, Refusing
from tests.servers.independent_weex import Habits, IndependentWeex
from tests.servers.trading import BTC, ETH, Seat, Sitting, market_of, sit_at
from tests.servers.virtual_clock import VirtualClock

START_MS = 1_767_627_900_000  # 2026-01-05 15:45:00 UTC
FUNDING_MS = START_MS + 15 * 60_000
SECOND = 1_000
LONG, SHORT = PositionSide
PRICES = {BTC: 60_000.0, ETH: 3_000.0}
QUANTITIES = {BTC: "0.0123", ETH: "0.234"}

HABITS = {
    "its own": Habits(seed=1),
    "late": Habits(
        seed=2,
        lags=Lags(orders=1_500, algos=2_500, fills=3_500, positions=2_000, balance=1_000, bills=4_000),
        answer_ms=800,
        triggered_word="TRIGGERED",
    ),
    "hasty": Habits(
        seed=3,
        fills_before_answer=1,
        answer_ms=1_200,
        attached_after_ms=4_500,
        refusing=Refusing.SUCCESS_FALSE,
        duplicates=Duplicates.ANSWERED_AGAIN,
    ),
    "never attaching in time": Habits(
        seed=4, attached_after_ms=20_000, trims_closes=False, sweeps_orphans=True, refusal_status=400
    ),
    "taciturn": Habits(
        seed=5,
        limiting=Limiting.JSON,
        fees_apart=False,
        pushes_algos=False,
        flat_rows=False,
        flat_pushed=False,
        absent=1.0,
        numbers=1.0,
        texts=1.0,
    ),
    "slow": Habits(
        seed=6,
        limiting=Limiting.TEXT,
        fill_ms=(3_000, 3_000),
        parts=(4, 4),
        part_gap_ms=(700, 700),
        fills_before_answer=0,
        lags=Lags(fills=5_000, algos=1_000),
    ),
    "literal": Habits(
        seed=7,
        absent=0.0,
        numbers=0.0,
        texts=0.0,
        fill_ms=(0, 0),
        parts=(1, 1),
        duplicates=Duplicates.ACCEPTED,
        unchanged_mode_refused=False,
        refuses_reached_triggers=False,
    ),
    "its own again": Habits(seed=8, lags=Lags(orders=3_000, algos=3_000, positions=3_000)),
}


@dataclass
class Floor:
    """The exchange, the account's database, and whoever sits there at present."""

    server: IndependentWeex
    clock: VirtualClock
    file: Path
    chance: Random
    facts: list[Event] = field(default_factory=list)
    away: list[tuple[float, float]] = field(default_factory=list)
    _sitting: Sitting[IndependentWeex] | None = None
    _names: int = 0

    @property
    def sitting(self) -> Sitting[IndependentWeex]:
        assert self._sitting is not None
        return self._sitting

    # -- coming and going

    async def arrive(self) -> None:
        keys = self.server.credentials
        seat = Seat(
            url=self.server.url,
            clock=self.clock,
            keys=ApiKeys.of(keys.key, keys.secret, keys.passphrase),
            last=lambda market: float(self.server.prices[market]),
            move=lambda market, price: self.server.set_price(market, str(round(price, 2))),
            stirs=lambda: self.server.stirs,
        )
        self._sitting = await sit_at(self.server, seat, self.file)
        if self.away:
            self.away[-1] = (self.away[-1][0], self.clock.now_ms())

    async def leave(self, *, crash: bool = False) -> None:
        if self._sitting is not None:
            sitting, self._sitting = self._sitting, None
            self.facts += sitting.facts
            self.away.append((self.clock.now_ms(), inf))
            await (sitting.crash() if crash else sitting.leave())

    async def wait(self, milliseconds: int) -> None:
        """Time passes, whether somebody sits there or not."""
        if self._sitting is not None:
            await self._sitting.wait(milliseconds)
        else:
            await self.clock.run_to(self.clock.now_ms() + milliseconds, self.server.settle)

    # -- what the account does

    async def enter(self, symbol: str, side: PositionSide) -> None:
        """An entry as soon as a session might make it: what is in doubt is so for two minutes at most."""
        for _ in range(24):
            if self.sitting.account.venue.doubt(symbol) is None and self.sitting.standings.standing.may_enter:
                break
            await self.wait(5 * SECOND)
        assert self.sitting.account.venue.doubt(symbol) is None
        assert self.sitting.standings.standing.may_enter
        assert self.sitting.account.book.position(symbol) is None
        self._names += 1
        await self.sitting.enter(symbol, side, QUANTITIES[symbol], name=self._names)

    async def hold(self, symbol: str, side: PositionSide) -> None:
        """An entry, and a while in which it is executed and protected."""
        await self.enter(symbol, side)
        await self.wait(15 * SECOND)
        held = self.sitting.account.book.position(symbol)
        assert held is not None
        assert (held.side, held.quantity) == (side, Decimal(QUANTITIES[symbol]))
        assert held.protected_ms is not None

    def is_held(self, symbol: str) -> bool:
        return self.sitting.account.book.position(symbol) is not None

    async def exit(self, symbol: str) -> None:
        venue, now_ms = self.sitting.account.venue, self.clock.now_ms()
        held = self.sitting.account.book.position(symbol)
        assert held is not None
        order = venue.exit_order(held, now_ms, ExitReason.MANUAL)
        await self.sitting.act([OrderSubmitted(at_ms=now_ms, order=order)])

    async def move_stop(self, symbol: str) -> None:
        """Bring the stop a third of the way to the price."""
        account, now_ms = self.sitting.account, self.clock.now_ms()
        held = account.book.position(symbol)
        assert held is not None
        assert held.stop is not None
        nearer = account.book.arithmetic(symbol).price(float(held.stop) + float(held.mark - held.stop) / 3)
        moved = account.book.move_stop(symbol, nearer, ExitReason.TRAILING)
        await self.sitting.act([PositionChanged(at_ms=now_ms, position=moved)])
        await self.sitting.act(account.venue.protect(now_ms))

    async def touch_target(self, symbol: str) -> None:
        """The market trades exactly there, so that some of it is executed at a worse price."""
        held = self.sitting.account.book.position(symbol)
        assert held is not None
        assert held.target is not None
        await self.sitting.price(symbol, float(held.target))

    async def jump(self, symbol: str, fraction: float) -> None:
        """The market trades elsewhere, whether somebody sits there or not."""
        price = round(float(self.server.prices[market_of(symbol)]) * (1 + fraction), 1)
        if self._sitting is not None:
            await self.sitting.price(symbol, price)
        else:
            self.server.set_price(market_of(symbol), str(price))

    def closed(self) -> list[tuple[str, ExitReason]]:
        """What was closed since this was asked last, and why."""
        facts, self.facts = [*self.facts, *self.sitting.facts], []
        self.sitting.facts.clear()
        return [(fact.trade.symbol, fact.trade.reason) for fact in facts if isinstance(fact, PositionClosed)]

    async def settle(self) -> None:
        """All that was in doubt ends within two minutes, everything agrees then, and stays so."""
        for _ in range(12):
            if not (wrong := self.wrongs()):
                break
            await self.wait(10 * SECOND)
        assert wrong == []
        await self.wait(15 * SECOND)
        assert self.wrongs() == []

    def wrongs(self) -> list[str]:
        standing = self.sitting.standings.standing
        largest = {market_of(symbol): Decimal(quantity) for symbol, quantity in QUANTITIES.items()}
        found = disagreements(self.file, self.server.ledger, self.clock.now_ms(), largest, self.away)
        return found if standing.state is AccountState.ACTIVE else [*found, f"{standing.state}: {standing.reason}"]


@asynccontextmanager
async def floor(folder: Path, habits: Habits) -> AsyncIterator[Floor]:
    clock = VirtualClock(START_MS)
    server = IndependentWeex(clock, symbols={"BTCUSDT": 60_000, "ETHUSDT": 3_000}, habits=habits, past_minutes=60)
    await server.start()
    here = Floor(server, clock, folder / "account.db", Random(habits.seed))
    try:
        await here.arrive()
        await here.wait(SECOND)
        yield here
    finally:
        await here.leave()
        await server.stop()


async def trade(here: Floor) -> None:
    """Stops and targets act, people close by hand, SIGMA dies and comes back, streams end: at every habit."""
    await here.hold(BTC, LONG)
    await here.hold(ETH, SHORT)
    await here.jump(BTC, -0.015)
    await here.wait(20 * SECOND)
    await here.touch_target(ETH)
    await here.wait(20 * SECOND)
    assert here.closed() == [(BTC, ExitReason.STOP), (ETH, ExitReason.TARGET)]

    await here.enter(BTC, SHORT)
    await here.enter(ETH, LONG)
    await here.wait(here.chance.randrange(100, 3 * SECOND))
    await here.leave(crash=True)
    await here.wait(here.chance.randrange(100, 2 * SECOND))
    await here.arrive()
    await here.wait(20 * SECOND)
    await here.exit(BTC)
    await here.wait(here.chance.randrange(100, 2 * SECOND))
    await here.leave(crash=True)
    await here.arrive()
    await here.wait(20 * SECOND)
    assert here.closed() == [(BTC, ExitReason.MANUAL)]

    await here.move_stop(ETH)
    await here.wait(15 * SECOND)
    await here.server.hang_up()
    await here.wait(10 * SECOND)
    await here.leave()
    await here.jump(ETH, -0.02)
    await here.wait(60 * SECOND)
    await here.arrive()
    await here.wait(20 * SECOND)
    assert here.closed() == [(ETH, ExitReason.TRAILING)]

    await here.hold(BTC, LONG)
    here.server.close_by_hand("BTCUSDT")
    await here.wait(25 * SECOND)
    assert here.closed() == [(BTC, ExitReason.MANUAL)]

    await here.hold(ETH, SHORT)
    await here.hold(BTC, LONG)
    await here.wait(max(0, FUNDING_MS + SECOND - here.clock.now_ms()))
    await here.wait(40 * SECOND)
    assert here.closed() == []


def any_habits(seed: int) -> Habits:
    """Habits as they come; lists lag by no more than 3 s, so that what is bare can be seen in time."""
    chance = Random(seed)
    earliest_ms = chance.randrange(3_000)
    lags_ms = {each.name: chance.choice((0, 0, 500, 1_500, 3_000)) for each in fields(Lags)}
    return Habits(
        seed=seed,
        fill_ms=(earliest_ms, chance.randrange(earliest_ms, 3_001)),
        part_gap_ms=(0, chance.choice((0, 300, 700))),
        fills_before_answer=chance.choice((0.0, 0.25, 0.5, 1.0)),
        answer_ms=chance.choice((0, 0, 300, 1_500, 2_900)),
        attached_after_ms=chance.choice((0, 400, 2_000, 4_500)),
        triggered_word=chance.choice(("FILLED", "TRIGGERED", "FINISHED")),
        lags=Lags(**lags_ms),
        refusing=chance.choice(list(Refusing)),
        refusal_status=chance.choice((200, 400)),
        duplicates=chance.choice(list(Duplicates)),
        limiting=chance.choice(list(Limiting)),
        trims_closes=chance.random() < 0.5,
        sweeps_orphans=chance.random() < 0.5,
        unchanged_mode_refused=chance.random() < 0.5,
        refuses_reached_triggers=chance.random() < 0.5,
        flat_rows=chance.random() < 0.5,
        flat_pushed=chance.random() < 0.5,
        pushes_algos=chance.random() < 0.5,
        shuffles_events=chance.random() < 0.5,
        fees_apart=chance.random() < 0.5,
        numbers=chance.random(),
        texts=chance.random(),
        absent=chance.random(),
    )


async def wander(here: Floor) -> None:
    """Entries, exits, moved stops, jumps, crashes and strangers' hands in any order, at any moment."""
    for symbol in (BTC, ETH) * 4:
        if here.sitting.account.book.position(symbol) is None:
            await here.enter(symbol, here.chance.choice((LONG, SHORT)))
        await here.wait(here.chance.randrange(100, 9 * SECOND))
        deed = here.chance.random()
        if deed < 0.2:
            await here.leave(crash=True)
            await here.wait(here.chance.randrange(100, 9 * SECOND))
            await here.arrive()
        elif deed < 0.3:
            await here.server.hang_up()
        elif deed < 0.45:
            here.server.close_by_hand(market_of(symbol))
        elif deed < 0.6 and here.is_held(symbol):
            await here.move_stop(symbol)
        elif deed < 0.8 and here.is_held(symbol):
            await here.exit(symbol)
        await here.wait(here.chance.randrange(100, 4 * SECOND))
        if here.chance.random() < 0.6:
            await here.jump(symbol, here.chance.choice((-0.015, 0.015)))
        elif here.is_held(symbol):
            await here.touch_target(symbol)
        await here.wait(here.chance.randrange(100, 20 * SECOND))


@pytest.mark.parametrize("seed", range(100, 106))
def test_at_any_habits_and_in_any_order_it_does_too(seed: int, tmp_path: Path) -> None:
    async def play() -> None:
        async with floor(tmp_path, any_habits(seed)) as here:
            await wander(here)
            await here.settle()

    asyncio.run(play())


@pytest.mark.parametrize("fills", [True, False])
def test_a_liquidation_halts_the_account_and_costs_here_what_it_costs_there(fills: bool, tmp_path: Path) -> None:
    async def play() -> None:
        async with floor(tmp_path, Habits(seed=9, liquidation_fills=fills)) as here:
            await here.hold(BTC, LONG)
            await here.jump(BTC, -0.3)
            await here.wait(120 * SECOND)
            assert len(here.server.liquidations) == 1
            assert here.closed() == [(BTC, ExitReason.LIQUIDATION)]
            *wrongs, halted = here.wrongs()
            assert halted == "halted: BTC/USDT was liquidated by the exchange"
            assert bool(wrongs) is not fills, "without an execution the exchange's list has no end of the position"
            assert not any("wallet" in line or "order" in line or "held" in line for line in wrongs)

    asyncio.run(play())


@pytest.mark.parametrize("name", HABITS)
def test_whatever_its_habits_the_database_tells_the_exchanges_own_history(name: str, tmp_path: Path) -> None:
    async def play() -> None:
        async with floor(tmp_path, HABITS[name]) as here:
            await trade(here)
            await here.settle()
            assert {order.asked.kind for order in here.server.orders} == {"MARKET"}
            assert all(position.funding for position in here.server.positions)

    asyncio.run(play())
