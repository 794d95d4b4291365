"""What the last returns say about the next: their volatility, and the predictors of a direction."""

from array import array
from collections.abc import MutableSequence

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.volatility import BlendedVolatility

if not cython.compiled:
    from math import cos, inf, isnan, log, nan, sin

MOST_TIMES = 1_440
"""Of how many candles of a day sine and cosine are kept: those of one minute."""

PREDICTORS = 10
"""How many numbers `Returns.predictors` writes."""


class Returns:
    """One symbol's closed returns, each in units of the volatility that was expected of it (``surprise``).

    Exponential averages of the surprises over 3, 12 and 200 candles tell momentum from reversal at three paces. Where
    candles of ``interval_ms`` fill the day, sine and cosine of their times are worked out once.
    """

    def __init__(self, interval_ms: int = 0) -> None:
        self.interval_ms = interval_ms
        times = 86_400_000 // interval_ms if interval_ms > 0 and 86_400_000 % interval_ms == 0 else 0
        self._times = times if times <= MOST_TIMES else 0
        self._slot = self._time_ms = 0
        self.x = array("d", bytes(8 * PREDICTORS))
        self._clock = array("d", bytes(16 * self._times))
        for k in range(self._times):
            turn = 7.27220521664304e-08 * (k * interval_ms)
            self._clock[2 * k] = 1.4142135623730951 * sin(turn)
            self._clock[2 * k + 1] = 1.4142135623730951 * cos(turn)
        self.close = self.sigma = self._measured = nan
        self.surprise = self.quick = self.middle = self.slow = 0.0
        self.volatility = BlendedVolatility()

    def advance(self, close: float) -> None:
        """Take in one close; a first one, or one that is no price, gives no return."""
        change = log(close / self._measured) if 0.0 < close < inf and 0.0 < self._measured < inf else nan
        self._measured = close
        self.take(close, change, self.volatility.update(change))

    def measures(
        self,
        closes: NDArray[np.float64],
        first: int,
        n: int,
        changes: NDArray[np.float64],
        sigmas: NDArray[np.float64],
        at: int,
    ) -> None:
        """The log returns of ``n`` closes from ``first`` on, all prices, and the volatility after each, from ``at`` on.

        They still have to be taken in one by one, unless nobody wants more.
        """
        changes[at] = log(closes[first] / self._measured) if 0.0 < self._measured < inf else nan
        for i in range(1, n):
            changes[at + i] = log(closes[first + i] / closes[first + i - 1])
        self.volatility.run(at, n, changes, sigmas)
        self._measured = closes[first + n - 1]

    def take(self, close: float, change: float, sigma: float) -> None:
        """Take in a close whose log return and volatility have been measured."""
        if not isnan(change):
            self.surprise = bounded(change / self.sigma) if self.sigma > 0.0 else 0.0
            self.quick += 0.5 * (self.surprise - self.quick)
            self.middle += 0.15384615384615385 * (self.surprise - self.middle)
            self.slow += 0.009950248756218905 * (self.surprise - self.slow)
        self.sigma = sigma
        self.close = close

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
        """`predict` into ``x[start:]``."""
        self.predict(open_ms, drift, deviation, score, slope)
        for k in range(10):
            x[start + k] = self.x[k]

    def predict(self, open_ms: int, drift: float, deviation: float, score: float, slope: float) -> None:
        """Work out ten candidate predictors ``x`` of the next move, each of about unit size on noise.

        Beside the surprises: the z of the plain drift over 50 candles, the z-score over 20, the regression slope over
        10 in units of volatility, and the time of day; an undefined one is 0. The constant comes first.
        """
        self.x[0] = 1.0
        self.x[1] = self.surprise
        # A mean with weight a of unit noise has the variance a / (2 - a).
        self.x[2] = 1.7320508075688772 * self.quick
        self.x[3] = 3.4641016151377544 * self.middle
        self.x[4] = 14.142135623730951 * self.slow
        self.x[5] = bounded(7.0710678118654755 * drift / deviation) if deviation > 0.0 else 0.0
        self.x[6] = bounded(score / 1.3)
        self.x[7] = bounded(slope / (0.35 * self.sigma * self.close)) if self.sigma > 0.0 and self.close > 0.0 else 0.0
        self._tell_time(open_ms % 86_400_000)

    def _tell_time(self, time_ms: int) -> None:
        """Write where ``time_ms`` lies on the circle of the day."""
        # Candle after candle the place in the table is the next one; only after a hole is it worked out.
        if time_ms != self._time_ms + self.interval_ms or self._times == 0:
            self._slot = time_ms // self.interval_ms if self._times > 0 else 0
            self._time_ms = self._slot * self.interval_ms
        else:
            self._slot += 1
            self._time_ms = time_ms
        if self._times > 0 and time_ms == self._time_ms:
            self.x[8] = self._clock[2 * self._slot]
            self.x[9] = self._clock[2 * self._slot + 1]
            return
        turn = 7.27220521664304e-08 * time_ms
        self.x[8] = 1.4142135623730951 * sin(turn)
        self.x[9] = 1.4142135623730951 * cos(turn)

    def copy(self) -> "Returns":
        """One in the same state that goes its own way from here."""
        twin = Returns()
        twin.interval_ms, twin._times, twin._clock = self.interval_ms, self._times, self._clock
        twin.close, twin.sigma, twin._measured = self.close, self.sigma, self._measured
        twin.surprise, twin.quick, twin.middle, twin.slow = self.surprise, self.quick, self.middle, self.slow
        twin.volatility = self.volatility.copy()
        return twin


def bounded(x: float) -> float:
    """``x`` within -4 to 4; an undefined one is 0."""
    if isnan(x):
        return 0.0
    return min(max(x, -4.0), 4.0)
