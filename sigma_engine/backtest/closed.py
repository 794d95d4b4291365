"""Closed trades of a compiled run as nouns, and the regimes their signals were given in."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import isnan

import numpy as np
from numpy.typing import NDArray

from sigma_engine.backtest.setup import Setup
from sigma_engine.domain.money import exact
from sigma_engine.domain.order import ExitReason, Leg, PositionSide, client_order_id
from sigma_engine.domain.position import Trade
from sigma_engine.domain.signal import Regime
from sigma_engine.execution.closing import Closing, closed_trade
from sigma_engine.kernels.holding import REASONS
from sigma_engine.kernels.regime import RegimeVote
from sigma_engine.strategy.expression import REGIMES
from sigma_engine.strategy.indicator_set import IndicatorSet
from sigma_engine.strategy.plan import REGIME_OPERANDS

UNITS = 100_000_000
"""Units of account in a USDT."""

_REASONS = tuple(ExitReason(name) for name in REASONS)


def trades_of(setup: Setup, reals: NDArray[np.float64], integers: NDArray[np.int64]) -> tuple[Trade, ...]:
    """The trades of rows as `kernels.account` lays them out, in their order."""
    symbols, interval_ms = tuple(setup.series), setup.timeframe.interval_ms
    rows = zip(reals.tolist(), integers.tolist(), strict=True)
    return tuple(closed_trade(_closing(setup.run_id, symbols, *row), interval_ms) for row in rows)


def regimes_of(setup: Setup, integers: NDArray[np.int64]) -> tuple[Regime, ...]:
    """The regime of each trade's signal."""
    found = np.zeros(len(integers), np.int64)
    for number, candles in enumerate(setup.series.values()):
        mine = np.flatnonzero(integers[:, 0] == number)
        if len(mine):
            states = np.empty(len(candles), np.int32)
            block = IndicatorSet(REGIME_OPERANDS, setup.timeframe).run(candles)
            RegimeVote().run(block, 0, 1, 2, 3, states)
            found[mine] = states[np.searchsorted(candles.open_ms, integers[mine, 10])]
    return tuple(REGIMES[state] for state in found)


def units(amount: Decimal) -> int:
    """``amount`` of USDT in units of account."""
    return int(amount * UNITS)


def _closing(run_id: str, symbols: Sequence[str], reals: list[float], integers: list[int]) -> Closing:
    entry_price, exit_price, quantity, stop = reals
    market, sign, leverage, entry_ms, exit_ms, reason, *money, signal_ms = integers
    fees, funding, slippage, gross = _amounts(money)
    symbol = symbols[market]
    return Closing(
        trade_id=client_order_id(run_id, symbol, signal_ms, Leg.ENTRY),
        symbol=symbol,
        side=PositionSide.LONG if sign > 0 else PositionSide.SHORT,
        entry_ms=entry_ms,
        exit_ms=exit_ms,
        entry_price=exact(entry_price),
        exit_price=exact(exit_price),
        quantity=exact(quantity),
        leverage=leverage,
        fees=fees,
        funding=funding,
        slippage=slippage,
        gross=gross,
        initial_stop=None if isnan(stop) else exact(stop),
        reason=_REASONS[reason],
        entry_reason="",
    )


def _amounts(money: Sequence[int]) -> Iterator[Decimal]:
    return (Decimal(amount).scaleb(-8) for amount in money)
