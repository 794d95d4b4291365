"""A live account on an exchange of 127.0.0.1: real client, real sockets, real database, virtual hours; no strategy."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar

from sigma_engine.assembly.live_account import LiveAccount, open_account
from sigma_engine.bus import EventBus
from sigma_engine.domain.candle import Candle
from sigma_engine.domain.keys import ApiKeys
from sigma_engine.domain.market import Tick, Ticks
from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import Leg, Order, PositionSide, client_order_id
from sigma_engine.domain.position import Position
from sigma_engine.domain.run import Mode, RunState, RunStatus
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.events import Event, OrderSubmitted
from sigma_engine.exchanges.connect import open_gateway
from sigma_engine.exchanges.gateway import CcxtGateway
from sigma_engine.exchanges.profiles import venue_named
from sigma_engine.execution.funding import AnnouncedFunding
from sigma_engine.execution.orders import with_attached
from sigma_engine.execution.standings import Standings
from sigma_engine.practice.nouns import UNIT
from sigma_engine.session.journal import Journal
from sigma_engine.storage.store import SqliteStore
from tests.servers.practice import KEY, Practice, practice
from tests.servers.virtual_clock import VirtualClock

BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
KEYS = ApiKeys.of(KEY.key, KEY.secret, KEY.passphrase)
MINUTE = 60_000


QUIET_NAPS, NAP_S = 4, 0.0005

Stand = TypeVar("Stand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where an account sits down: the address of any exchange, its clock, whoever moves its prices, and the keys.

    ``last`` and ``move`` know markets by the exchange's names; ``stirs`` is different whenever its server did anything.
    """

    url: str
    clock: VirtualClock
    keys: ApiKeys
    last: Callable[[str], float]
    move: Callable[[str, float], object]
    stirs: Callable[[], object]


