"""The last n values of a series, and sums over them that never drift.

The ring is doubled, so the window is always one contiguous run. Sums are taken anew at every call in one fixed
order (four partial sums), never by adding the newest and taking off the oldest: nothing accumulates, and a block,
single candles, compiled and interpreted code all give the same bits.
"""

from array import array
from collections.abc import Iterable

import cython

if not cython.compiled:
    from math import fabs, nan


class Window:
    """The newest ``size`` values, oldest first; every statistic is NaN until the window is full."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"a window holds at least one value, not {size}")
        self.size = size
        self.seen = 0
        self.newest = nan
        self.centre = self.scatter = nan
        self.oldest_at = 0
        self.same = 0
        self.ring = array("d", [0.0] * (2 * size))

    def push(self, x: float) -> None:
        """Let one value in and the oldest out."""
        self.ring[self.oldest_at] = x
        self.ring[self.oldest_at + self.size] = x
        self.oldest_at += 1
        if self.oldest_at == self.size:
            self.oldest_at = 0
        if x != self.newest:
            self.same = 1
        elif self.same < self.size:
            self.same += 1
        self.newest = x
        if self.seen < self.size:
            self.seen += 1

    def full(self) -> bool:
        """Whether ``size`` values have been seen."""
        return self.seen == self.size

    def oldest(self) -> float:
        """The value that leaves next."""
        return self.ring[self.oldest_at] if self.seen == self.size else nan

    def total(self) -> float:
        """The sum."""
        if self.seen < self.size:
            return nan
        start = self.oldest_at
        stop = start + self.size - 1
        fours = stop - (self.size - 1) % 4
        a = b = c = d = 0.0
        for k in range(start, fours, 4):
            a += self.ring[k]
            b += self.ring[k + 1]
            c += self.ring[k + 2]
            d += self.ring[k + 3]
        for k in range(fours, stop):
            a += self.ring[k]
        a += self.newest
        return (a + b) + (c + d)

    def mean(self) -> float:
        """The arithmetic mean, exactly the value itself where all are equal."""
        return self.newest if self.same == self.size else self.total() / self.size

    def measure(self) -> None:
        """Work out ``centre``, the mean, and ``scatter``, the sum of squared distances from it, in one pass.

        Taken about the oldest value, which is one of them: the cancellation is bounded by ``size`` and equal values
        give exactly themselves and 0.
        """
        if self.seen < self.size:
            return
        start = self.oldest_at
        stop = start + self.size - 1
        fours = stop - (self.size - 1) % 4
        origin = self.ring[start]
        a = b = c = d = e = f = g = h = 0.0
        # Two loops, because compilers turn each into vector code and make a poor one of both together.
        for k in range(start, fours, 4):
            a += self.ring[k] - origin
            b += self.ring[k + 1] - origin
            c += self.ring[k + 2] - origin
            d += self.ring[k + 3] - origin
        for k in range(start, fours, 4):
            p = self.ring[k] - origin
            q = self.ring[k + 1] - origin
            r = self.ring[k + 2] - origin
            s = self.ring[k + 3] - origin
            e += p * p
            f += q * q
            g += r * r
            h += s * s
        for k in range(fours, stop):
            p = self.ring[k] - origin
            a += p
            e += p * p
        p = self.newest - origin
        total = ((a + b) + (c + d)) + p
        mean = total / self.size
        scatter = ((e + f) + (g + h)) + p * p - total * mean
        self.centre = origin + mean
        self.scatter = 0.0 if scatter < 0.0 else scatter

    def distance(self, centre: float) -> float:
        """The sum of absolute distances from ``centre``."""
        if self.seen < self.size:
            return nan
        start = self.oldest_at
        stop = start + self.size - 1
        fours = stop - (self.size - 1) % 4
        a = b = c = d = 0.0
        for k in range(start, fours, 4):
            a += fabs(self.ring[k] - centre)
            b += fabs(self.ring[k + 1] - centre)
            c += fabs(self.ring[k + 2] - centre)
            d += fabs(self.ring[k + 3] - centre)
        for k in range(fours, stop):
            a += fabs(self.ring[k] - centre)
        a += fabs(self.newest - centre)
        return (a + b) + (c + d)

    def highest(self) -> float:
        """The greatest value."""
        if self.seen < self.size:
            return nan
        start = self.oldest_at
        stop = start + self.size - 1
        fours = stop - (self.size - 1) % 4
        a = b = c = d = self.newest
        for k in range(start, fours, 4):
            a = self.ring[k] if self.ring[k] > a else a
            b = self.ring[k + 1] if self.ring[k + 1] > b else b
            c = self.ring[k + 2] if self.ring[k + 2] > c else c
            d = self.ring[k + 3] if self.ring[k + 3] > d else d
        for k in range(fours, stop):
            a = self.ring[k] if self.ring[k] > a else a
        a = b if b > a else a
        c = d if d > c else c
        return c if c > a else a

    def lowest(self) -> float:
        """The least value."""
        if self.seen < self.size:
            return nan
        start = self.oldest_at
        stop = start + self.size - 1
        fours = stop - (self.size - 1) % 4
        a = b = c = d = self.newest
        for k in range(start, fours, 4):
            a = self.ring[k] if self.ring[k] < a else a
            b = self.ring[k + 1] if self.ring[k + 1] < b else b
            c = self.ring[k + 2] if self.ring[k + 2] < c else c
            d = self.ring[k + 3] if self.ring[k + 3] < d else d
        for k in range(fours, stop):
            a = self.ring[k] if self.ring[k] < a else a
        a = b if b < a else a
        c = d if d < c else c
        return c if c < a else a

    def slope(self) -> float:
        """The least-squares slope per step; exactly 0 where all values are equal."""
        if self.seen < self.size:
            return nan
        start = self.oldest_at
        count = self.size
        middle = (count - 1.0) / 2.0
        weighted = 0.0
        for k in range(self.size):
            weighted += (k - middle) * (self.ring[start + k] - self.newest)
        return weighted * 12.0 / (count * (count * count - 1.0)) if self.size > 1 else nan

    def __len__(self) -> int:
        return self.seen

    def values(self) -> list[float]:
        """The values in the window, oldest first."""
        filled = list(self.ring[self.oldest_at : self.oldest_at + self.size])
        return filled[self.size - self.seen :]

    def extend(self, values: Iterable[float]) -> None:
        """Push several values and measure, from Python."""
        for x in values:
            self.push(x)
        self.measure()

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self.size, self.values())


def _restored(size: int, values: list[float]) -> Window:
    window = Window(size)
    window.extend(values)
    return window
