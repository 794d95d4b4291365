"""An open position of a simulated account: where it closes, what it has cost, how far its stop has come."""

import cython

from sigma_engine.kernels.exits import at_breakeven, extended, trailed
from sigma_engine.kernels.fills import liquidation, on_tick, units
from sigma_engine.kernels.terms import ExitTerms, Grid

if not cython.compiled:
    from math import fabs, nan

STOP, TARGET, TRAILING, BREAKEVEN, SIGNAL, TIME, LIQUIDATION, END = range(8)
REASONS = ("stop", "target", "trailing", "breakeven", "signal", "time", "liquidation", "end")
"""Why a position was closed; the numbers above are places in it."""


class Holding:
    """One symbol's position, flat while ``sign`` is 0; prices on the tick, money in units of 1e-8 USDT."""

    def __init__(self) -> None:
        self.sign = self.leverage = self.stop_kind = 0
        self.quantity = self.entry = self.stop = self.target = self.initial_stop = self.trailing = nan
        self.liquidation = self.extreme = self.atr = self.mark = nan
        self.entry_ms = self.signal_ms = self.bars = 0
        self.margin = self.fees = self.funding = self.slippage = self.unrealised = 0

    def open(
        self,
        sign: int,
        quantity: float,
        leverage: int,
        entry: float,
        entry_ms: int,
        signal_ms: int,
        stop_distance: float,
        target_distance: float,
        atr: float,
        margin: int,
        exits: ExitTerms,
        grid: Grid,
    ) -> None:
        """Begin, with stop and target measured from the actual fill."""
        self.sign = sign
        self.quantity = quantity
        self.leverage = leverage
        self.entry = self.extreme = self.mark = entry
        self.entry_ms = entry_ms
        self.signal_ms = signal_ms
        self.stop = self.initial_stop = level(entry - sign * stop_distance, grid)
        self.target = level(entry + sign * target_distance, grid)
        self.stop_kind = 0
        self.trailing = exits.trailing(entry, atr)
        self.atr = atr
        self.bars = 0
        self.margin = margin
        self.funding = self.unrealised = 0
        self._find_liquidation(grid)

    def _find_liquidation(self, grid: Grid) -> None:
        self.liquidation = liquidation(
            self.sign, self.entry, self.quantity, self.margin / 1e8, grid.maintenance_rate, grid.tick_units,
            grid.tick_scale,
        )  # fmt: skip

    def value(self, price: float, best: float, grid: Grid) -> int:
        """Mark at ``price``; ``best`` may extend the best price since entry. How much the profit changed, in units."""
        self.extreme = extended(self.sign, self.extreme, best, best)
        before = self.unrealised
        self.mark = on_tick(price, grid.tick_units, grid.tick_scale)
        self.unrealised = units(self.sign * self.quantity * (self.mark - self.entry))
        return self.unrealised - before

    def fund(self, price: float, rate: float, grid: Grid) -> int:
        """Book funding out of the margin, which moves the liquidation; the amount received, in units."""
        amount = units(-self.sign * self.quantity * price * rate)
        self.funding += amount
        self.margin += amount
        self._find_liquidation(grid)
        return amount

    def move_stop(self, exits: ExitTerms, grid: Grid) -> None:
        """At the close: to the entry once enough was earned, then behind the best price; never away from it."""
        if not self.stop > 0.0:
            return
        stop = self.stop
        kind = self.stop_kind
        if exits.breakeven_at_r > 0.0:
            risk = fabs(self.entry - self.initial_stop)
            moved = at_breakeven(self.sign, stop, self.entry, self.extreme, risk, exits.breakeven_at_r)
            if moved != stop:
                stop = moved
                kind = 3
        if exits.trailing_measure != 0:
            moved = on_tick(trailed(self.sign, stop, self.extreme, self.trailing), grid.tick_units, grid.tick_scale)
            if self.sign * (moved - stop) > 0.0:
                stop = moved
                kind = 2
        if stop != self.stop:
            self.stop = on_tick(stop, grid.tick_units, grid.tick_scale)
            self.stop_kind = kind


def level(price: float, grid: Grid) -> float:
    """``price`` on the tick; NaN where there is none or it lies at zero or below."""
    rounded = on_tick(price, grid.tick_units, grid.tick_scale) if price == price else nan
    return rounded if rounded > 0.0 else nan
