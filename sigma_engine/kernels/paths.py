"""Geometric Brownian motion: its closed form, and 1000 paths from a fixed bank of numbers, the same on every machine.

Drift and sigma are the mean and the standard deviation of one bar's LOG return, so nothing is subtracted from the
drift: a mean of log returns already is mu - sigma^2/2 (quant.md §2.1). Time is counted in bars.
"""

from array import array
from collections.abc import Sequence

import cython
import numpy as np
from numpy.typing import NDArray

if not cython.compiled:
    from math import exp, isnan, log, nan, sqrt

    from sigma_engine.kernels.normal import cdf, quantile

PATHS = 1000
"""500 paths and their mirror images."""


def p_up(drift: float, sigma: float, bars: float) -> float:
    """P(the price lies higher after ``bars``); .5 where nothing moves, NaN where anything is undefined."""
    if isnan(drift + sigma + bars):
        return nan
    if not (sigma > 0.0 and bars > 0.0):
        return 0.5 if drift * bars == 0.0 else (1.0 if drift > 0.0 else 0.0)
    return cdf(drift * sqrt(bars) / sigma)


def p_above(price: float, level: float, drift: float, sigma: float, bars: float) -> float:
    """P(the price lies above ``level`` after ``bars``); NaN unless all but the drift are positive."""
    if not (price > 0.0 and level > 0.0 and sigma > 0.0 and bars > 0.0):
        return nan
    return cdf((log(price / level) + drift * bars) / (sigma * sqrt(bars)))


def expected_price(price: float, drift: float, sigma: float, bars: float) -> float:
    """The mean price after ``bars``."""
    return price * exp(drift * bars + 0.5 * sigma * sigma * bars)


def price_quantile(price: float, p: float, drift: float, sigma: float, bars: float) -> float:
    """The price that is not exceeded with probability ``p`` after ``bars``; NaN unless 0 < p < 1."""
    return price * exp(drift * bars + quantile(p) * sigma * sqrt(bars)) if bars >= 0.0 else nan


def bridged(before: float, after: float, sigma: float) -> float:
    """P(a Brownian bridge over one bar touches a barrier ``before`` ahead of its start and ``after`` of its end)."""
    if before <= 0.0 or after <= 0.0:
        return 1.0
    exponent = 2.0 * before * after / (sigma * sigma)
    return exp(-exponent) if exponent < 40.0 else 0.0


