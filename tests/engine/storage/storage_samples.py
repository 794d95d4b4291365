"""Batches as a session commits them; run as a program, it commits them until it is killed."""

import asyncio
import math
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

from sigma_engine.domain.account import AccountState, Drill, Standing
from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.chat import ChatMessage, Speaker
from sigma_engine.domain.decision import Approved, Decision, Gate, NoTrade, TradePlan
from sigma_engine.domain.order import ExitReason, Fill, Leg, Order, OrderSide, PositionSide, client_order_id
from sigma_engine.domain.portfolio import EquityPoint
from sigma_engine.domain.position import Position, Trade
from sigma_engine.domain.run import Mode, RunState, RunStatus
from sigma_engine.domain.signal import Action, Forecast, Phase, Reading, Regime, Signal
from sigma_engine.domain.symbol import PAIRS
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.domain.venue import BillKind, VenueBill
from sigma_engine.session.ports import Batch
from sigma_engine.storage.store import SqliteStore

START_MS = 1_735_689_600_000
BAR_MS = Timeframe.M1.interval_ms

RUN = RunState(
    run_id="run-1",
    mode=Mode.DEMO,
    status=RunStatus.RUNNING,
    strategy_name="sigma-fusion",
    strategy='{"version": 1}',
    symbols=PAIRS,
    timeframe=Timeframe.M1,
    source="demo-7",
    started_ms=START_MS,
    market_ms=START_MS,
    initial=Decimal("10000"),
    wallet=Decimal("10000.00"),
    day_open_equity=Decimal("10000"),
    peak_equity=Decimal("10000"),
    trades_today=0,
    fees_paid=Decimal("0E-8"),
    feed_checkpoint="0",
)


def candle(number: int) -> Candle:
    """The ``number``-th candle of any market."""
    return Candle(START_MS + number * BAR_MS, 100.1 + number, 101.0 + number, 99.9 + number, 100.7 + number, 12.5)


def candles(count: int) -> Candles:
    """A block of them."""
    return Candles.from_rows([candle(number) for number in range(count)])


def signal(number: int, symbol: str = PAIRS[0], horizon_bars: int = 12) -> Signal:
    """A signal on the ``number``-th candle, with sixteen readings, some still undefined."""
    readings = tuple(
        Reading(f"indicator-{at}", Phase.TREND, ((f"ema({at})", 100.0 + at / 7), (f"x({at})", math.nan)), 0.1 * at, 2.0)
        for at in range(16)
    )
    forecast = Forecast(
        model="empirical",
        horizon_bars=horizon_bars,
        sigma=0.00123456789,
        p_up=0.5,
        p_up_plain=0.5123,
        p_target=0.28,
        p_stop=0.71,
        p_target_short=math.nan,
        p_stop_short=math.nan,
        bands=((0.7, 99.1, 101.2), (0.9, 98.0, 102.0), (0.95, 97.3, 103.1)),
        paths=1000,
        p_up_paths=0.51,
        standard_error=0.0158,
        calibrated=False,
    )
    return Signal(
        symbol=symbol,
        bar_ms=START_MS + number * BAR_MS,
        at_ms=START_MS + (number + 1) * BAR_MS,
        price=100.7 + number,
        atr=0.9,
        action=Action.WAIT,
        long_score=0.123456789,
        short_score=0.2,
        confidence=0.2,
        regime=Regime.MIXED,
        readings=readings,
        forecast=forecast,
        reason="no side leads by the margin of 0.3",
    )


def decision(number: int, symbol: str = PAIRS[0]) -> NoTrade:
    """Nothing to do, and why."""
    gates = tuple(
        Gate(name, True, False, 0.0003, 0.0018, f"{name} is too small") for name in ("edge", "probability", "kelly")
    )
    return NoTrade(signal=signal(number, symbol), gates=gates, reason="the edge does not pay its costs")


def approved(number: int, symbol: str = PAIRS[0]) -> Approved:
    """A trade to make."""
    plan = TradePlan(
        side=PositionSide.SHORT,
        quantity=Decimal("0.0340"),
        leverage=5,
        stop_distance=1.35,
        target_distance=3.375,
        risk=Decimal("99.12345678"),
        kelly_fraction=math.nan,
        binding_cap="risk",
    )
    return Approved(signal=signal(number, symbol), gates=(), reason="short leads", plan=plan)


