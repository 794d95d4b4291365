"""Write first, show second."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from sigma_engine.bus import EventBus
from sigma_engine.domain.account import AccountState, Drill, Standing
from sigma_engine.domain.candle import Candle
from sigma_engine.domain.order import Leg, Order, OrderSide, OrderState, PositionSide
from sigma_engine.domain.run import Mode, RunState, RunStatus
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.domain.venue import BillKind, VenueBill
from sigma_engine.errors import StorageError
from sigma_engine.events import (
    BillBooked,
    CandleClosed,
    Event,
    KillSwitchPressed,
    OrderChanged,
    PriceChanged,
    RunChanged,
    StandingChanged,
)
from sigma_engine.session.journal import Journal
from sigma_engine.session.ports import Batch

RUN = RunState(
    run_id="run",
    mode=Mode.DEMO,
    status=RunStatus.RUNNING,
    strategy_name="sigma-fusion",
    strategy="{}",
    symbols=("BTC/USDT:USDT",),
    timeframe=Timeframe.M1,
    source="demo",
    started_ms=0,
    market_ms=0,
    initial=Decimal(1),
    wallet=Decimal(1),
    day_open_equity=Decimal(1),
    peak_equity=Decimal(1),
    trades_today=0,
    fees_paid=Decimal(0),
    feed_checkpoint="",
)
CANDLE = Candle(0, 1.0, 1.0, 1.0, 1.0, 1.0)
CLOSED = CandleClosed(at_ms=60_000, symbol="BTC/USDT:USDT", candle=CANDLE)
ORDER = Order(
    client_id="sg1",
    symbol="BTC/USDT:USDT",
    leg=Leg.ENTRY,
    side=OrderSide.BUY,
    position_side=PositionSide.LONG,
    quantity=Decimal(1),
    leverage=5,
    bar_ms=0,
    created_ms=1,
    reference_price=1.0,
    state=OrderState.WORKING,
)
BILL = VenueBill(bill_id="7", kind=BillKind.FUNDING, symbol="BTC/USDT:USDT", amount=Decimal("-0.1"), at_ms=3)
ACTIVE = Standing(state=AccountState.ACTIVE, reason="", since_ms=4)
HALTED = Standing(state=AccountState.HALTED, reason="stopped by hand", since_ms=5, latched=True)
DRILL = Drill(at_ms=6, entries_stopped_ms=1, cancelled_ms=200, flat_ms=900)
TOLD = RunChanged(at_ms=60_000, status=RunStatus.RUNNING, reason="")


class Disk:
    """The outermost edge: takes a batch when told to, or refuses it."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.batches: list[Batch] = []
        self.may_write = asyncio.Event()
        self._refuses = refuses

    async def commit(self, batch: Batch) -> None:
        await self.may_write.wait()
        if self._refuses:
            raise StorageError("the disk is full: free some space.")
        self.batches.append(batch)


def journal_on(disk: Disk, told: list[Event], *, keep_candles: bool = True, account_name: str = "") -> Journal:
    bus = EventBus()
    bus.subscribe(Event, told.append)
    return Journal(disk, bus, lambda: (RUN, ()), keep_candles=keep_candles, account_name=account_name)  # type: ignore[arg-type]


def test_nothing_is_told_before_it_is_committed() -> None:
    async def story() -> None:
        disk, told = Disk(), list[Event]()
        journal = journal_on(disk, told)
        journal.add([CLOSED, TOLD])
        flushing = asyncio.create_task(journal.flush())
        await asyncio.sleep(0)
        assert told == []
        disk.may_write.set()
        await flushing
        assert told == [CLOSED, TOLD]
        assert list(disk.batches[0].candles) == [("BTC/USDT:USDT", CANDLE)]

    asyncio.run(story())


def test_what_an_exchange_says_is_kept_under_the_accounts_name_before_it_is_told() -> None:
    facts = [
        OrderChanged(at_ms=1, order=ORDER),
        OrderChanged(at_ms=2, order=replace(ORDER, state=OrderState.UNKNOWN)),
        BillBooked(at_ms=3, bill=BILL),
        StandingChanged(at_ms=4, standing=ACTIVE),
        StandingChanged(at_ms=5, standing=HALTED),
        KillSwitchPressed(at_ms=6, drill=DRILL),
    ]

    async def story() -> None:
        disk, told = Disk(), list[Event]()
        journal = journal_on(disk, told, account_name="weex")
        journal.add(facts)
        assert told == []
        disk.may_write.set()
        await journal.flush()
        assert told == facts
        [batch] = disk.batches
        assert batch.orders == (replace(ORDER, state=OrderState.UNKNOWN),)
        assert (batch.bills, batch.standing, batch.drills) == ([BILL], ("weex", HALTED), [("weex", DRILL)])

    asyncio.run(story())


def test_a_standing_that_did_not_change_is_left_as_it_is_kept() -> None:
    async def story() -> None:
        disk = Disk()
        disk.may_write.set()
        journal = journal_on(disk, [], account_name="weex")
        for fact in (StandingChanged(at_ms=4, standing=HALTED), TOLD):
            journal.add([fact])
            await journal.flush()
        assert [batch.standing for batch in disk.batches] == [("weex", HALTED), None]

    asyncio.run(story())


def test_prices_are_told_at_once_because_their_candle_will_be_kept() -> None:
    async def story() -> None:
        told: list[Event] = []
        price = PriceChanged(at_ms=1, symbol="BTC/USDT:USDT", price=1.0, forming=CANDLE)
        journal_on(Disk(), told).add([price])
        assert told == [price]

    asyncio.run(story())


def test_what_the_disk_refuses_is_never_shown() -> None:
    async def story() -> None:
        disk, told = Disk(refuses=True), list[Event]()
        disk.may_write.set()
        journal = journal_on(disk, told)
        journal.add([CLOSED])
        with pytest.raises(StorageError, match="free some space"):
            await journal.flush()
        assert told == []

    asyncio.run(story())


def test_two_flushes_at_once_keep_the_order() -> None:
    async def story() -> None:
        disk, told = Disk(), list[Event]()
        journal = journal_on(disk, told)
        journal.add([CLOSED])
        first = asyncio.create_task(journal.flush())
        await asyncio.sleep(0)
        journal.add([TOLD])
        second = asyncio.create_task(journal.flush())
        disk.may_write.set()
        await asyncio.gather(first, second)
        assert told == [CLOSED, TOLD]

    asyncio.run(story())


def test_candles_of_a_replay_are_not_kept() -> None:
    async def story() -> None:
        disk, told = Disk(), list[Event]()
        disk.may_write.set()
        journal = journal_on(disk, told, keep_candles=False)
        journal.add([CLOSED])
        await journal.flush()
        assert list(disk.batches[0].candles) == []

    asyncio.run(story())
