"""Runs made of drawn results: what an engine would hand over, without a market."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from sigma_engine.backtest.columns import TradeColumns, columns_of
from sigma_engine.backtest.metrics import Account
from sigma_engine.backtest.setup import Outcome, Setup
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.order import ExitReason, PositionSide
from sigma_engine.domain.position import Trade
from sigma_engine.domain.signal import Regime
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.risk.costs import Costs
from sigma_engine.risk.gates import GateSwitches
from sigma_engine.risk.sizing import SizingPolicy, Terms
from sigma_engine.safety.limits import Limits
from sigma_engine.session.mandate import Mandate
from sigma_engine.strategy.library import load_strategy
from sigma_engine.strategy.plan import compile_plan

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
START_MS = 1_704_067_200_000
"""2024-01-01 00:00 UTC."""
CAPITAL = Decimal(10_000)
SYMBOLS = ("BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT")
_REGIMES = (*Regime, None)
_CENT = Decimal("0.00000001")

Floats = NDArray[np.float64]


def trade(at: int, gross: float, *, costs: float = 0.0, entry_ms: int = START_MS, held_ms: int = HOUR_MS) -> Trade:
    """A trade of ``gross`` USDT before ``costs``: seven tenths fees, two slippage, one funding paid."""
    fees, slippage, funding = (Decimal(repr(costs * share)).quantize(_CENT) for share in (0.7, 0.2, -0.1))
    pnl = Decimal(repr(gross)).quantize(_CENT) - fees - slippage + funding
    is_long = at % 3 > 0
    return Trade(
        trade_id=f"t{at}",
        symbol=SYMBOLS[at % 3],
        side=PositionSide.LONG if is_long else PositionSide.SHORT,
        entry_ms=entry_ms,
        exit_ms=entry_ms + held_ms,
        entry_price=Decimal("61234.50"),
        exit_price=Decimal("61300.0"),
        quantity=Decimal("0.0820"),
        leverage=5,
        fees=fees,
        funding=funding,
        slippage=slippage,
        pnl=pnl,
        return_pct=float(pnl) / 10,
        r=float(pnl) / 100,
        bars=held_ms // 300_000,
        reason=ExitReason.TARGET if gross > 0 else ExitReason.STOP,
        entry_reason="ema(9) crosses_above ema(20)",
    )


def trades(gross: Sequence[float] | Floats, days: int, costs: float = 0.0, seed: int = 0) -> tuple[Trade, ...]:
    """Trades one after the other at drawn times over ``days``."""
    room = days * DAY_MS // max(1, len(gross))
    starts = START_MS + np.arange(len(gross)) * room + np.random.default_rng(seed).integers(0, room // 2, len(gross))
    return tuple(
        trade(at, float(each), costs=costs, entry_ms=int(start) // 300_000 * 300_000, held_ms=max(300_000, room // 3))
        for at, (each, start) in enumerate(zip(gross, starts, strict=True))
    )


def outcome(closed: Sequence[Trade], days: int) -> Outcome:
    """The account moves when a trade closes and is looked at every hour."""
    times = START_MS + HOUR_MS * np.arange(1, 24 * days + 1)
    closes = np.array([each.exit_ms for each in closed], np.int64)
    balance = float(CAPITAL) + np.concatenate(([0.0], np.cumsum([float(each.pnl) for each in closed])))
    return Outcome(
        trades=tuple(closed),
        regimes=tuple(_REGIMES[at % len(_REGIMES)] for at in range(len(closed))),
        times=times,
        equity=balance[np.searchsorted(closes, times, side="right")],
        orders=len(closed) + 4,
        fills=len(closed),
        signals=3 * len(closed) + 12,
        refusals={"edge gate": 2 * len(closed), "daily_loss": 7, "size": 5},
        candles=12 * 24 * days,
        from_ms=START_MS,
        to_ms=START_MS + days * DAY_MS,
    )


def sides(closed: Sequence[Trade], days: int) -> tuple[TradeColumns, Account]:
    """What a verdict is made of."""
    made = outcome(closed, days)
    account = Account(
        initial=float(CAPITAL),
        times=made.times,
        values=made.equity,
        began_ms=START_MS,
        ended_ms=START_MS + days * DAY_MS,
    )
    return columns_of(closed), account


def setup(name: str = "ema-trend") -> Setup:
    """A backtest of a preset, without its candles."""
    plan = compile_plan(load_strategy("ema-trend"))
    terms = Terms(policy=SizingPolicy(risk_fraction=0.01, leverage=5), limits=Limits(), costs=Costs())
    return Setup(
        run_id="run-7",
        name=name,
        mandate=Mandate(plan=plan, gates=GateSwitches(), terms=terms, rules=()),
        timeframe=Timeframe.M5,
        series=dict.fromkeys(SYMBOLS, Candles.empty()),
        instruments={},
        first_ms=START_MS,
        capital=CAPITAL,
    )
