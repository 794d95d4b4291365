"""Sums, moments and extremes of the last n values at the cost of a few operations, whatever n is.

The values are kept in blocks of n. A window is the tail of one block and the head of the next: the statistics of
every tail are worked out once, when the block is complete, those of the head grow value by value, and the two are
put together. So each result comes from its own n values in one fixed order; nothing is ever taken off a running
sum, nothing drifts over a million candles, and a value that is no number is forgotten when it leaves.
"""

from array import array

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    from math import inf, nan

    from sigma_engine.kernels.indicator import HIGH, LOW


class Total:
    """The sum of the newest ``size`` values; NaN until there are as many."""

    def __init__(self, size: int) -> None:
        _check(size)
        self.size = size
        self.at = 0
        self.head = 0.0
        self.ring = array("d", [nan] * size)
        self.tails = array("d", [nan] * size)

    def run(self, n: int, rows: NDArray[np.float64], source: int, target: int) -> None:
        """Let the first ``n`` values of row ``source`` in; row ``target`` gets the sum after each."""
        at = self.at
        head = self.head
        for i in range(n):
            x = rows[source, i]
            self.ring[at] = x
            head += x
            at += 1
            if at == self.size:
                self.turn()
                at = 0
                head = 0.0
            rows[target, i] = self.tails[at] + head
        self.at = at
        self.head = head

    def turn(self) -> None:
        """Sum every tail of the block that is now complete."""
        total = 0.0
        for k in range(self.size - 1, -1, -1):
            total += self.ring[k]
            self.tails[k] = total

    def __reduce__(self) -> tuple[object, ...]:
        return _total, (self.size, self.at, self.head, bytes(self.ring), bytes(self.tails))


def _total(size: int, at: int, head: float, ring: bytes, tails: bytes) -> Total:
    total = Total(size)
    total.at, total.head = at, head
    total.ring, total.tails = array("d", ring), array("d", tails)
    return total


class Moments:
    """Mean and sum of squared distances from it (scatter) of the newest ``size`` values; NaN until there are as many.

    Tail and head are each taken about a value of their own, so the cancellation is bounded by ``size`` and equal
    values give exactly themselves and 0.
    """

    def __init__(self, size: int) -> None:
        _check(size)
        self.size = size
        self.at = 0
        self.anchor = self.gap = self.first = nan
        self.sum = self.square = 0.0
        self.ring = array("d", [nan] * size)
        self.sums = array("d", [nan] * size)
        self.squares = array("d", [nan] * size)

    def run(self, n: int, rows: NDArray[np.float64], source: int, centres: int, scatters: int) -> None:
        """Let the first ``n`` values of row ``source`` in; the other two rows get mean and scatter after each."""
        at = self.at
        share = 1.0 / self.size
        anchor = self.anchor
        gap = self.gap
        first = self.first
        head = self.sum
        head_square = self.square
        for i in range(n):
            x = rows[source, i]
            self.ring[at] = x
            if at == 0:
                first = x
                gap = x - anchor
            distance = x - first
            head += distance
            head_square += distance * distance
            at += 1
            if at == self.size:
                self.turn()
                anchor = x
                at = 0
                gap = head = head_square = 0.0
            # About the anchor: the head's own sums, moved by the gap between the two origins.
            shift = at * gap
            total = self.sums[at] + (head + shift)
            square = self.squares[at] + (head_square + gap * (head + head + shift))
            mean = total * share
            scatter = square - total * mean
            rows[centres, i] = anchor + mean
            rows[scatters, i] = 0.0 if scatter < 0.0 else scatter
        self.at = at
        self.anchor = anchor
        self.gap = gap
        self.first = first
        self.sum = head
        self.square = head_square

    def turn(self) -> None:
        """Work out every tail of the block that is now complete, about its last value, which all of them hold."""
        anchor = self.ring[self.size - 1]
        total = square = 0.0
        for k in range(self.size - 1, -1, -1):
            distance = self.ring[k] - anchor
            total += distance
            square += distance * distance
            self.sums[k] = total
            self.squares[k] = square

    def __reduce__(self) -> tuple[object, ...]:
        numbers = (self.anchor, self.gap, self.first, self.sum, self.square)
        return _moments, (self.size, self.at, numbers, bytes(self.ring), bytes(self.sums), bytes(self.squares))


def _moments(size: int, at: int, numbers: tuple[float, ...], ring: bytes, sums: bytes, squares: bytes) -> Moments:
    twin = Moments(size)
    twin.at = at
    twin.anchor, twin.gap, twin.first, twin.sum, twin.square = numbers
    twin.ring, twin.sums, twin.squares = array("d", ring), array("d", sums), array("d", squares)
    return twin


class Extremes:
    """The greatest high and the least low of the newest ``size`` candles; NaN until there are as many."""

    def __init__(self, size: int) -> None:
        _check(size)
        self.size = size
        self.at = 0
        self.top = -inf
        self.bottom = inf
        self.highs = array("d", [nan] * size)
        self.lows = array("d", [nan] * size)
        self.tops = array("d", [nan] * size)
        self.bottoms = array("d", [nan] * size)

    def run(self, n: int, rows: NDArray[np.float64], highest: int, lowest: int) -> None:
        """Let ``n`` candles in; the two rows get the extremes after each."""
        at = self.at
        top = self.top
        bottom = self.bottom
        for i in range(n):
            high = rows[HIGH, i]
            low = rows[LOW, i]
            self.highs[at] = high
            self.lows[at] = low
            top = high if high > top else top
            bottom = low if low < bottom else bottom
            at += 1
            if at == self.size:
                self.turn()
                at = 0
                top = -inf
                bottom = inf
            rows[highest, i] = top if top > self.tops[at] else self.tops[at]
            rows[lowest, i] = bottom if bottom < self.bottoms[at] else self.bottoms[at]
        self.at = at
        self.top = top
        self.bottom = bottom

    def turn(self) -> None:
        """Find the extremes of every tail of the block that is now complete."""
        top = -inf
        bottom = inf
        for k in range(self.size - 1, -1, -1):
            top = self.highs[k] if self.highs[k] > top else top
            bottom = self.lows[k] if self.lows[k] < bottom else bottom
            self.tops[k] = top
            self.bottoms[k] = bottom

    def __reduce__(self) -> tuple[object, ...]:
        kept = (bytes(self.highs), bytes(self.lows), bytes(self.tops), bytes(self.bottoms))
        return _extremes, (self.size, self.at, self.top, self.bottom, kept)


def _extremes(size: int, at: int, top: float, bottom: float, kept: tuple[bytes, ...]) -> Extremes:
    twin = Extremes(size)
    twin.at, twin.top, twin.bottom = at, top, bottom
    twin.highs, twin.lows = array("d", kept[0]), array("d", kept[1])
    twin.tops, twin.bottoms = array("d", kept[2]), array("d", kept[3])
    return twin


def _check(size: int) -> None:
    if size < 1:
        raise ValueError(f"a window holds at least one value, not {size}")