@dataclass
class Sitting(Generic[Stand]):
    """One sitting of a live account; `sit_at` again with the same file is a restart. ``stand`` is the exchange."""

    stand: Stand
    seat: Seat
    store: SqliteStore
    gateway: CcxtGateway
    account: LiveAccount
    standings: Standings
    run: RunState
    file: Path
    facts: list[Event] = field(default_factory=list)
    before_commit: Callable[[list[Event]], None] = lambda facts: None
    after_commit: Callable[[list[Event]], None] = lambda facts: None
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.journal = Journal(self.store, EventBus(), self._state, keep_candles=False, account_name=self.run.account)

    # -- the session's part

    def begin(self) -> None:
        jobs = (self._hear(), *self.account.venue.jobs())
        self._tasks = [asyncio.create_task(job) for job in jobs]

    async def record(self, facts: list[Event]) -> None:
        """Journal, then send: what `Session.record` does."""
        self.before_commit(facts)
        self.journal.add(facts)
        if facts:
            await self.journal.flush()
        self.after_commit(facts)
        self.facts += facts
        for fact in facts:
            if isinstance(fact, OrderSubmitted):
                self.account.venue.submit(fact.order)

    async def _hear(self) -> None:
        while True:
            await self.account.venue.heard()
            async with self._turn:
                await self.record(self.account.venue.hear(self.seat.clock.now_ms()))

    def _state(self) -> tuple[RunState, tuple[Position, ...]]:
        portfolio = self.account.book.portfolio()
        now_ms, wallet, fees = self.seat.clock.now_ms(), portfolio.wallet, portfolio.fees_paid
        return replace(self.run, market_ms=now_ms, wallet=wallet, fees_paid=fees), portfolio.positions

    async def enter(
        self, symbol: str = BTC, side: PositionSide = PositionSide.LONG, quantity: str = "0.01", name: object = 1
    ) -> Order:
        """An approved entry: journaled, then sent."""
        order = self.entry(symbol, side, quantity, name)
        async with self._turn:
            await self.record([OrderSubmitted(at_ms=order.created_ms, order=order)])
        return order

    def entry(self, symbol: str, side: PositionSide, quantity: str, name: object) -> Order:
        now_ms, price = self.seat.clock.now_ms(), self.seat.last(market_of(symbol))
        order = Order(
            client_id=client_order_id(self.run.run_id, symbol, name, Leg.ENTRY),
            symbol=symbol,
            leg=Leg.ENTRY,
            side=side.opening,
            position_side=side,
            quantity=Decimal(quantity),
            leverage=5,
            bar_ms=now_ms - now_ms % MINUTE,
            created_ms=now_ms,
            reference_price=price,
            stop_distance=price * 0.01,
            target_distance=price * 0.02,
            atr=price * 0.005,
            reason="because",
        )
        return with_attached(order, self.account.book.arithmetic(symbol))

    async def act(self, facts: list[Event]) -> None:
        async with self._turn:
            await self.record(facts)

    async def price(self, symbol: str, price: float) -> None:
        """The market trades at ``price``, and the engine hears of it."""
        now_ms = self.seat.clock.now_ms()
        self.seat.move(market_of(symbol), price)
        candle = Candle(now_ms - now_ms % MINUTE, price, price, price, price, 1.0)
        await self.act(self.account.venue.step(Ticks(now_ms, (Tick(symbol, price, candle),))))

    async def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        await self.seat.clock.run_to(self.seat.clock.now_ms() + milliseconds, self.settle)

    async def settle(self) -> None:
        """Let sockets, threads and tasks do all they can at this instant: until nothing moves for a while."""
        quiet, before = 0, self._moves()
        while quiet < QUIET_NAPS:
            await asyncio.sleep(NAP_S)
            is_quiet = self._moves() == before and not self._turn.locked()
            quiet, before = (quiet + 1, before) if is_quiet else (0, self._moves())

    def _moves(self) -> tuple[object, int]:
        return self.seat.stirs(), len(self.facts)

    def events(self, kind: type[Event]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    # -- the end

    async def crash(self) -> None:
        """Everything in memory is gone; what was committed stays. A request that left has left."""
        await self._drop()
        await self.store.close()

    async def leave(self) -> None:
        await self._drop()
        await self.journal.flush()
        await self.store.close()

    async def _drop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self.account.venue.close()


Trading = Sitting[Practice]


def market_of(symbol: str) -> str:
    """The exchange's name of a market."""
    return symbol.replace("/USDT:USDT", "USDT")


async def sit_down(stand: Practice, file: Path, keys: ApiKeys = KEYS) -> Trading:
    """A sitting at the practice exchange."""

    def stirs() -> tuple[int, int]:
        answered = sum(1 for heard in stand.server.requests[-50:] if heard.status is not None)
        return len(stand.server.requests), answered

    seat = Seat(
        url=stand.url,
        clock=stand.clock,
        keys=keys,
        last=lambda market: stand.exchange.quote(market).last / UNIT,
        move=lambda market, price: stand.exchange.move(market, round(price * UNIT)),
        stirs=stirs,
    )
    return await sit_at(stand, seat, file)


async def sit_at(stand: Stand, seat: Seat, file: Path) -> Sitting[Stand]:
    """A sitting that goes on where the file says the account stood, or begins."""
    store = SqliteStore.open(file, durable=False)
    gateway = await open_gateway(venue_named("weex"), seat.keys, seat.clock, seat.url)
    stored = await store.latest_run(Mode.LIVE, 0, "weex", seat.keys.fingerprint)
    run = stored.run if stored else first_run(seat, (await gateway.wallet()).total)
    standings = Standings(await store.standing(run.account), seat.clock.now_ms())
    instruments = {symbol: gateway.instruments[symbol] for symbol in (BTC, ETH)}
    account = open_account(run, stored, instruments, gateway, standings, AnnouncedFunding())
    sitting = Sitting(stand, seat, store, gateway, account, standings, run, file)
    sitting.begin()
    return sitting


def first_run(seat: Seat, wallet: Decimal) -> RunState:
    now_ms = seat.clock.now_ms()
    return RunState(
        run_id="live-1",
        mode=Mode.LIVE,
        status=RunStatus.RUNNING,
        strategy_name="none",
        strategy="{}",
        symbols=(BTC, ETH),
        timeframe=Timeframe.M1,
        source="weex",
        started_ms=now_ms,
        market_ms=now_ms,
        initial=wallet,
        wallet=wallet,
        day_open_equity=wallet,
        peak_equity=wallet,
        trades_today=0,
        fees_paid=ZERO,
        feed_checkpoint="",
        account_id=seat.keys.fingerprint,
    )


@asynccontextmanager
async def trading(file: Path, **options: Any) -> AsyncIterator[Trading]:
    """A live account with an empty past, active; it reaches the exchange under the name of ``host``."""
    clock, host = VirtualClock(options.pop("start_ms", 1_767_604_530_000)), options.pop("host", "127.0.0.1")
    async with practice(options.pop("faults", None), clock=clock, **options) as stand:
        stand.url = stand.url.replace("127.0.0.1", host)
        sitting = await sit_down(stand, file)
        try:
            await sitting.wait(1_000)
            yield sitting
        finally:
            await sitting.leave()
