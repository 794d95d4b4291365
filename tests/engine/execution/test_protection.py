"""A stop moves towards the price, never away from it."""

from dataclasses import replace
from decimal import Decimal

from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, PositionSide
from sigma_engine.domain.position import Position
from sigma_engine.execution.protection import moved_stop
from sigma_engine.risk.arithmetic import Arithmetic

GRID = Arithmetic(Instrument("AAA/USDT:USDT", Decimal("0.1"), Decimal("0.01"), Decimal("0.005")))
LONG = Position(
    symbol="AAA/USDT:USDT",
    side=PositionSide.LONG,
    quantity=Decimal(1),
    leverage=5,
    entry_price=Decimal(100),
    entry_ms=0,
    mark=Decimal(100),
    stop=Decimal(95),
    target=Decimal(112),
    initial_stop=Decimal(95),
    stop_kind=ExitReason.STOP,
    liquidation=Decimal(81),
    margin=Decimal(20),
    fees=ZERO,
    funding=ZERO,
    slippage=ZERO,
    extreme=100.0,
    atr=3.0,
    bars=1,
    entry_id="sg",
    entry_reason="",
    unrealised=ZERO,
)


def test_the_stop_stays_while_trailing_would_loosen_it() -> None:
    assert moved_stop(LONG, GRID, 7.5, None) is None


def test_the_stop_trails_the_best_price() -> None:
    assert moved_stop(replace(LONG, extreme=106.04), GRID, 7.5, None) == (Decimal("98.5"), ExitReason.TRAILING)


def test_breakeven_puts_the_stop_at_the_entry() -> None:
    assert moved_stop(replace(LONG, extreme=105.0), GRID, None, 1.0) == (Decimal(100), ExitReason.BREAKEVEN)


def test_the_nearer_of_breakeven_and_trailing_wins() -> None:
    assert moved_stop(replace(LONG, extreme=109.0), GRID, 7.5, 1.0) == (Decimal("101.5"), ExitReason.TRAILING)


def test_a_position_without_a_stop_gets_none() -> None:
    assert moved_stop(replace(LONG, stop=None, initial_stop=None, extreme=120.0), GRID, 7.5, 1.0) is None
