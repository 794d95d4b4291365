"""What the last returns say about the next: their volatility, and the predictors of a direction."""

from collections.abc import MutableSequence

import cython

from sigma_engine.kernels.volatility import BlendedVolatility

if not cython.compiled:
    from math import cos, inf, isnan, log, nan, sin

PREDICTORS = 10
"""How many numbers `Returns.predictors` writes."""


class Returns:
    """One symbol's closed returns, each in units of the volatility that was expected of it (``surprise``).

    Exponential averages of the surprises over 3, 12 and 200 candles tell momentum from reversal at three paces.
    """

    def __init__(self) -> None:
        self.close = self.sigma = nan
        self.surprise = self.quick = self.middle = self.slow = 0.0
        self.volatility = BlendedVolatility()

    def advance(self, close: float) -> None:
        """Take in one close; a first one, or one that is no price, gives no return."""
        expected = self.sigma
        change = self.measure(close)
        if not isnan(change):
            self.surprise = bounded(change / expected) if expected > 0.0 else 0.0
            self.quick += 0.5 * (self.surprise - self.quick)
            self.middle += 0.15384615384615385 * (self.surprise - self.middle)
            self.slow += 0.009950248756218905 * (self.surprise - self.slow)

    def measure(self, close: float) -> float:
        """Take in one close for the volatility alone; its log return."""
        change = log(close / self.close) if 0.0 < close < inf and 0.0 < self.close < inf else nan
        self.sigma = self.volatility.update(change)
        self.close = close
        return change

    def predictors(
        self,
        x: MutableSequence[float],
        start: int,
        open_ms: int,
        drift: float,
        deviation: float,
        score: float,
        slope: float,
    ) -> None:
        """Write ten candidate predictors of the next move into ``x[start:]``, each of about unit size on noise.

        Beside the surprises: the z of the plain drift over 50 candles, the z-score over 20, the regression slope over
        10 in units of volatility, and the time of day; an undefined one is 0. The constant comes first.
        """
        x[start] = 1.0
        x[start + 1] = self.surprise
        # A mean with weight a of unit noise has the variance a / (2 - a).
        x[start + 2] = 1.7320508075688772 * self.quick
        x[start + 3] = 3.4641016151377544 * self.middle
        x[start + 4] = 14.142135623730951 * self.slow
        x[start + 5] = bounded(7.0710678118654755 * drift / deviation) if deviation > 0.0 else 0.0
        x[start + 6] = bounded(score / 1.3)
        x[start + 7] = (
            bounded(slope / (0.35 * self.sigma * self.close)) if self.sigma > 0.0 and self.close > 0.0 else 0.0
        )
        turn = 7.27220521664304e-08 * (open_ms % 86_400_000)
        x[start + 8] = 1.4142135623730951 * sin(turn)
        x[start + 9] = 1.4142135623730951 * cos(turn)

    def copy(self) -> "Returns":
        """One in the same state that goes its own way from here."""
        twin = Returns()
        twin.close, twin.sigma = self.close, self.sigma
        twin.surprise, twin.quick, twin.middle, twin.slow = self.surprise, self.quick, self.middle, self.slow
        twin.volatility = self.volatility.copy()
        return twin


def bounded(x: float) -> float:
    """``x`` within -4 to 4; an undefined one is 0."""
    if isnan(x):
        return 0.0
    return min(max(x, -4.0), 4.0)
