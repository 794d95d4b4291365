"""How good bands and whole forecast distributions were: coverage, its tests, sharpness, places (quant.md §3).

A band is missed where the outcome lies outside of it. What cannot be told is NaN.
"""

from math import erf, exp, log, nan, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels import normal
from sigma_engine.probability.scores import Figures, Flags, Statistic, chi_square_tail

PLACE_BINS = 10


class Transitions(NamedTuple):
    """How often one forecast followed another: ``hit_miss`` counts misses right after a hit."""

    hit_hit: int
    hit_miss: int
    miss_hit: int
    miss_miss: int


def kupiec(misses: int, n: int, rate: float) -> Statistic:
    """Kupiec's likelihood ratio: is a share of ``misses`` in ``n`` what a true miss rate of ``rate`` brings?"""
    if n == 0:
        return Statistic(nan, nan)
    ratio = 2.0 * (_log_likelihood(misses, n, misses / n) - _log_likelihood(misses, n, rate))
    return Statistic(ratio, chi_square_tail(ratio))


def christoffersen(missed: Flags) -> Statistic:
    """Christoffersen's likelihood ratio: do misses come alone? NaN while a hit or a miss has no successor."""
    follow = transitions(missed)
    after_hit, after_miss = follow.hit_hit + follow.hit_miss, follow.miss_hit + follow.miss_miss
    misses = follow.hit_miss + follow.miss_miss
    if after_hit == 0 or after_miss == 0:
        return Statistic(nan, nan)
    apart = _log_likelihood(follow.hit_miss, after_hit, follow.hit_miss / after_hit)
    apart += _log_likelihood(follow.miss_miss, after_miss, follow.miss_miss / after_miss)
    ratio = 2.0 * (apart - _log_likelihood(misses, after_hit + after_miss, misses / (after_hit + after_miss)))
    return Statistic(ratio, chi_square_tail(ratio))


def transitions(missed: Flags) -> Transitions:
    """How hits and misses followed each other, oldest first."""
    before, after = missed[:-1], missed[1:]
    counts = np.bincount(2 * before.astype(np.int64) + after, minlength=4).tolist()
    return Transitions(*counts)


def _log_likelihood(misses: int, n: int, rate: float) -> float:
    """The log probability of ``misses`` in ``n`` in one order; nothing times log 0 is nothing."""
    hits = n - misses
    return (misses * log(rate) if misses else 0.0) + (hits * log(1.0 - rate) if hits else 0.0)


def interval_score(low: Figures, high: Figures, outcome: Figures, coverage: float) -> Figures:
    """Each band's width plus the fine for a miss, 2 / (1 - coverage) times its distance: less is better."""
    beyond = np.maximum(low - outcome, 0.0) + np.maximum(outcome - high, 0.0)
    score: Figures = high - low + 2.0 / (1.0 - coverage) * beyond
    return score


def pinball(quantile: Figures, outcome: Figures, level: float) -> float:
    """The mean pinball loss of quantiles stated for ``level``: less is better."""
    if not len(outcome):
        return nan
    below = outcome - quantile
    return float(np.mean(np.maximum(level * below, (level - 1.0) * below)))


def crps_normal(outcome: float, mean: float = 0.0, sigma: float = 1.0) -> float:
    """The continuous ranked probability score of a normal forecast; without spread the plain distance."""
    if not sigma > 0:
        return abs(outcome - mean) if sigma == 0 else nan
    z = (outcome - mean) / sigma
    density = exp(-z * z / 2) / sqrt(2 * pi)
    return sigma * (z * erf(z / sqrt(2)) + 2 * density - 1 / sqrt(pi))


def place_shares(places: Figures, bins: int = PLACE_BINS) -> tuple[float, ...]:
    """The histogram of the outcomes' places in their distributions (PIT): even where those were right; NaN skipped."""
    known = places[~np.isnan(places)]
    if not len(known):
        return (nan,) * bins
    counts, _ = np.histogram(known, bins, (0.0, 1.0))
    return tuple((counts / len(known)).tolist())


def place_distance(places: Figures) -> float:
    """The greatest distance of the places from uniform (Kolmogorov-Smirnov); beyond 1.36 / sqrt(n) is doubtful."""
    known = np.sort(places[~np.isnan(places)])
    n = len(known)
    if n == 0:
        return nan
    steps = np.arange(n + 1) / n
    return float(max(np.max(steps[1:] - known), np.max(known - steps[:-1])))


def places_among(outcome: Figures, levels: NDArray[np.float64], quantiles: Figures) -> Figures:
    """Where each outcome lies in the distribution known by its ``quantiles`` (n, k) at rising ``levels`` (k).

    Between two quantiles, and beyond the outermost, the distribution is taken for the normal through the nearest two;
    NaN where those are not known or not apart.
    """
    z = np.array([normal.quantile(level) for level in levels.tolist()])
    above = np.clip(np.sum(outcome[:, None] > quantiles, axis=1), 1, len(z) - 1)
    row = np.arange(len(outcome))
    left, right = quantiles[row, above - 1], quantiles[row, above]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(right > left, (outcome - left) / (right - left), nan)
    at = z[above - 1] + share * (z[above] - z[above - 1])
    return np.array([normal.cdf(each) for each in at.tolist()], dtype=np.float64)