def order(number: int, symbol: str = PAIRS[0]) -> Order:
    """An entry on its way."""
    return Order(
        client_id=client_order_id("run-1", symbol, number),
        symbol=symbol,
        leg=Leg.ENTRY,
        side=OrderSide.BUY,
        position_side=PositionSide.LONG,
        quantity=Decimal("0.0340"),
        leverage=5,
        bar_ms=START_MS + number * BAR_MS,
        created_ms=START_MS + (number + 1) * BAR_MS,
        reference_price=100.7,
        stop_distance=1.35,
        target_distance=3.375,
        atr=0.9,
        reason="long leads",
    )


def fill(number: int, symbol: str = PAIRS[0], trade_id: str = "") -> Fill:
    """What became of it; ``trade_id`` is an exchange's name of it."""
    return Fill(
        client_id=client_order_id("run-1", symbol, number),
        symbol=symbol,
        leg=Leg.ENTRY,
        side=OrderSide.BUY,
        price=Decimal("100.80"),
        quantity=Decimal("0.0340"),
        fee=Decimal("0.00274176"),
        slippage=Decimal("0.00034272"),
        at_ms=START_MS + (number + 1) * BAR_MS,
        trade_id=trade_id,
    )


def bill(number: int) -> VenueBill:
    """Funding that was paid."""
    return VenueBill(
        bill_id=f"bill-{number}",
        kind=BillKind.FUNDING,
        symbol=PAIRS[0],
        amount=Decimal("-0.00120000"),
        at_ms=START_MS + number * BAR_MS,
    )


HALTED = Standing(state=AccountState.HALTED, reason="the daily loss was reached", since_ms=START_MS, latched=True)
DRILL = Drill(at_ms=START_MS, entries_stopped_ms=3, cancelled_ms=210, flat_ms=None)


def position(symbol: str = PAIRS[0], mark: str = "100.90") -> Position:
    """A long position."""
    return Position(
        symbol=symbol,
        side=PositionSide.LONG,
        quantity=Decimal("0.0340"),
        leverage=5,
        entry_price=Decimal("100.80"),
        entry_ms=START_MS,
        mark=Decimal(mark),
        stop=Decimal("99.45"),
        target=None,
        initial_stop=Decimal("99.45"),
        stop_kind=ExitReason.STOP,
        liquidation=Decimal("81.2"),
        margin=Decimal("0.68544000"),
        fees=Decimal("0.00274176"),
        funding=Decimal("-0"),
        slippage=Decimal("0.00034272"),
        extreme=101.2,
        atr=math.nan,
        bars=3,
        entry_id=client_order_id("run-1", symbol, 0),
        entry_reason="long leads",
        unrealised=Decimal("0.00340000"),
    )


def trade(number: int, symbol: str = PAIRS[0], pnl: str = "1.10", fees: str = "0.005") -> Trade:
    """A closed position."""
    return Trade(
        trade_id=f"trade-{number}",
        symbol=symbol,
        side=PositionSide.SHORT,
        entry_ms=START_MS,
        exit_ms=START_MS + number * BAR_MS,
        entry_price=Decimal("100.80"),
        exit_price=Decimal("99.50"),
        quantity=Decimal("0.0340"),
        leverage=5,
        fees=Decimal(fees),
        funding=Decimal("0"),
        slippage=Decimal("0.00034272"),
        pnl=Decimal(pnl),
        return_pct=0.0110,
        r=None,
        bars=number,
        reason=ExitReason.TARGET,
        entry_reason="short leads",
    )


def message(at_ms: int, text: str, speaker: Speaker = Speaker.PERSON) -> ChatMessage:
    """Something said."""
    return ChatMessage(at_ms, speaker, text)


def batch(number: int, run: RunState = RUN) -> Batch:
    """What a session commits at the close of the ``number``-th candle of its eight markets."""
    at_ms = START_MS + (number + 1) * BAR_MS
    decisions: list[Decision] = [decision(number, symbol) for symbol in PAIRS]
    return Batch(
        run=replace(run, market_ms=at_ms, wallet=run.initial + number, feed_checkpoint=str(number)),
        positions=(position(), position(PAIRS[1])),
        candles=[(symbol, candle(number)) for symbol in PAIRS],
        decisions=decisions,
        orders=[order(number)],
        fills=[fill(number)],
        equity=[EquityPoint(at_ms, run.initial + number, run.initial + number)],
    )


@asynccontextmanager
async def opened(place, **options):
    """A store that is closed in the end."""
    store = SqliteStore.open(place, **options)
    try:
        yield store
    finally:
        await store.close()


async def _commit_for_ever(place: str) -> None:
    async with opened(place) as store:
        number = 0
        while True:
            await store.commit(batch(number))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            number += 1


if __name__ == "__main__":
    asyncio.run(_commit_for_ever(sys.argv[1]))
