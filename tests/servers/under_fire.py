"""What an account does while everything goes wrong: entries, stops that move, exits; then healing, and the books."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sigma_engine.domain.account import AccountState
from sigma_engine.domain.order import ExitReason, Leg, Order, PositionSide
from sigma_engine.events import AlertRaised, OrderSubmitted, PositionChanged, StandingChanged
from sigma_engine.practice.faults import Fault, Mishap
from sigma_engine.practice.knobs import Knobs
from tests.servers.agreement import disagreements
from tests.servers.trading import BTC, ETH, Trading, trading

PRICES = {BTC: 60_000.0, ETH: 3_000.0}
QUANTITIES = {BTC: "0.01", ETH: "0.2"}
SECOND, MINUTE = 1_000, 60_000


@dataclass
class Fire:
    """One seeded scenario on a sitting: the same seed does the same to it."""

    sitting: Trading
    seed: int
    entries: int = 0
    moves: int = 0
    exits: int = 0
    _names: int = 0
    _prices: dict[str, float] = field(default_factory=lambda: dict(PRICES))

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.sitting.stand.server.faults.sleep_until = self.sitting.stand.clock.sleep_until
        self.sitting.stand.server.faults._chance.seed(self.seed)

    # -- what the account does

    async def enter(self, symbol: str, side: PositionSide = PositionSide.LONG) -> Order | None:
        """Ask for an entry, where a session would."""
        account, self._names = self.sitting.account, self._names + 1
        busy = account.book.position(symbol) is not None or account.venue.pending(symbol, Leg.ENTRY) is not None
        if busy or account.venue.doubt(symbol) is not None or not self.sitting.standings.standing.may_enter:
            return None
        self.entries += 1
        return await self.sitting.enter(symbol, side, QUANTITIES[symbol], name=self._names)

    async def move_stop(self, symbol: str) -> None:
        """Bring the stop a third of the way to the price."""
        held, now_ms = self.sitting.account.book.position(symbol), self.sitting.stand.clock.now_ms()
        if held is None or held.stop is None:
            return
        arithmetic = self.sitting.account.book.arithmetic(symbol)
        nearer = arithmetic.price(float(held.stop) + float(held.mark - held.stop) / 3)
        moved = self.sitting.account.book.move_stop(symbol, nearer, ExitReason.TRAILING)
        self.moves += 1
        await self.sitting.act([PositionChanged(at_ms=now_ms, position=moved)])
        await self.sitting.act(self.sitting.account.venue.protect(now_ms))

    async def exit(self, symbol: str) -> Order | None:
        """Close at the market, unless that is under way."""
        venue, now_ms = self.sitting.account.venue, self.sitting.stand.clock.now_ms()
        held = self.sitting.account.book.position(symbol)
        if held is None or venue.pending(symbol, Leg.EXIT) is not None:
            return None
        self.exits += 1
        order = venue.exit_order(held, now_ms, ExitReason.MANUAL)
        await self.sitting.act([OrderSubmitted(at_ms=now_ms, order=order)])
        return order

    # -- what the market does

    async def trade_at(self, symbol: str, price: float) -> None:
        """A trade; the session then looks after what is held, as it does with every step."""
        self._prices[symbol] = price
        await self.sitting.price(symbol, price)
        await self.sitting.act(self.sitting.account.venue.protect(self.sitting.stand.clock.now_ms()))

    async def drift(self, milliseconds: int) -> None:
        """Let time pass with a trade every two seconds, never further than a stop from where it began."""
        while milliseconds > 0:
            step = min(milliseconds, 2 * SECOND)
            await self.sitting.wait(step)
            milliseconds -= step
            for symbol, price in self._prices.items():
                begun = PRICES[symbol]
                nearer = price * (1 + self.chance.uniform(-0.002, 0.002))
                await self.trade_at(symbol, round(min(max(nearer, begun * 0.985), begun * 1.015), 1))

    # -- the scenario

    async def hold(self, symbol: str, side: PositionSide = PositionSide.LONG) -> None:
        """A protected position, before anything goes wrong."""
        for _ in range(30):  # the terms of its market are agreed on first, within the rate limit
            await self.enter(symbol, side)
            await self.sitting.wait(SECOND)
            held = self.sitting.account.book.position(symbol)
            if held is not None and held.protected_ms is not None:
                break
        else:
            raise AssertionError(f"{symbol} is not held and protected")

    async def rage(self, rounds: int = 2) -> None:
        """Entries of both sides, moved stops and exits, with pauses of every length; jumps through stops too."""
        sides = list(PositionSide)
        for turn in range(rounds):
            for symbol, side in zip(self._prices, sides if turn % 2 else reversed(sides), strict=True):
                await self.enter(symbol, side)
                await self.drift(self.chance.randrange(200, 5 * SECOND))
                await self.move_stop(symbol)
                await self.drift(self.chance.randrange(200, 4 * SECOND))
                if self.chance.random() < 0.6:
                    await self.exit(symbol)
                elif self.chance.random() < 0.5:
                    await self.trade_at(symbol, round(PRICES[symbol] * self.chance.choice((0.985, 1.015)), 1))
                await self.drift(self.chance.randrange(200, 4 * SECOND))

    def wrong(self, *faults: Fault) -> None:
        """Let this go wrong from now on."""
        self.sitting.stand.server.faults.add(*faults)

    async def heal(self, *, latched: bool = False, but: Callable[[str], bool] = lambda line: False) -> None:
        """All faults end; within 120 s of the exchange's clock everything must agree, and stay so.

        ``but`` names disagreements that the fault makes true for ever: what was executed twice, was.
        """
        self.sitting.stand.server.faults.heal()
        knobs, fresh = self.sitting.stand.exchange.knobs, Knobs()
        for each in fields(Knobs):
            setattr(knobs, each.name, getattr(fresh, each.name))
        for _ in range(12):
            await self.sitting.wait(10 * SECOND)
            if not (wrong := self.wrongs(latched, but)):
                break
        assert wrong == [], wrong
        await self.sitting.wait(15 * SECOND)
        assert self.wrongs(latched, but) == []

    def wrongs(self, latched: bool = False, but: Callable[[str], bool] = lambda line: False) -> list[str]:
        """What does not agree now."""
        return [line for line in disagreements(self.sitting, latched=latched) if not but(line)]

    # -- what was seen

    @property
    def met(self) -> set[str]:
        """The codes of the faults of the wire that happened."""
        return {met.code for met in self.sitting.stand.server.faults.met}

    @property
    def alerts(self) -> list[str]:
        """What people were told."""
        return [fact.text for fact in self.sitting.events(AlertRaised)]

    @property
    def states(self) -> list[AccountState]:
        """The standings the account went through."""
        return [fact.standing.state for fact in self.sitting.events(StandingChanged)]

    def asked_since(self, at_ms: int) -> int:
        """How many requests reached the exchange's machine since."""
        return sum(1 for heard in self.sitting.stand.server.requests if heard.at_ms >= at_ms)


def on_fire(act: Callable[[Fire], Awaitable[None]], folder: Path, seed: int = 0, **options: Any) -> None:
    """Run ``act`` on an account of its own."""

    async def run() -> None:
        async with trading(folder / "account.db", **options) as sitting:
            await act(Fire(sitting, seed))

    asyncio.run(run())


def often(what: Mishap, probability: float = 0.5, **where: Any) -> Fault:
    """It meets that share of the requests, as long as it lasts."""
    return Fault(what=what, times=None, probability=probability, **where)


async def held_then_raging(fire: Fire, *faults: Fault) -> None:
    """A long is held, everything goes wrong while the account trades on, and in the end it all agrees."""
    await fire.hold(BTC)
    fire.wrong(*faults)
    await fire.rage()
    assert fire.met
    assert fire.moves
    await fire.heal()
