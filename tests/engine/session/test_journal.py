"""Write first, show second."""

import asyncio
from decimal import Decimal

import pytest

from sigma_engine.bus import EventBus
from sigma_engine.domain.candle import Candle
from sigma_engine.domain.run import Mode, RunState, RunStatus
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import StorageError
from sigma_engine.events import CandleClosed, Event, PriceChanged, RunChanged
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


def journal_on(disk: Disk, told: list[Event], *, keep_candles: bool = True) -> Journal:
    bus = EventBus()
    bus.subscribe(Event, told.append)
    return Journal(disk, bus, lambda: (RUN, ()), keep_candles=keep_candles)  # type: ignore[arg-type]


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
