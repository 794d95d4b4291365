"""Whether a result can be told from luck: Sharpe ratios as probabilities, and trades drawn again (quant.md §5, §6).

Sharpe ratios here are per observation, not annualised; ``kurtosis`` is 3 for a normal.
Sources: Bailey & López de Prado 2012 (PSR, MinTRL) and 2014 (DSR); Bailey, Borwein, López de Prado & Zhu 2014 (MinBTL).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2s
from statistics import NormalDist

import numpy as np

from sigma_engine.backtest.ratios import Floats

CONFIDENCE = 0.95
RESAMPLES = 2_000
BLOCK = 5
_RUIN = 0.5
_LEAST_SPREAD = 1e-12
_EULER = 0.5772156649015329
_CHUNK_VALUES = 100_000
"""About what the processor's cache holds: several times as fast as all resamples at once."""

_NORMAL = NormalDist()


def probabilistic_sharpe(ratio: float, count: int, skew: float, kurtosis: float, benchmark: float = 0.0) -> float:
    """Probability that the true ratio lies above ``benchmark``, of one measured over ``count`` observations (PSR)."""
    return _NORMAL.cdf((ratio - benchmark) * math.sqrt(count - 1) / math.sqrt(_spread(ratio, skew, kurtosis)))


def expected_maximum(trials: int) -> float:
    """The best of ``trials`` draws from a standard normal, on average; 0 for a single one."""
    if trials < 2:
        return 0.0
    low, high = (_NORMAL.inv_cdf(1 - 1 / (trials * factor)) for factor in (1, math.e))
    return (1 - _EULER) * low + _EULER * high


def deflated_benchmark(variance: float, trials: int) -> float:
    """The ratio that the best of ``trials`` without skill reaches; ``variance`` is that of their ratios (SR0)."""
    return math.sqrt(variance) * expected_maximum(trials)


def minimum_track_record(ratio: float, skew: float, kurtosis: float, benchmark: float = 0.0) -> float:
    """Observations it takes until ``ratio`` stands above ``benchmark`` with 95 % confidence (MinTRL)."""
    return 1 + _spread(ratio, skew, kurtosis) * (_NORMAL.inv_cdf(CONFIDENCE) / (ratio - benchmark)) ** 2


def minimum_backtest_years(trials: int, annual_ratio: float) -> float:
    """Years of data below which ``trials`` without skill are expected to show ``annual_ratio`` (MinBTL)."""
    return (expected_maximum(trials) / annual_ratio) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """What a run's trades come to when they are drawn again.

    Bands are 5 % and 95 % of all resamples, in percent; probabilities are shares of them. ``loss_probability`` counts
    those without a profit, ``ruin_probability`` those that were ever down to half.
    """

    return_band_pct: tuple[float, float]
    drawdown_band_pct: tuple[float, float]
    loss_probability: float
    ruin_probability: float


def bootstrap(trade_returns: Floats, resamples: int = RESAMPLES, block: int = BLOCK) -> Bootstrap | None:
    """Draw as many trades again, in blocks of neighbours; None below two blocks.

    ``trade_returns`` are fractions of the equity before each trade, in their order. The generator is seeded by them,
    so the same trades give the same bands.
    """
    if len(trade_returns) < 2 * block:
        return None
    paths = [_ends(path) for path in _resampled(1 + np.maximum(trade_returns, -1.0), resamples, block)]
    final, drawn, lowest = np.concatenate(paths, axis=1)
    return Bootstrap(
        return_band_pct=_band(100 * (final - 1)),
        drawdown_band_pct=_band(100 * drawn),
        loss_probability=float(np.mean(final <= 1)),
        ruin_probability=float(np.mean(lowest <= _RUIN)),
    )


def trade_returns(pnl: Floats, initial: float) -> Floats:
    """Each trade's profit as a fraction of the equity before it, of an account that began with ``initial``."""
    before = initial + np.concatenate(([0.0], np.cumsum(pnl)[:-1])) if len(pnl) else np.empty(0)
    return np.divide(pnl, before, out=np.zeros(len(pnl)), where=before > 0)


def _resampled(growth: Floats, resamples: int, block: int) -> Iterator[Floats]:
    """Paths of equity by chunks, each (resamples, n), beginning after the first trade.

    Blocks run on from the last trade to the first, so that every trade is as likely as any other.
    """
    count = len(growth)
    generator = np.random.default_rng(_seed(growth))
    blocks = np.lib.stride_tricks.sliding_window_view(np.append(growth, growth[: block - 1]), block)
    width = -(-count // block)
    chunk = max(1, _CHUNK_VALUES // count)
    for done in range(0, resamples, chunk):
        starts = generator.integers(0, count, (min(chunk, resamples - done), width))
        drawn: Floats = blocks[starts].reshape(len(starts), -1)[:, :count]
        yield np.cumprod(drawn, axis=1, dtype=np.float64)


def _ends(paths: Floats) -> Floats:
    """Final value, deepest drawdown and lowest value of each path that began with 1, (3, paths)."""
    highest = np.maximum.accumulate(np.maximum(paths, 1.0), axis=1)
    return np.stack((paths[:, -1], (paths / highest).min(1) - 1, paths.min(1)))


def _seed(sample: Floats) -> int:
    return int.from_bytes(blake2s(np.ascontiguousarray(sample).tobytes(), digest_size=8).digest())


def _band(sample: Floats) -> tuple[float, float]:
    low, high = np.quantile(sample, (0.05, 0.95))
    return float(low), float(high)


def _spread(ratio: float, skew: float, kurtosis: float) -> float:
    """Variance of an estimated Sharpe ratio times its observations; two-valued samples can bring it down to 0."""
    return max(1 - skew * ratio + (kurtosis - 1) / 4 * ratio**2, _LEAST_SPREAD)