class PathBank:
    """1000 random walks over ``bars`` steps of unit normals, antithetic: the second 500 mirror the first.

    The normals are the inverse normal function of a counter-based generator (splitmix64) at (path, step), so a longer
    bank continues a shorter one. Standard errors come from the 500 independent pairs.
    """

    def __init__(self, bars: int) -> None:
        self.bars = bars
        self.error = nan
        walks = np.cumsum(_unit_normals(500, bars), axis=1)
        self._walks: Sequence[float] = array("d", walks.ravel().tolist())
        ends = walks[:, -1]
        self._ends: Sequence[float] = array("d", np.sort(np.concatenate([ends, -ends])).tolist())

    def p_up(self, drift: float, sigma: float) -> float:
        """The share of paths that end higher."""
        if not sigma > 0.0:
            return p_up(drift, sigma, self.bars)
        end = -drift * self.bars / sigma
        low = 0
        high = 1000
        while low < high:
            middle = (low + high) // 2
            if self._ends[middle] > end:
                high = middle
            else:
                low = middle + 1
        return (1000 - low) / 1000.0

    def p_up_error(self, drift: float, sigma: float) -> float:
        """The standard error of `p_up`.

        One path of each mirrored pair always ends on the drift's side, so only the other carries chance: with q the
        share of pairs that both do, the error is sqrt(q (1 - q) / 500) / 2.
        """
        share = self.p_up(drift, sigma)
        both = 2.0 * share - 1.0 if share > 0.5 else 1.0 - 2.0 * share
        return 0.5 * sqrt(max(both * (1.0 - both), 0.0) / 500.0)

    def first_share(self, near: float, far: float, drift: float, sigma: float) -> float:
        """The share of paths that touch ``near`` within the bank's bars and before ``far``; ``error`` is its own.

        Arguments as those of `kernels.barriers.first`. Between two bars a path is a Brownian bridge, which touches
        more than its ends show (quant.md §2.5): each path counts with the chance that it did.
        """
        self.error = nan
        if not sigma > 0.0:
            return nan
        total = squares = 0.0
        for i in range(500):
            pair = 0.5 * (
                self._touches_first(i, 1.0, near, far, drift, sigma)
                + self._touches_first(i, -1.0, near, far, drift, sigma)
            )
            total += pair
            squares += pair * pair
        mean = total / 500.0
        self.error = sqrt(max(squares / 500.0 - mean * mean, 0.0) / 499.0)
        return mean

    def _touches_first(self, path: int, turn: float, near: float, far: float, drift: float, sigma: float) -> float:
        """The chance that one path, turned over where ``turn`` is -1, touches ``near`` first."""
        start = path * self.bars
        untouched = 1.0
        answer = before = 0.0
        for k in range(self.bars):
            at = drift * (k + 1) + turn * sigma * self._walks[start + k]
            reached = bridged(near - before, near - at, sigma)
            stopped = bridged(far + before, far + at, sigma)
            answer += untouched * reached * (1.0 - 0.5 * stopped)
            untouched *= (1.0 - reached) * (1.0 - stopped)
            before = at
        return answer

    def band(self, coverage: float, drift: float, sigma: float) -> tuple[float, float, float]:
        """Log returns between which the middle ``coverage`` of paths ends, and the standard error of either end.

        The error is half the distance between the order statistics one binomial standard deviation apart.
        """
        p = 0.5 - 0.5 * coverage
        spread = sqrt(p * (1.0 - p) / 1000.0)
        low, high = self._end(p), self._end(1.0 - p)
        error = 0.5 * (self._end(p + spread) - self._end(p - spread))
        return drift * self.bars + sigma * low, drift * self.bars + sigma * high, sigma * error

    def _end(self, p: float) -> float:
        """The quantile ``p`` of the ends of the unit walks, interpolated."""
        rank = min(max(p * 1000.0 - 0.5, 0.0), 998.999999)
        below = int(rank)
        part = rank - below
        return (1.0 - part) * self._ends[below] + part * self._ends[below + 1]

    def unit_walks(self) -> NDArray[np.float64]:
        """The 500 walks of unit normals, (500, bars), before they are mirrored."""
        return np.array(self._walks).reshape(500, self.bars)

    def prices(self, price: float, drift: float, sigma: float) -> NDArray[np.float64]:
        """The paths themselves, (1000, bars + 1) prices beginning at ``price``, for the picture."""
        half = self.unit_walks()
        walks = np.concatenate([half, -half])
        steps = drift * np.arange(1, self.bars + 1) + sigma * walks
        moves: NDArray[np.float64] = np.exp(np.concatenate([np.zeros((1000, 1)), steps], axis=1))
        return price * moves

    def __reduce__(self) -> tuple[object, ...]:
        return PathBank, (self.bars,)


def _unit_normals(paths: int, steps: int) -> NDArray[np.float64]:
    """(paths, steps) of the generator: splitmix64 of a counter, its upper 53 bits as a probability, inverted."""
    rows = np.arange(paths, dtype=np.uint64)[:, None]
    counters = np.left_shift(rows, np.uint64(32)) | np.arange(steps, dtype=np.uint64)
    mixed = _mixed((counters + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15))
    chances = ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) / 9007199254740992.0
    return np.array([quantile(chance) for chance in chances.ravel().tolist()]).reshape(paths, steps)


def _mixed(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea & Flood 2014), modulo 2^64."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
