"""One account of several markets: settled money, what is bound, the day's figures, and the book of what happened.

Money is counted in whole units of 1e-8 USDT, so that it adds up as exactly as the ledger's decimals do.
"""

from array import array

import numpy as np
from numpy.typing import NDArray

REFUSALS = (
    "edge gate", "probability gate", "kelly gate", "engine active", "data quality", "trades per day", "cooldown",
    "daily loss", "one position", "open positions", "size", "stop before liquidation", "risk cap", "order",
)  # fmt: skip
"""Why a signal came to nothing, in the order in which it is asked."""

REALS = ("entry_price", "exit_price", "quantity", "initial_stop")
INTEGERS = (
    "market", "sign", "leverage", "entry_ms", "exit_ms", "reason", "fees", "funding", "slippage", "gross", "signal_ms",
)  # fmt: skip
"""What is written down of a closed trade; money in units, prices in USDT, no stop is NaN."""


class Account:
    """Wallet and totals; what happens to them is done by `market.Market`."""

    def __init__(self, capital: int, at_ms: int) -> None:
        self.wallet = self.day_open_equity = capital
        self.margin = self.unrealised = self.reserved = 0
        self.positions = self.reservations = self.trades_today = 0
        self.next_day_ms = (at_ms // 86_400_000 + 1) * 86_400_000
        self.busy = 0
        self.orders = self.fills = self.signals = self.trades = self.points = 0
        self.refusals = array("q", [0] * 14)
        self.edges = array("d", [0.0] * 6)

    def write_into(
        self,
        reals: NDArray[np.float64],
        integers: NDArray[np.int64],
        times: NDArray[np.int64],
        curve: NDArray[np.int64],
    ) -> None:
        """Write closed trades into ``reals`` (n, 4) and ``integers`` (n, 11), equity into ``times``, ``curve`` (m,)."""
        self.reals, self.integers, self.times, self.curve = reals, integers, times, curve
        self.trades = self.points = 0

    def equity(self) -> int:
        """Wallet and unrealised profit, in units."""
        return self.wallet + self.unrealised

    def free(self) -> int:
        """What new margin may use: wallet less bound margin and open losses, in units."""
        return self.wallet - self.margin + (self.unrealised if self.unrealised < 0 else 0)

    def turn_to(self, at_ms: int) -> None:
        """At 00:00 UTC the day's figures begin anew."""
        if at_ms >= self.next_day_ms:
            self.day_open_equity = self.equity()
            self.trades_today = 0
            self.next_day_ms = (at_ms // 86_400_000 + 1) * 86_400_000

    def record_equity(self, at_ms: int) -> None:
        """A point of the curve."""
        self.times[self.points] = at_ms
        self.curve[self.points] = self.equity()
        self.points += 1

    def refuse(self, cause: int) -> None:
        """Count a signal that came to nothing; ``cause`` is its place in `REFUSALS`."""
        self.refusals[cause] += 1
