"""The fusion of votes: what each indicator says on a scale from short to long, and the two scores they add up to."""

from array import array
from collections.abc import MutableSequence, Sequence

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    from math import isnan

VOTES = 14
FEATURES = 21
REGIMES = 3


def clipped(x: float) -> float:
    """``x`` within -1 to 1; an undefined one is 0."""
    if x > 1.0:
        return 1.0
    if x < -1.0:
        return -1.0
    return 0.0 if isnan(x) else x


def sign(x: float) -> float:
    """-1, 0 or 1; an undefined one is 0."""
    if x > 0.0:
        return 1.0
    return -1.0 if x < 0.0 else 0.0


def scaled(x: float, scale: float) -> float:
    """``x`` in units of ``scale``, within -1 to 1; 0 where the scale is not positive or anything is undefined."""
    return clipped(x / scale) if scale > 0.0 else 0.0


def cast(x: Sequence[float], p_up: float, votes: MutableSequence[float]) -> None:
    """Cast the fourteen votes of contracts.md §5 into ``votes``, in the order of `strategy.fusion.VOTES`.

    ``x`` holds the readings of `strategy.fusion.FEATURES`, ``p_up`` is the calibrated probability of a rise.
    Positive is long; an undefined vote is 0.
    """
    close = x[0]
    atr = x[1]
    if isnan(x[2] + x[3] + x[4] + x[5]):
        votes[0] = 0.0
    else:
        votes[0] = (sign(x[2] - x[3]) + sign(x[3] - x[4]) + sign(x[4] - x[5]) + sign(close - x[5])) / 4.0
    votes[1] = scaled(close - x[6], atr)
    votes[2] = sign(x[8] - x[9]) * max(clipped((x[7] - 20.0) / 20.0), 0.0)
    votes[3] = scaled(x[10], 0.25 * atr)
    votes[4] = clipped((50.0 - x[11]) / 20.0)
    votes[5] = clipped((50.0 - x[12]) / 30.0)
    votes[6] = clipped(-x[13] / 100.0)
    votes[7] = clipped((0.5 - x[14]) * 2.0)
    votes[8] = clipped((50.0 - x[15]) / 30.0)
    votes[9] = sign(x[16] - x[17])
    votes[10] = scaled(close - x[18], atr)
    votes[11] = clipped(-x[19] / 2.0)
    votes[12] = scaled(x[20], 0.5 * atr)
    votes[13] = clipped((p_up - 0.5) / 0.15)


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
        self._weights = array("d", [weight for row in self.weights for weight in row])
        self._votes = array("d", [0.0] * 14)

    def step(self, features: Sequence[float], p_up: float, regime: int) -> int:
        """Cast and weigh the votes of one candle; ``action``, `votes` and both scores stay to be read."""
        return self.judge(features, p_up, regime)

    def judge(self, features: Sequence[float], p_up: float, regime: int) -> int:
        """`step` for other kernels."""
        cast(features, p_up, self._votes)
        self._weigh(regime)
        self.action = decided(self.long_score, self.short_score, self.threshold, self.margin)
        return self.action

    def run(
        self,
        features: NDArray[np.float64],
        p_up: NDArray[np.float64],
        regimes: NDArray[np.int32],
        actions: NDArray[np.int32],
    ) -> None:
        """The action of each candle of a block into ``actions`` (n,); ``features`` is (n, 21), the GIL released."""
        with cython.nogil:
            for i in range(features.shape[0]):
                actions[i] = self.judge(features[i], p_up[i], regimes[i])

    @property
    def votes(self) -> tuple[float, ...]:
        """The votes of the last candle."""
        return tuple(self._votes)

    def _weigh(self, regime: int) -> None:
        total = long = short = 0.0
        for j in range(14):
            weight = self._weights[regime * 14 + j]
            vote = self._votes[j]
            total += weight
            if vote > 0.0:
                long += weight * vote
            else:
                short -= weight * vote
        self.long_score = long / total if total > 0.0 else 0.0
        self.short_score = short / total if total > 0.0 else 0.0

    def __reduce__(self) -> tuple[object, ...]:
        return FusionScore, (self.weights, self.threshold, self.margin)
