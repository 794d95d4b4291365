"""The money flow index."""

import cython

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import isnan, nan


class Mfi(Indicator):
    """Share of the money that flowed on rising typical prices in the last ``period`` candles; NaN where none flowed."""

    def __init__(self, period: int = 14) -> None:
        self.previous = nan
        self.inflows = Window(period)
        self.outflows = Window(period)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        typical = (high + low + close) / 3.0
        if not isnan(self.previous):
            self.inflows.push(typical * volume if typical > self.previous else 0.0)
            self.outflows.push(typical * volume if typical < self.previous else 0.0)
        self.previous = typical

    def part(self, k: int) -> float:
        """The index, 0 to 100."""
        inflow = self.inflows.total()
        flow = inflow + self.outflows.total()
        return 100.0 * (inflow / flow) if flow > 0.0 else nan
