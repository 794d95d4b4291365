"""What a trade must overcome and what a forecast adds to a coin's chances, as plain numbers (quant.md §2.5, §4)."""

from collections.abc import MutableSequence

import cython

from sigma_engine.kernels.barriers import first, mean_time

if not cython.compiled:
    from math import inf, isnan, log, nan, sqrt

COIN, NEEDED, EXPECTED, EXPECTED_ERROR, EDGE, EDGE_ERROR = range(6)
"""What `weigh` writes, in this order."""


def weigh(
    sign: int,
    stop: float,
    target: float,
    cost: float,
    sigma: float,
    horizon: float,
    barrier_bars: float,
    won: float,
    lost: float,
    won_error: float,
    move: float,
    move_error: float,
    out: MutableSequence[float],
) -> None:
    """The break-even of a trade into ``out`` (6,); ``stop``, ``target`` and ``cost`` are fractions of the price.

    ``won`` and ``lost`` are the forecast's odds that the target or the stop comes first on this side, ``move`` the mean
    log return it expects over ``horizon`` candles; a NaN ``sigma`` is no forecast. A trade that is undecided at the
    barrier's time goes on like a coin, so that a forecast without drift has exactly the costs as its edge.
    """
    width = stop + target
    coin = stop / width if width > 0.0 else nan
    gain = error = nan
    if width > 0.0 and sigma == sigma:
        near = up(target) if sign > 0 else down(target)
        far = down(stop) if sign > 0 else up(stop)
        gain = by_odds(near, far, width, sigma, barrier_bars, won, lost)
        share = by_drift(near, far, sigma, horizon, move, move_error)
        gain += sign * move * share
        drift_error = move_error * share if share > 0.0 or not isnan(move_error) else 0.0
        error = sqrt(won_error * width * won_error * width + drift_error * drift_error)
    out[0] = coin
    out[1] = (stop + cost) / width if width > 0.0 else nan
    out[2] = probability(coin + gain / width) if width > 0.0 else nan
    out[3] = error / width if width > 0.0 else nan
    out[4] = gain - cost
    out[5] = error


def by_odds(near: float, far: float, width: float, sigma: float, bars: float, won: float, lost: float) -> float:
    """What the odds of target and stop are worth beyond those of a walk without drift in the same time."""
    coin_won = first(near, far, 0.0, sigma, bars)
    coin_lost = first(far, near, 0.0, sigma, bars)
    touched = coin_won + coin_lost
    if touched > 0.0:
        return (won * (coin_lost / touched) - lost * (coin_won / touched)) * width
    return nan if isnan(touched) else 0.0


def by_drift(near: float, far: float, sigma: float, horizon: float, move: float, move_error: float) -> float:
    """The share of the expected move a trade gets: it was measured over the horizon, and acts while it is open."""
    if move == 0.0 and isnan(move_error):
        return 0.0
    bars = mean_time(near, far, sigma, horizon)
    return bars / horizon if horizon > 0.0 else 0.0


def up(fraction: float) -> float:
    """The log distance to a level ``fraction`` of the price above it."""
    return log(1.0 + fraction)


def down(fraction: float) -> float:
    """The log distance to a level ``fraction`` of the price below it; infinite where it lies at zero or beyond."""
    return inf if fraction >= 1.0 else -log(1.0 - fraction)


def probability(value: float) -> float:
    """``value`` within 0 to 1; an undefined one stays undefined."""
    return value if isnan(value) else min(max(value, 0.0), 1.0)
