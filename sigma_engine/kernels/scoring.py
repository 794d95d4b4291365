"""The fusion of votes: what each indicator says on a scale from short to long, and the two scores they add up to."""

from array import array
from collections.abc import Sequence

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels import room

if not cython.compiled:
    from math import fabs

VOTES = 14
FEATURES = 21
REGIMES = 3


def clipped(x: float) -> float:
    """``x`` within -1 to 1; an undefined one is 0."""
    # Each of the three is a number or 0, which compiles to no branch: which way a vote leans cannot be guessed.
    within = x if fabs(x) < 1.0 else 0.0
    above = 1.0 if x >= 1.0 else 0.0
    below = 1.0 if x <= -1.0 else 0.0
    return within + above - below


def ahead(a: float, b: float) -> float:
    """1 where ``a`` is above ``b``, else 0; also where either is undefined."""
    return 1.0 if a > b else 0.0


def cast(x: NDArray[np.float64], p_up: NDArray[np.float64], start: int, n: int, votes: NDArray[np.float64]) -> None:
    """Cast the fourteen votes of contracts.md §5 for candles ``start`` up to, not with, ``start + n``.

    Columns of ``x`` are the readings of `strategy.fusion.FEATURES`, ``p_up`` is the calibrated probability of a rise;
    row j of ``votes`` gets vote j of `strategy.fusion.VOTES`. Positive is long; an undefined vote is 0.
    """
    for k in range(n):
        i = start + k
        close, fast, middle, slow, slowest = x[i, 0], x[i, 2], x[i, 3], x[i, 4], x[i, 5]
        up = ahead(fast, middle) + ahead(middle, slow) + ahead(slow, slowest) + ahead(close, slowest)
        down = ahead(middle, fast) + ahead(slow, middle) + ahead(slowest, slow) + ahead(slowest, close)
        votes[0, k] = (up - down) * 0.25 if fast + middle + slow + slowest > 0.0 else 0.0
        # Divided once; without a range nothing is measured in ranges.
        per_range = 1.0 / x[i, 1] if x[i, 1] > 0.0 else 0.0
        votes[1, k] = clipped((close - x[i, 6]) * per_range)
        strength = (x[i, 7] - 20.0) * 0.05
        leading = ahead(x[i, 8], x[i, 9]) - ahead(x[i, 9], x[i, 8])
        votes[2, k] = leading * clipped(strength if strength > 0.0 else 0.0)
        votes[3, k] = clipped(x[i, 10] * per_range * 4.0)
        votes[4, k] = clipped((50.0 - x[i, 11]) * 0.05)
        votes[5, k] = clipped((50.0 - x[i, 12]) * 0.03333333333333333)
        votes[6, k] = clipped(x[i, 13] * -0.01)
        votes[7, k] = clipped((0.5 - x[i, 14]) * 2.0)
        votes[8, k] = clipped((50.0 - x[i, 15]) * 0.03333333333333333)
        votes[9, k] = ahead(x[i, 16], x[i, 17]) - ahead(x[i, 17], x[i, 16])
        votes[10, k] = clipped((close - x[i, 18]) * per_range)
        votes[11, k] = clipped(x[i, 19] * -0.5)
        votes[12, k] = clipped(x[i, 20] * per_range * 2.0)
        votes[13, k] = clipped((p_up[i] - 0.5) * 6.666666666666667)


def decided(long: float, short: float, threshold: float, margin: float) -> int:
    """1 (buy) where the long score reaches ``threshold`` and leads by ``margin``, -1 (sell) mirrored, else 0."""
    if long >= threshold and long - short >= margin:
        return 1
    if short >= threshold and short - long >= margin:
        return -1
    return 0


class FusionScore:
    """Weighs votes: long score = sum of w max(vote, 0) over the sum of w, short likewise, in 0 to 1.

    ``weights`` has a row for each regime (trending, ranging, mixed) and a column for each vote. An action is 1 (buy)
    where the long score reaches ``threshold`` and leads by ``margin``, -1 (sell) mirrored, else 0.
    """

    def __init__(self, weights: Sequence[Sequence[float]], threshold: float, margin: float) -> None:
        self.weights = tuple(tuple(row) for row in weights)
        if len(self.weights) != 3 or any(len(row) != 14 for row in self.weights):
            raise ValueError("fusion needs 3 rows of 14 weights")
        self.threshold = threshold
        self.margin = margin
        self.long_score = self.short_score = 0.0
        self.action = 0
        self._at = 0
        self._halves = array("d", [weight / 2.0 for row in self.weights for weight in row])
        self._totals = array("d", [sum(row) for row in self.weights])
        self._votes = room.floats(14, 64)
        self._row = room.floats(1, 21)
        self._chance = np.zeros(1)

    def step(self, features: Sequence[float], p_up: float, regime: int) -> int:
        """Cast and weigh the votes of one candle; ``action``, `votes` and both scores stay to be read."""
        return self.judge(features, p_up, regime)

    def judge(self, features: Sequence[float], p_up: float, regime: int) -> int:
        """`step` for other kernels."""
        for j in range(21):
            self._row[0, j] = features[j]
        self._chance[0] = p_up
        cast(self._row, self._chance, 0, 1, self._votes)
        self._decide(0, regime)
        return self.action

    def run(
        self,
        features: NDArray[np.float64],
        p_up: NDArray[np.float64],
        regimes: NDArray[np.int32],
        actions: NDArray[np.int32],
    ) -> None:
        """The action of each candle of a block into ``actions`` (n,), the GIL released.

        ``features`` is (n, 21 or more); only the first 21 columns are read.
        """
        with cython.nogil:
            count = features.shape[0]
            for start in range(0, count, 64):
                n = min(64, count - start)
                cast(features, p_up, start, n, self._votes)
                for i in range(n):
                    self._decide(i, regimes[start + i])
                    actions[start + i] = self.action

    @property
    def votes(self) -> tuple[float, ...]:
        """The votes of the last candle."""
        return tuple([self._votes[j, self._at] for j in range(14)])

    def _decide(self, at: int, regime: int) -> None:
        """Weigh the votes of one candle of the stretch."""
        self._at = at
        total = self._totals[regime]
        long = short = 0.0
        for j in range(14):
            half = self._halves[regime * 14 + j]
            vote = self._votes[j, at]
            # Half of |vote| + vote is what of the vote is above 0: no branch, and exact.
            long += half * (fabs(vote) + vote)
            short += half * (fabs(vote) - vote)
        self.long_score = long / total if total > 0.0 else 0.0
        self.short_score = short / total if total > 0.0 else 0.0
        self.action = decided(self.long_score, self.short_score, self.threshold, self.margin)

    def __reduce__(self) -> tuple[object, ...]:
        return FusionScore, (self.weights, self.threshold, self.margin)
