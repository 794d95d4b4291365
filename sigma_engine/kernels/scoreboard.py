"""The last thousand forecasts that fell due, and whether their tests still trust the model (quant.md §3)."""

from array import array
from collections.abc import Sequence

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    from math import fabs, log, nan, sqrt

COLUMNS = (
    "made_ms", "p_up", "p_model", "outcome", "place", "low_70", "low_90", "low_95", "high_70", "high_90", "high_95",
    "drift", "deviation",
)  # fmt: skip
"""What is kept of each: log returns over the horizon; ``p_up`` as it was said, ``p_model`` before a red flag."""

TOO_FEW, GREEN, AMBER, RED = range(4)


class Scoreboard:
    """A ring of the newest ``capacity`` matured, non-overlapping forecasts; ``trust`` is judged anew with each.

    Spiegelhalter's z of the model's P(up) and Kupiec's likelihood ratio of each band: amber where a p-value is below
    .05, red below .01, too few below 100 forecasts.
    """

    def __init__(self, capacity: int = 1000) -> None:
        self.capacity = capacity
        self.matured = 0
        self.trust = 0
        self.spiegelhalter = nan
        self.kupiec_70 = self.kupiec_90 = self.kupiec_95 = nan
        self._rows = array("d", bytes(8 * capacity * 13))
        self._parts = (capacity + 24) // 25
        self._excesses, self._variances = array("d", bytes(8 * self._parts)), array("d", bytes(8 * self._parts))
        self._outside = array("i", [0] * 3)

    def count(self) -> int:
        """How many are kept."""
        return self.capacity if self.matured > self.capacity else self.matured

    def enter(
        self,
        made_ms: float,
        p_up: float,
        p_model: float,
        outcome: float,
        rank: float,
        bands: Sequence[float],
        drift: float,
        deviation: float,
    ) -> None:
        """Take in a forecast that fell due, in the order of `COLUMNS`, and test what is kept now."""
        place = self.matured % self.capacity
        at = place * 13
        if self.matured >= self.capacity:
            self._count_outside(at, -1)
        self._rows[at] = made_ms
        self._rows[at + 1] = p_up
        self._rows[at + 2] = p_model
        self._rows[at + 3] = outcome
        self._rows[at + 4] = rank
        for k in range(6):
            self._rows[at + 5 + k] = bands[k]
        self._rows[at + 11] = drift
        self._rows[at + 12] = deviation
        self.matured += 1
        self._count_outside(at, 1)
        self._sum_part(place // 25)
        self._judge()

    def _judge(self) -> None:
        count = self.count()
        self.spiegelhalter = self._spiegelhalter()
        self.kupiec_70 = kupiec(count, self._outside[0], 0.3)
        self.kupiec_90 = kupiec(count, self._outside[1], 0.1)
        self.kupiec_95 = kupiec(count, self._outside[2], 0.05)
        self.trust = self._trust(count)

    def _count_outside(self, at: int, step: int) -> None:
        """Count the row at ``at`` in, or out again, where its outcome lay outside its bands."""
        outcome = self._rows[at + 3]
        for k in range(3):
            if outcome < self._rows[at + 5 + k] or outcome > self._rows[at + 8 + k]:
                self._outside[k] += step

    def _sum_part(self, part: int) -> None:
        """Add up Spiegelhalter's two sums over the 25 places of which one has changed."""
        excess = variance = 0.0
        for i in range(part * 25, min(part * 25 + 25, self.count())):
            p = self._rows[i * 13 + 2]
            y = 1.0 if self._rows[i * 13 + 3] > 0.0 else 0.0
            lean = 1.0 - 2.0 * p
            excess += (y - p) * lean
            variance += lean * lean * p * (1.0 - p)
        self._excesses[part] = excess
        self._variances[part] = variance

    def copy(self) -> "Scoreboard":
        """One in the same state that goes its own way from here."""
        twin = Scoreboard(self.capacity)
        twin.matured, twin.trust, twin.spiegelhalter = self.matured, self.trust, self.spiegelhalter
        twin.kupiec_70, twin.kupiec_90, twin.kupiec_95 = self.kupiec_70, self.kupiec_90, self.kupiec_95
        twin._rows[:] = self._rows
        twin._excesses[:] = self._excesses
        twin._variances[:] = self._variances
        twin._outside[:] = self._outside
        return twin

    def _trust(self, count: int) -> int:
        if count < 100:
            return 0
        worst = max(self.kupiec_70, self.kupiec_90, self.kupiec_95)
        if worst > 6.6348966010212145 or fabs(self.spiegelhalter) > 2.5758293035489004:
            return 3
        if worst > 3.841458820694124 or fabs(self.spiegelhalter) > 1.959963984540054:
            return 2
        return 1

    def _spiegelhalter(self) -> float:
        """NaN where every forecast said .5, which no outcome can refute."""
        excess = variance = 0.0
        for part in range(self._parts):
            excess += self._excesses[part]
            variance += self._variances[part]
        return excess / sqrt(variance) if variance > 0.0 else nan

    def rows(self) -> NDArray[np.float64]:
        """What is kept, oldest first, (n, 13) in the order of `COLUMNS`."""
        count = self.count()
        kept = np.array(self._rows).reshape(self.capacity, 13)
        start = self.matured % self.capacity if self.matured > self.capacity else 0
        return np.concatenate([kept[start:count], kept[:start]])


def kupiec(count: int, missed: int, expected: float) -> float:
    """Kupiec's likelihood ratio that misses happen with probability ``expected``; chi-squared with one degree."""
    if count <= 0:
        return nan
    held = count - missed
    likely = held * log(1.0 - expected) + missed * log(expected)
    best = 0.0
    if held > 0:
        best += held * log(held / count)
    if missed > 0:
        best += missed * log(missed / count)
    return max(2.0 * (best - likely), 0.0)
