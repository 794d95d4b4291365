"""Paths from the market's own surprises, drawn in blocks: the stationary bootstrap of Politis & Romano (1994)."""

from array import array

import cython

from sigma_engine.kernels.paths import bridged

if not cython.compiled:
    from math import isnan, sqrt

PATHS = 1000
MEAN_BLOCK = 12
"""Candles a block lasts on average: long enough to keep the short-term reversal of real markets (quant.md §2.4)."""

# Of splitmix64; named, because compiled code cannot write numbers of 64 bits in place.
STRIDE = 0x9E3779B97F4A7C15
FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB
BITS = 0xFFFFFFFFFFFFFFFF


class BlockBootstrap:
    """1000 sums of ``bars`` surprises out of the last 1000, in blocks of random length that wrap around.

    A surprise is a return in units of the volatility that was expected of it; their mean is taken out, so that the
    paths have no drift. The draw depends on its seed alone: the same candle gives the same paths on every machine.
    """

    def __init__(self, bars: int) -> None:
        self.bars = bars
        self.seen = 0
        self.other = 0.0
        self.drawn = False
        self._at = 0
        self._state = 0
        self._ring = array("d", bytes(8 * 1000))
        self._ends = array("d", bytes(8 * 1000))

    def push(self, surprise: float) -> None:
        """Take in one surprise; an undefined one changes nothing."""
        if isnan(surprise):
            return
        self._ring[self._at] = surprise
        self._at = self._at + 1 if self._at < 999 else 0
        if self.seen < 1000:
            self.seen += 1

    def draw(self, seed: int) -> None:
        """Draw the paths; needs 50 surprises. ``drawn`` says whether there are any."""
        if self.seen < 50:
            return
        mean = self._mean()
        self._state = seed if cython.compiled else int(seed)  # numpy's integers would not wrap around
        for path in range(1000):
            at = 0
            end = 0.0
            for k in range(self.bars):
                at = self._place_after(at, k)
                end += self._ring[at] - mean
            self._ends[path] = end
        self._sort()
        self.drawn = True

    def touch(self, up: float, down: float, sigma: float, bars: int, seed: int) -> float:
        """The share of paths over ``bars`` that touch ``up`` before ``down``; ``other`` is that of ``down`` first.

        Both are log distances, ``sigma`` scales the surprises; between bars the paths are Brownian bridges.
        """
        self.other = 0.0
        answer = 0.0
        mean = self._mean()
        self._state = seed if cython.compiled else int(seed)  # numpy's integers would not wrap around
        for _path in range(1000):
            at = 0
            before = 0.0
            untouched = 1.0
            for k in range(bars):
                at = self._place_after(at, k)
                after = before + sigma * (self._ring[at] - mean)
                reached = bridged(up - before, up - after, sigma)
                stopped = bridged(down + before, down + after, sigma)
                answer += untouched * reached * (1.0 - 0.5 * stopped)
                self.other += untouched * stopped * (1.0 - 0.5 * reached)
                untouched *= (1.0 - reached) * (1.0 - stopped)
                if untouched < 1e-6:
                    break
                before = after
        self.other /= 1000.0
        return answer / 1000.0

    def _mean(self) -> float:
        mean = 0.0
        for k in range(self.seen):
            mean += self._ring[k]
        return mean / self.seen

    def _place_after(self, at: int, k: int) -> int:
        """Where step ``k`` of a path takes its surprise: next in the block, or where a new one begins."""
        chance = self._next()
        if k == 0 or chance % 12 == 0:
            return (chance >> 8) % self.seen
        return at + 1 if at + 1 < self.seen else 0

    def quantile(self, p: float) -> float:
        """The quantile ``p`` of the drawn ends in units of one bar's volatility times the root of the bars."""
        rank = min(max(p * 1001.0 - 1.0, 0.0), 998.999999)
        at = int(rank)
        part = rank - at
        return ((1.0 - part) * self._ends[at] + part * self._ends[at + 1]) / sqrt(self.bars)

    def place(self, x: float) -> float:
        """Where ``x`` (in the same units) lies among the ends of the drawn paths, 0 to 1."""
        level = x * sqrt(self.bars)
        low = 0
        high = 1000
        while low < high:
            middle = (low + high) // 2
            if self._ends[middle] < level:
                low = middle + 1
            else:
                high = middle
        return (low + 0.5) / 1001.0

    def copy(self) -> "BlockBootstrap":
        """One with the same surprises that goes its own way from here."""
        twin = BlockBootstrap(self.bars)
        twin.seen, twin._at, twin.drawn = self.seen, self._at, self.drawn
        twin._ring[:] = self._ring
        twin._ends[:] = self._ends
        return twin

    def _next(self) -> int:
        """The next 48 random bits (splitmix64)."""
        self._state = (self._state + STRIDE) & BITS
        z = self._state
        z = ((z ^ (z >> 30)) * FIRST) & BITS
        z = ((z ^ (z >> 27)) * SECOND) & BITS
        return (z ^ (z >> 31)) >> 16

    def _sort(self) -> None:
        """Shell's sort with Ciura's gaps: no memory, no recursion."""
        gap = 701
        while gap > 0:
            for i in range(gap, 1000):
                x = self._ends[i]
                k = i
                while k >= gap and self._ends[k - gap] > x:
                    self._ends[k] = self._ends[k - gap]
                    k -= gap
                self._ends[k] = x
            gap = smaller(gap)


def smaller(gap: int) -> int:
    """The gap after ``gap``: Ciura's 701, 301, 132, 57, 23, 10, 4, 1, then none."""
    if gap > 301:
        return 301
    if gap > 132:
        return 132
    if gap > 57:
        return 57
    if gap > 23:
        return 23
    if gap > 10:
        return 10
    if gap > 4:
        return 4
    return 1 if gap > 1 else 0
