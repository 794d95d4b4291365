"""One trade of a backtest, candle by candle: how far it has come, what it stands at."""

import numpy as np

from sigma_engine import Candle, Candles, Trade

BEFORE, AFTER, PAST = 60, 12, 600
"""Candles shown before the entry and after the exit, and those behind them for the indicators to settle in."""


class Replay:
    """``at`` is the candle that has just closed; it moves from ``first`` to ``last``, all counted in ``candles``."""

    def __init__(self, candles: Candles, trade: Trade) -> None:
        self.candles, self.trade = candles, trade
        self.entry = self._bar_of(trade.entry_ms)
        self.exit = max(self.entry, self._bar_of(trade.exit_ms))
        self.first = max(0, self.entry - BEFORE)
        self.last = min(len(candles) - 1, self.exit + AFTER)
        self.begin = max(0, self.first - PAST)
        """The first candle that is drawn."""
        self.at = self.first

    @property
    def is_open(self) -> bool:
        """Whether the trade is open at this candle."""
        return self.entry <= self.at < self.exit

    @property
    def is_over(self) -> bool:
        """Whether the trade has been closed by now."""
        return self.at >= self.exit

    @property
    def is_done(self) -> bool:
        """Whether there is no further candle."""
        return self.at >= self.last

    @property
    def shown(self) -> Candles:
        """The candles drawn by now."""
        return self.candles.slice(self.begin, self.at + 1)

    @property
    def candle(self) -> Candle:
        """The newest of them."""
        return self.candles[self.at]

    @property
    def profit(self) -> float | None:
        """What closing now would leave after all of the trade's fees, USDT; what it came to once it is over."""
        if self.at < self.entry:
            return None
        if self.is_over:
            return float(self.trade.pnl)
        moved = (self.candle.close - float(self.trade.entry_price)) * self.trade.side.sign
        return moved * float(self.trade.quantity) - float(self.trade.fees)

    @property
    def r(self) -> float | None:
        """The profit in initial risks."""
        profit = self.profit
        if profit is None or not self.trade.r or not self.trade.pnl:
            return None
        return profit * self.trade.r / float(self.trade.pnl)

    def move_to(self, at: int) -> bool:
        """Stand at candle ``at``, or the nearest there is; whether that is the very next one."""
        before, self.at = self.at, min(max(at, self.first), self.last)
        return self.at == before + 1

    def _bar_of(self, at_ms: int) -> int:
        return max(0, int(np.searchsorted(self.candles.open_ms, at_ms, "right")) - 1)
