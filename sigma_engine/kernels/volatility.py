"""The volatility of the next bar: two exponentially weighted variances, a quick and a slow one, blended."""

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    from math import isnan, nan, sqrt

WARM_UP_RETURNS = 50


class BlendedVolatility:
    """sigma^2 = .6 EWMA(.94) + .4 EWMA(.99) of squared log returns (contracts.md §6), a fold over closed bars.

    Both averages start as the mean square of the first 50 returns; NaN until then. A NaN return changes nothing.
    """

    def __init__(self) -> None:
        self.seen = 0
        self.fast = self.slow = 0.0

    def update(self, log_return: float) -> float:
        """Take in one bar's log return; the standard deviation expected of the next."""
        if not isnan(log_return):
            self._take_in(log_return)
        return sqrt(0.6 * self.fast + 0.4 * self.slow) if self.seen >= 50 else nan

    def run(self, start: int, n: int, changes: NDArray[np.float64], sigmas: NDArray[np.float64]) -> None:
        """`update` with ``n`` of ``changes`` from ``start`` on; ``sigmas`` gets what is expected after each."""
        i = start
        stop = start + n
        while i < stop and self.seen < 50:
            sigmas[i] = self.update(changes[i])
            i += 1
        fast = self.fast
        slow = self.slow
        for k in range(i, stop):
            square = changes[k] * changes[k]
            if not isnan(square):
                fast = 0.94 * fast + 0.06 * changes[k] * changes[k]
                slow = 0.99 * slow + 0.01 * changes[k] * changes[k]
                self.seen += 1
            sigmas[k] = 0.6 * fast + 0.4 * slow
        for k in range(i, stop):
            sigmas[k] = sqrt(sigmas[k])
        self.fast = fast
        self.slow = slow

    def _take_in(self, log_return: float) -> None:
        if self.seen < 50:
            self.fast += (log_return * log_return - self.fast) / (self.seen + 1)
            self.slow = self.fast
        else:
            self.fast = 0.94 * self.fast + 0.06 * log_return * log_return
            self.slow = 0.99 * self.slow + 0.01 * log_return * log_return
        self.seen += 1

    def copy(self) -> "BlendedVolatility":
        """One in the same state."""
        twin = BlendedVolatility()
        twin.seen, twin.fast, twin.slow = self.seen, self.fast, self.slow
        return twin

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self.seen, self.fast, self.slow)


def _restored(seen: int, fast: float, slow: float) -> BlendedVolatility:
    twin = BlendedVolatility()
    twin.seen, twin.fast, twin.slow = seen, fast, slow
    return twin
