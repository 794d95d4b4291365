"""How good stated probabilities were: proper scores, their parts, and tests of calibration (quant.md §3).

``said`` are probabilities in 0 to 1 and ``rose`` what came of them (True: it rose), arrays of equal length, oldest
first. What cannot be told of no forecast is NaN.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import erfc, inf, nan, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.calibration import ReliabilityBin

Figures = NDArray[np.float64]
Flags = NDArray[np.bool_]

COIN = 0.5
"""What P(up) says while it knows nothing better."""
CLIP = 1e-6
"""Log loss takes no probability nearer to 0 or 1: one mistaken certainty would be worth all the rest."""
PRIOR_WEIGHT = 20.0
"""How many forecasts the coin is worth in climatology before any outcome is known."""
BIN_LEAST = 50
BINS_MOST = 10
Z_95 = 1.959963984540054


class Statistic(NamedTuple):
    """A test's figure and its p-value: how often chance alone would bring one as large."""

    figure: float
    p: float


class Murphy(NamedTuple):
    """The parts of a Brier score: ``reliability - resolution + uncertainty``, up to the spread inside bins."""

    reliability: float
    resolution: float
    uncertainty: float


def brier(said: Figures, rose: Flags) -> float:
    """The mean squared distance between what was said and what happened: 0 is perfect, a coin has .25."""
    return float(np.mean((said - rose) ** 2)) if len(said) else nan


def log_loss(said: Figures, rose: Flags) -> float:
    """The mean surprise in nats: a coin has .6931."""
    if not len(said):
        return nan
    clipped = np.clip(said, CLIP, 1.0 - CLIP)
    return float(-np.mean(np.where(rose, np.log(clipped), np.log1p(-clipped))))


def past_share(rose: Flags, prior_weight: float = PRIOR_WEIGHT) -> Figures:
    """Climatology: the share of rises among all forecasts before each one, begun as a coin with ``prior_weight``.

    The forecasts must not overlap: then those before had matured when each was made, and nothing is known too early.
    """
    before = np.arange(len(rose), dtype=np.float64)
    rises: Figures = np.cumsum(rose, dtype=np.float64) - rose
    return (rises + COIN * prior_weight) / (before + prior_weight)


def skill(score: float, reference: float) -> float:
    """How much of the reference's score was saved: 1 - score / reference; NaN where the reference is 0."""
    return 1.0 - score / reference if reference > 0 else nan


def reliability_bins(
    said: Figures, rose: Flags, least: int = BIN_LEAST, most: int = BINS_MOST
) -> tuple[ReliabilityBin, ...]:
    """Forecasts that said about the same, in at most ``most`` quantile bins of ``least`` or more; ties stay together.

    With fewer than ``least`` forecasts in all there is one bin.
    """
    order = np.argsort(said, kind="stable")
    said, rose = said[order], rose[order]
    edges = _edges(said, least, most)
    return tuple(_bin(said[a:b], rose[a:b]) for a, b in pairwise(edges))


def _edges(ordered: Figures, least: int, most: int) -> list[int]:
    """Where bins of sorted values begin and end; a cut moves behind the ties it would part."""
    n = len(ordered)
    count = max(1, min(most, n // least))
    edges = [0]
    for wish in (round(n * k / count) for k in range(1, count)):
        cut = int(np.searchsorted(ordered, ordered[wish - 1], side="right"))
        if cut - edges[-1] >= least and n - cut >= least:
            edges.append(cut)
    return [*edges, n] if n else []


def _bin(said: Figures, rose: Flags) -> ReliabilityBin:
    n, rises = len(said), int(np.count_nonzero(rose))
    low, high = wilson(rises, n)
    return ReliabilityBin(
        low=float(said[0]),
        high=float(said[-1]),
        n=n,
        said=float(np.mean(said)),
        happened=rises / n,
        interval_low=low,
        interval_high=high,
    )


def wilson(hits: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """The Wilson interval of a share of ``hits`` in ``n``; NaN without any."""
    if n == 0:
        return nan, nan
    share, width = hits / n, z * z / n
    middle = (share + width / 2) / (1 + width)
    half = z * sqrt(share * (1 - share) / n + width / (4 * n)) / (1 + width)
    return middle - half if hits else 0.0, middle + half if hits < n else 1.0


def murphy(bins: Sequence[ReliabilityBin]) -> Murphy:
    """The parts of the Brier score of the forecasts in ``bins``."""
    n = sum(each.n for each in bins)
    if n == 0:
        return Murphy(nan, nan, nan)
    share = sum(each.n * each.happened for each in bins) / n
    return Murphy(
        reliability=sum(each.n * (each.said - each.happened) ** 2 for each in bins) / n,
        resolution=sum(each.n * (each.happened - share) ** 2 for each in bins) / n,
        uncertainty=share * (1 - share),
    )


def calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """The mean distance between what was said and what happened, bin by bin (ECE)."""
    n = sum(each.n for each in bins)
    return sum(each.n * abs(each.said - each.happened) for each in bins) / n if n else nan


def spiegelhalter(said: Figures, rose: Flags) -> Statistic:
    """Spiegelhalter's z of calibration; NaN where no forecast departs from a coin, which cannot be wrong.

    A certainty that was mistaken, and nothing else to weigh it against, is infinitely miscalibrated.
    """
    tilt = 1.0 - 2.0 * said
    surprise = float(np.sum((rose - said) * tilt))
    variance = float(np.sum(tilt * tilt * said * (1.0 - said)))
    z = surprise / sqrt(variance) if variance > 0 else inf if surprise != 0 else nan
    return Statistic(z, erfc(abs(z) / sqrt(2.0)))


def chi_square_tail(x: float) -> float:
    """The p-value of a likelihood ratio with one degree of freedom."""
    return erfc(sqrt(max(x, 0.0) / 2.0)) if x == x else nan
