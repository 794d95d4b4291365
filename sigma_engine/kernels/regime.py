"""The market's regime: a vote of three measures with hysteresis, so that it does not flicker."""

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    from math import fabs, nan


class RegimeVote:
    """Trending (0), ranging (1) or mixed (2), the order of `Regime`; rules and thresholds are those of contracts.md §5.

    A state is left by its own leaving rule only, after at least 5 bars; what follows is trending, else ranging, else
    mixed, by the entering rules. Undefined measures (NaN) satisfy no rule. ``age`` counts bars in the state.
    """

    def __init__(self) -> None:
        self.state = 2
        self.age = 0
        self.strong = 0

    def step(self, adx: float, efficiency: float, slope: float) -> int:
        """Take in one closed bar's ADX(14), efficiency ratio (20) and slope (10) in ATRs a bar; the state after it."""
        self.strong = (self.strong << 1 | (1 if fabs(slope) > 0.5 else 0)) & 31
        following = self._next(adx, efficiency, slope) if self.age >= 5 else self.state
        self.age = self.age + 1 if following == self.state else 1
        self.state = following
        return following

    def run(
        self, block: NDArray[np.float64], adx: int, efficiency: int, slope: int, atr: int, states: NDArray[np.int32]
    ) -> None:
        """Take in a block of closed bars; ``states`` (n,) gets the state after each, the GIL released.

        The four numbers say in which columns of ``block`` (n, columns) ADX(14), efficiency ratio (20), slope (10) in
        price and ATR(14) stand.
        """
        with cython.nogil:
            for i in range(block.shape[0]):
                steepness = block[i, slope] / block[i, atr] if block[i, atr] > 0.0 else nan
                states[i] = self.step(block[i, adx], block[i, efficiency], steepness)

    def _next(self, adx: float, efficiency: float, slope: float) -> int:
        trending = adx > 30.0 or efficiency > 0.46 or self._strong_bars() >= 3
        ranging = adx < 20.0 and efficiency < 0.2 and fabs(slope) < 0.25
        if self.state == 0:
            leaves = adx < 25.0 and efficiency < 0.36
        elif self.state == 1:
            leaves = adx > 23.0 or efficiency > 0.3
        else:
            leaves = True
        if not leaves:
            return self.state
        if trending:
            return 0
        return 1 if ranging else 2

    def _strong_bars(self) -> int:
        """How many of the last five bars had a steep slope."""
        bits = self.strong
        return (bits & 1) + (bits >> 1 & 1) + (bits >> 2 & 1) + (bits >> 3 & 1) + (bits >> 4)

    def copy(self) -> "RegimeVote":
        """One in the same state."""
        return _restored(self.state, self.age, self.strong)

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self.state, self.age, self.strong)


def _restored(state: int, age: int, strong: int) -> RegimeVote:
    twin = RegimeVote()
    twin.state, twin.age, twin.strong = state, age, strong
    return twin
