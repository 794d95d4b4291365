"""The plain random-walk model: odds of a rise if the last returns' drift went on."""

import cython

from sigma_engine.kernels.indicator import Indicator
from sigma_engine.kernels.window import Window

if not cython.compiled:
    from math import erfc, isnan, log, nan, sqrt


class MonteCarlo(Indicator):
    """P(up) over ``horizon`` candles, from mean m and sample deviation s of the last ``period`` log returns.

    Closed form ``Phi(m sqrt(horizon) / s)``, the limit of simulating paths. m is a mean of log returns, so -s^2/2 is
    in it already. NaN where nothing moved.
    """

    def __init__(self, period: int = 50, horizon: int = 12) -> None:
        self.previous = nan
        self.scale = sqrt(horizon / 2.0)
        self.returns = Window(period)
        self.sigma = nan

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Take in one closed candle."""
        if not isnan(self.previous):
            self.returns.push(log(close / self.previous) if close > 0.0 and self.previous > 0.0 else nan)
            self.returns.measure()
            self.sigma = sqrt(self.returns.scatter / (self.returns.size - 1))
        self.previous = close

    def part(self, k: int) -> float:
        """P(up), drift and standard deviation of one candle's log return."""
        if k == 1:
            return self.returns.centre
        if k == 2:
            return self.sigma
        # 0.5 erfc(-x / sqrt 2) is the normal distribution function.
        return 0.5 * erfc(-self.returns.centre * self.scale / self.sigma) if self.sigma > 0.0 else nan
