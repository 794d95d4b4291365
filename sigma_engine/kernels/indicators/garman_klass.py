"""The Garman-Klass volatility."""

import cython

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import log, nan, sqrt


class GarmanKlass(Indicator):
    """Root of the mean of ``0.5 ln(H/L)^2 - (2 ln 2 - 1) ln(C/O)^2`` over ``period`` candles (Garman & Klass 1980)."""

    def __init__(self, period: int = 20, bars_per_year: float = 105_120.0) -> None:
        self.annual = sqrt(bars_per_year)
        self.variances = Window(period)
        self.sigma = nan

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        variance = nan
        if low > 0.0 and open > 0.0 and close > 0.0:
            reach = log(high / low)
            body = log(close / open)
            # 2 ln 2 - 1
            variance = 0.5 * reach * reach - 0.3862943611198906 * body * body
        self.variances.push(variance)
        mean = self.variances.mean()
        # A negative mean takes candles that close outside their own range.
        self.sigma = sqrt(mean) if mean >= 0.0 else nan

    def part(self, k: int) -> float:
        """Annualised, per candle; fractions."""
        return self.sigma * self.annual if k == 0 else self.sigma
