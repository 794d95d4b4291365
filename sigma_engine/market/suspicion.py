"""A sign that a candle file was put together from two markets, which no single row gives away."""

import numpy as np
from numpy.typing import NDArray

from sigma_engine.clock import as_datetime
from sigma_engine.domain.candle import Candles

_STRETCH = 250
"""Candles on either side of a seam that are compared; a shorter part is not judged."""
_VOLUME_RATIO = 3.0
_FINEST = 8
"""Digits behind the point that are looked at."""


def suspicion(candles: Candles) -> tuple[str, ...]:
    """A warning in words, or nothing.

    Two markets of one coin differ in their price step and in how much is traded. Where, from one candle on, closes
    need more (or fewer) digits than ever on the other side, and the median volume jumps threefold at the same
    candle, the file probably goes on with another market's candles.
    """
    seam = _price_step_seam(candles.close)
    if seam is None:
        return ()
    before, after = (float(np.median(part)) for part in _around(candles.volume, seam))
    if max(before, after) < _VOLUME_RATIO * min(before, after):
        return ()
    at = as_datetime(int(candles.open_ms[seam]))
    return (
        f"from {at:%Y-%m-%d %H:%M} UTC on prices have another step and volume goes from about {before:.3g} to "
        f"{after:.3g} a candle: another market's candles may have been spliced in",
    )


def _price_step_seam(close: NDArray[np.float64]) -> int | None:
    """The candle at which the finest digit begins to be used, or ceases to, if there is one such candle."""
    fine = _uses_finest_digit(close)
    if fine is None:
        return None
    used = np.flatnonzero(fine)
    first, last = int(used[0]), int(used[-1]) + 1
    if len(close) - first >= _STRETCH <= first and fine[first:].mean() > 0.5:
        return first
    if len(close) - last >= _STRETCH <= last and fine[:last].mean() > 0.5:
        return last
    return None


def _uses_finest_digit(close: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """Which closes need the last digit that any of them needs; None where whole numbers do."""
    fine: NDArray[np.bool_] | None = None
    for digits in range(_FINEST):
        scaled = close * 10.0**digits
        off_grid = np.abs(scaled - np.rint(scaled)) > 1e-4
        if not off_grid.any():
            return fine
        fine = off_grid
    return fine


def _around(volume: NDArray[np.float64], seam: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return volume[max(0, seam - _STRETCH) : seam], volume[seam : seam + _STRETCH]
