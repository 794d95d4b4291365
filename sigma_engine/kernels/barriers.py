"""Which of two barriers a random walk touches first, and whether it does at all within a number of bars.

Distances are log distances from the present price, drift and sigma are those of one bar's log return. Formulas:
quant.md §2.5 (Borodin & Salminen, Handbook of Brownian Motion). NaN in gives NaN out.
"""

import cython

if not cython.compiled:
    from math import exp, expm1, fabs, inf, isnan, nan, pi, sin, sqrt

    from sigma_engine.kernels.normal import scaled_tail


def touch(distance: float, drift: float, sigma: float, bars: float) -> float:
    """P(a barrier ``distance`` away is touched within ``bars``); drift counts positive towards it."""
    if isnan(distance + drift + sigma + bars):
        return nan
    if distance <= 0.0:
        return 1.0
    if not (sigma > 0.0 and bars > 0.0):
        return 1.0 if drift * bars >= distance else 0.0
    if distance == inf:
        return 0.0
    spread = sigma * sqrt(bars)
    return scaled_tail(0.0, (distance - drift * bars) / spread) + scaled_tail(
        2.0 * drift * distance / (sigma * sigma), (distance + drift * bars) / spread
    )


def first(near: float, far: float, drift: float, sigma: float, bars: float) -> float:
    """P(the barrier at ``near`` is touched within ``bars`` and before the one at ``far`` on the other side).

    Drift counts positive towards ``near``; an infinite ``far`` is no barrier at all.
    """
    if isnan(near) or isnan(far) or isnan(drift) or isnan(sigma) or isnan(bars):
        return nan
    if near <= 0.0:
        return 1.0
    if far <= 0.0 or near == inf:
        return 0.0
    if far == inf or not (sigma > 0.0 and bars > 0.0):
        return touch(near, drift, sigma, bars)
    width = near + far
    # How far the walk spreads against the room it has decides which series converges at once.
    reach = sigma * sigma * bars / (width * width)
    if reach < 0.3:
        return _by_images(near, far, drift, sigma, bars)
    return _by_waves(near, far, drift, sigma, bars)


def first_ever(near: float, far: float, drift: float, sigma: float) -> float:
    """P(the barrier at ``near`` is touched before the one at ``far``), however long it takes."""
    if not (near > 0.0 and far > 0.0 and sigma > 0.0):
        return nan
    rate = 2.0 * drift / (sigma * sigma)
    if rate * (near + far) == 0.0:
        return far / (near + far)
    if rate > 0.0:
        return expm1(-rate * far) / expm1(-rate * (near + far))
    return exp(rate * near) * expm1(rate * far) / expm1(rate * (near + far))


def mean_time(near: float, far: float, sigma: float, bars: float) -> float:
    """How many bars, on average, a walk without drift goes before it touches either barrier, ``bars`` at most.

    Without a horizon it is near x far / sigma². A barrier out of the walk's reach is moved to where its reach ends.
    """
    if isnan(near) or isnan(far) or isnan(sigma) or isnan(bars):
        return nan
    if near <= 0.0 or far <= 0.0 or bars <= 0.0:
        return 0.0
    if not sigma > 0.0:
        return bars
    reach = 12.0 * sigma * sqrt(bars)
    near, far = min(near, reach), min(far, reach)
    width = near + far
    angle = pi / width
    variance = sigma * sigma
    left = 0.0
    for j in range(1, 400, 2):
        rate = 0.5 * variance * (j * angle) * (j * angle)
        left += exp(-rate * bars) * sin(j * angle * far) / (j * rate)
        if rate * bars > 45.0:
            break
    return min(max(near * far / variance - 4.0 / pi * left, 0.0), bars)


def _by_waves(near: float, far: float, drift: float, sigma: float, bars: float) -> float:
    """The eigenfunction series: the chance without a horizon, less what has not touched yet; for long horizons."""
    variance = sigma * sigma
    width = near + far
    slow = 0.5 * drift * drift / variance
    pull = drift * near / variance
    angle = pi / width
    total = 0.0
    for j in range(1, 200):
        rate = slow + 0.5 * variance * (j * angle) * (j * angle)
        wave = exp(pull - rate * bars) * j * sin(j * angle * far) / rate
        total += wave if j % 2 == 1 else -wave
        if rate * bars - pull > 45.0:
            break
    return min(max(first_ever(near, far, drift, sigma) - variance * angle / width * total, 0.0), 1.0)


def _by_images(near: float, far: float, drift: float, sigma: float, bars: float) -> float:
    """The image series: the walk reflected again and again at both barriers; for short horizons."""
    width = near + far
    total = 0.0
    for k in range(200):
        gained = _image(near + 2.0 * k * width, near, drift, sigma, bars) - _image(
            near + 2.0 * far + 2.0 * k * width, near, drift, sigma, bars
        )
        total += gained
        if fabs(gained) < 1e-18:
            break
    return min(max(total, 0.0), 1.0)


def _image(distance: float, near: float, drift: float, sigma: float, bars: float) -> float:
    """One reflection: a barrier ``distance`` away, weighed by what the drift does on the way to ``near``."""
    variance = sigma * sigma
    spread = sigma * sqrt(bars)
    speed = fabs(drift)
    return scaled_tail((drift * near - speed * distance) / variance, (distance - speed * bars) / spread) + scaled_tail(
        (drift * near + speed * distance) / variance, (distance + speed * bars) / spread
    )
