"""Closed trades as columns of floats: the one crossing from money to analysis."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from sigma_engine.backtest.ratios import Floats
from sigma_engine.domain.position import Trade

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TradeColumns:
    """Trades side by side, each column (n,): money in USDT, ``r`` NaN where the trade had no initial stop.

    ``costs`` are what fees, slippage and funding took; ``pnl`` is after them, ``gross`` before.
    """

    entry_ms: Whole
    exit_ms: Whole
    pnl: Floats
    fees: Floats
    funding: Floats
    slippage: Floats
    turnover: Floats
    r: Floats

    @property
    def costs(self) -> Floats:
        """What fees, slippage and funding took; negative where funding paid more than that."""
        return self.fees + self.slippage - self.funding

    @property
    def gross(self) -> Floats:
        """What the trades came to before any cost."""
        return self.pnl + self.costs

    def __len__(self) -> int:
        return len(self.pnl)


def columns_of(trades: Sequence[Trade]) -> TradeColumns:
    """The trades in their order."""
    table = np.array([_row(trade) for trade in trades], np.float64).reshape(len(trades), 8).T
    return TradeColumns(
        entry_ms=table[0].astype(np.int64),
        exit_ms=table[1].astype(np.int64),
        pnl=table[2],
        fees=table[3],
        funding=table[4],
        slippage=table[5],
        turnover=table[6],
        r=table[7],
    )


def _row(trade: Trade) -> tuple[float, ...]:
    return (
        trade.entry_ms,
        trade.exit_ms,
        float(trade.pnl),
        float(trade.fees),
        float(trade.funding),
        float(trade.slippage),
        (float(trade.entry_price) + float(trade.exit_price)) * float(trade.quantity),
        nan if trade.r is None else trade.r,
    )
