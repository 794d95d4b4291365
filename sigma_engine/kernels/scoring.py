"""The fusion of votes: what each indicator says on a scale from short to long, and the two scores they add up to."""

from array import array
from collections.abc import Sequence

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels import room

if not cython.compiled:
    from math import fabs, inf

LANES = 128
"""How many candles are voted on at a time."""

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


def cast(
    x: NDArray[np.float64],
    places: Sequence[int],
    start: int,
    n: int,
    p_up: Sequence[float],
    votes: NDArray[np.float64],
) -> None:
    """Cast the fourteen votes of contracts.md §5 for ``n`` candles from column ``start`` of ``x`` on.

    ``places`` says in which rows of ``x`` (readings, candles) those of `strategy.fusion.FEATURES` stand; ``p_up`` (n or
    more,) is the calibrated probability of a rise. Row j of ``votes`` (15, n or more) gets vote j of
    `strategy.fusion.VOTES`, the last one is work space. Positive is long; an undefined vote is 0.
    """
    for i in range(n):
        atr = x[places[1], start + i]
        # Divided once; without a range nothing is measured in ranges.
        inverse = 1.0 / (atr if atr > 0.0 else 1.0)
        votes[14, i] = inverse if atr > 0.0 else 0.0
    for i in range(n):
        close, fast, middle = x[places[0], start + i], x[places[2], start + i], x[places[3], start + i]
        slow, slowest = x[places[4], start + i], x[places[5], start + i]
        up = ahead(fast, middle) + ahead(middle, slow) + ahead(slow, slowest) + ahead(close, slowest)
        down = ahead(middle, fast) + ahead(slow, middle) + ahead(slowest, slow) + ahead(slowest, close)
        mean = (up - down) * 0.25
        votes[0, i] = mean if fast + middle + slow + slowest > 0.0 else 0.0
    for i in range(n):
        votes[1, i] = clipped((x[places[0], start + i] - x[places[6], start + i]) * votes[14, i])
    for i in range(n):
        strength = (x[places[7], start + i] - 20.0) * 0.05
        plus, minus = x[places[8], start + i], x[places[9], start + i]
        votes[2, i] = (ahead(plus, minus) - ahead(minus, plus)) * clipped(strength if strength > 0.0 else 0.0)
    for i in range(n):
        votes[3, i] = clipped(x[places[10], start + i] * votes[14, i] * 4.0)
    for i in range(n):
        votes[4, i] = clipped((50.0 - x[places[11], start + i]) * 0.05)
    for i in range(n):
        votes[5, i] = clipped((50.0 - x[places[12], start + i]) * 0.03333333333333333)
    for i in range(n):
        votes[6, i] = clipped(x[places[13], start + i] * -0.01)
    for i in range(n):
        votes[7, i] = clipped((0.5 - x[places[14], start + i]) * 2.0)
    for i in range(n):
        votes[8, i] = clipped((50.0 - x[places[15], start + i]) * 0.03333333333333333)
    for i in range(n):
        volume, average = x[places[16], start + i], x[places[17], start + i]
        votes[9, i] = ahead(volume, average) - ahead(average, volume)
    for i in range(n):
        votes[10, i] = clipped((x[places[0], start + i] - x[places[18], start + i]) * votes[14, i])
    for i in range(n):
        votes[11, i] = clipped(x[places[19], start + i] * -0.5)
    for i in range(n):
        votes[12, i] = clipped(x[places[20], start + i] * votes[14, i] * 2.0)
    for i in range(n):
        votes[13, i] = clipped((p_up[i] - 0.5) * 6.666666666666667)


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
        self.action = 0
        self.longs, self.shorts = room.numbers(LANES), room.numbers(LANES)
        self._at = 0
        self._halves = array("d", [weight / 2.0 for row in self.weights for weight in row])
        self._totals = array("d", [sum(row) for row in self.weights])
        self._votes = room.floats(15, LANES)
        self._features = room.floats(21, LANES)
        self._chances = array("d", bytes(8 * LANES))
        self._places = array("i", range(21))

    def step(self, features: Sequence[float], p_up: float, regime: int) -> int:
        """Cast and weigh the votes of one candle; ``action``, `votes` and both scores stay to be read."""
        for j in range(21):
            self._features[j, 0] = features[j]
        self._chances[0] = p_up
        cast(self._features, self._places, 0, 1, self._chances, self._votes)
        self._weigh(0, 1, regime)
        self.action = decided(self.longs[0], self.shorts[0], self.threshold, self.margin)
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
            for start in range(0, count, 128):
                n = min(128, count - start)
                for i in range(n):
                    self._chances[i] = p_up[start + i]
                    for j in range(21):
                        self._features[j, i] = features[start + i, j]
                self.weigh(self._features, self._places, 0, n, self._chances, regimes[start:])
                for i in range(n):
                    actions[start + i] = decided(self.longs[i], self.shorts[i], self.threshold, self.margin)
                self.action = actions[start + n - 1]

    def weigh(
        self,
        x: NDArray[np.float64],
        places: Sequence[int],
        start: int,
        n: int,
        p_up: Sequence[float],
        regimes: Sequence[int] | NDArray[np.int32],
    ) -> None:
        """`cast` for other kernels, `LANES` candles at most; ``longs`` and ``shorts`` hold the scores then."""
        cast(x, places, start, n, p_up, self._votes)
        first = 0
        while first < n:
            stop = first + 1
            while stop < n and regimes[stop] == regimes[first]:
                stop += 1
            self._weigh(first, stop, regimes[first])
            first = stop

    @property
    def votes(self) -> tuple[float, ...]:
        """The votes of the last candle."""
        return tuple([self._votes[j, self._at] for j in range(14)])

    @property
    def long_score(self) -> float:
        """The long score of the last candle."""
        return float(self.longs[self._at])

    @property
    def short_score(self) -> float:
        """The short score of the last candle."""
        return float(self.shorts[self._at])

    def _weigh(self, first: int, stop: int, regime: int) -> None:
        """Weigh the votes of candles that share a regime."""
        self._at = stop - 1
        total = self._totals[regime]
        by = total if total > 0.0 else inf
        for i in range(first, stop):
            self.longs[i] = 0.0
            self.shorts[i] = 0.0
        # Two votes at a time, for all candles: vector code that comes and goes half as often.
        for j in range(0, 14, 2):
            half = self._halves[regime * 14 + j]
            next_half = self._halves[regime * 14 + j + 1]
            for i in range(first, stop):
                vote = self._votes[j, i]
                following = self._votes[j + 1, i]
                # Half of |vote| + vote is what of the vote is above 0: no branch, and exact.
                self.longs[i] = self.longs[i] + half * (fabs(vote) + vote) + next_half * (fabs(following) + following)
                self.shorts[i] = self.shorts[i] + half * (fabs(vote) - vote) + next_half * (fabs(following) - following)
        for i in range(first, stop):
            self.longs[i] = self.longs[i] / by
            self.shorts[i] = self.shorts[i] / by

    def __reduce__(self) -> tuple[object, ...]:
        return FusionScore, (self.weights, self.threshold, self.margin)
