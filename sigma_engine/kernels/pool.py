"""The last outcomes, kept in order of size: empirical quantiles that begin as normal ones."""

from array import array

import cython

from sigma_engine.kernels.normal import quantile

if not cython.compiled:
    from math import isnan, sqrt


class OutcomePool:
    """The newest ``capacity`` values, sorted; the first ``seeds`` of them are quantiles of the unit normal.

    The seeds leave first, so that with ``matured`` real values the pool is worth ``seeds / (seeds + matured)`` of a
    normal distribution and nothing of it once it is full (contracts.md §6: grown from normal quantiles).
    """

    def __init__(self, capacity: int = 1000, seeds: int = 50) -> None:
        if not 2 <= seeds <= capacity:
            raise ValueError(f"a pool of {capacity} begins with 2 to {capacity} seeds, not {seeds}")
        self.capacity = capacity
        self.matured = 0
        self.count = seeds
        self._oldest_at = 0
        self._ring = array("d", bytes(8 * capacity))
        self._sorted = array("d", bytes(8 * capacity))
        for k in range(seeds):
            # From the middle outwards, so that the seeds that have left never leave the rest lopsided for long.
            rank = (seeds - 1) // 2 + ((k + 1) // 2 if k % 2 else -(k // 2))
            self._ring[k] = quantile((rank + 1.0) / (seeds + 1.0))
            self._sorted[k] = quantile((k + 1.0) / (seeds + 1.0))

    def push(self, x: float) -> None:
        """Let one outcome in, and the oldest out once the pool is full; an undefined one changes nothing."""
        if isnan(x):
            return
        if self.count == self.capacity:
            self._replace(self._ring[self._oldest_at], x)
            self._ring[self._oldest_at] = x
            self._oldest_at = (self._oldest_at + 1) % self.capacity
        else:
            self._ring[self.count] = x
            self._sorted[self.count] = x
            self.count += 1
            self._sink(self.below(x), self.count - 1, x)
        self.matured += 1

    def below(self, x: float) -> int:
        """How many values are smaller than ``x``."""
        low = 0
        high = self.count
        while low < high:
            middle = (low + high) // 2
            if self._sorted[middle] < x:
                low = middle + 1
            else:
                high = middle
        return low

    def quantile(self, p: float) -> float:
        """The value not exceeded with probability ``p``: order statistics at rank p (n + 1), interpolated."""
        rank = min(max(p * (self.count + 1) - 1.0, 0.0), self.count - 1.000001)
        at = int(rank)
        part = rank - at
        return (1.0 - part) * self._sorted[at] + part * self._sorted[at + 1]

    def error(self, p: float) -> float:
        """The standard error of `quantile`: half the distance of the order statistics a binomial deviation off."""
        spread = sqrt(p * (1.0 - p) / self.count)
        return 0.5 * (self.quantile(min(p + spread, 1.0)) - self.quantile(max(p - spread, 0.0)))

    def place(self, x: float) -> float:
        """Where ``x`` lies among the values, 0 to 1: a uniform number where the pool is right."""
        return (self.below(x) + 0.5) / (self.count + 1.0)

    def copy(self) -> "OutcomePool":
        """One in the same state that goes its own way from here."""
        twin = OutcomePool(self.capacity, 2)
        twin.matured, twin.count, twin._oldest_at = self.matured, self.count, self._oldest_at
        twin._ring[:] = self._ring
        twin._sorted[:] = self._sorted
        return twin

    def _replace(self, old: float, x: float) -> None:
        """Put ``x`` where it belongs, in place of one value ``old``."""
        at = self.below(old)
        to = self.below(x)
        if to <= at:
            self._sink(to, at, x)
        else:
            for k in range(at, to - 1):
                self._sorted[k] = self._sorted[k + 1]
            self._sorted[to - 1] = x

    def _sink(self, to: int, at: int, x: float) -> None:
        """Move the values from ``to`` up to ``at`` one place up, over what stood there, and put ``x`` below them."""
        for k in range(at, to, -1):
            self._sorted[k] = self._sorted[k - 1]
        self._sorted[to] = x
