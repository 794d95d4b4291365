"""A proposal every rule lets pass, to be spoiled one field at a time."""

from decimal import Decimal

from sigma_engine.domain.decision import TradePlan
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.money import ZERO
from sigma_engine.domain.order import ExitReason, PositionSide
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.domain.position import Position
from sigma_engine.domain.signal import Action, Regime, Signal
from sigma_engine.safety.limits import Limits
from sigma_engine.safety.proposal import Proposal

BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
NOON_MS = 1_750_075_200_000

SIGNAL = Signal(
    symbol=BTC,
    bar_ms=NOON_MS - 300_000,
    at_ms=NOON_MS,
    price=100_000.0,
    atr=200.0,
    action=Action.BUY,
    long_score=0.6,
    short_score=0.1,
    confidence=0.6,
    regime=Regime.MIXED,
    readings=(),
    forecast=None,
    reason="because",
)
PORTFOLIO = Portfolio(
    at_ms=NOON_MS,
    wallet=Decimal(10_000),
    positions=(),
    initial=Decimal(10_000),
    day_open_equity=Decimal(10_000),
    peak_equity=Decimal(10_000),
)
TRADE = TradePlan(
    side=PositionSide.LONG,
    quantity=Decimal("0.05"),
    leverage=5,
    stop_distance=300.0,
    target_distance=750.0,
    risk=Decimal(24),
    kelly_fraction=0.0,
    binding_cap="risk per trade",
)
PROPOSAL = Proposal(
    signal=SIGNAL,
    side=PositionSide.LONG,
    portfolio=PORTFOLIO,
    limits=Limits(max_positions=2, max_trades_per_day=3, cooldown_ms=600_000),
    instrument=practice_instrument(BTC, 100_000.0),
    trade=TRADE,
)


def position(symbol: str, profit: int = 0) -> Position:
    """A long position worth what ``profit`` says."""
    return Position(
        symbol=symbol,
        side=PositionSide.LONG,
        quantity=Decimal(1),
        leverage=5,
        entry_price=Decimal(100),
        entry_ms=0,
        mark=Decimal(100 + profit),
        stop=Decimal(95),
        target=None,
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
        entry_id=f"sg{symbol}",
        entry_reason="",
        unrealised=Decimal(profit),
    )
