"""The prices and volumes inside the demo's candles; a candle is exactly what its ticks show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candle
from sigma_engine.market.generated.coins import (
    MARKET_WEIGHT,
    MINUTE_SIGMA,
    OWN_WEIGHT,
    PRICE_DECIMALS,
    TURNOVER,
    VOLUME_DECIMALS,
)
from sigma_engine.market.generated.draws import TICKS, Draws
from sigma_engine.market.generated.dynamics import Minutes

_MORNING = (0.95, 0.95, 0.9, 0.8, 0.75, 0.7, 0.75, 0.9, 1.0, 1.0, 0.95, 0.95)
_EVENING = (1.1, 1.35, 1.55, 1.55, 1.4, 1.2, 1.05, 1.0, 0.95, 0.85, 0.8, 0.85)
_BY_HOUR = (*_MORNING, *_EVENING)
"""Traded value by the hour of the UTC day, against its mean: quiet nights, busy American openings."""
_INNER = 1.1
"""The path inside a candle wanders a little more than the closes do: Garman-Klass over close-to-close is then 0.82,
as in BTC's minutes of May and June 2025."""
_OPENING = 0.03
"""Spread of an open around the close before it, in sigmas of the minute."""
_Paths = NDArray[np.float64]
_FRACTION = np.arange(TICKS) / (TICKS - 1)


@dataclass(frozen=True, slots=True, eq=False)
class TickPaths:
    """An hour of ticks, minute x coin x tick: prices on the tick grid, and the candle's volume up to each."""

    price: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    volume: NDArray[np.float64]

    def forming(self, open_ms: int, minute: int, coin: int, tick: int) -> Candle:
        """The candle of ``minute`` as it stands after ``tick``; the last tick's is the closed candle."""
        at = (minute, coin, tick)
        prices = (float(column[at]) for column in (self.high, self.low, self.price, self.volume))
        return Candle(open_ms, float(self.price[minute, coin, 0]), *prices)


def tick_paths(hour: int, minutes: Minutes, draws: Draws) -> TickPaths:
    """Paths from each minute's open to its close, bridged with noise of the minute's sigma."""
    paths = _log_paths(minutes, draws)
    price = _on_grid(np.exp(paths), PRICE_DECIMALS, np.rint)
    return TickPaths(
        price,
        np.maximum.accumulate(price, axis=2),
        np.minimum.accumulate(price, axis=2),
        _volumes(hour, paths, minutes, draws),
    )


def _log_paths(minutes: Minutes, draws: Draws) -> NDArray[np.float64]:
    """A Brownian bridge over the straight line from open to close: free in between, exact at both ends."""
    before = np.concatenate([minutes.before[None], minutes.log_close[:-1]])
    opening = before + _OPENING * minutes.sigma * draws.opening
    steps = MARKET_WEIGHT[:, None] * draws.market_path[:, None, :] + OWN_WEIGHT[:, None] * draws.own_path
    walk = np.zeros((*opening.shape, TICKS))
    walk[..., 1:] = np.cumsum(steps, axis=2) / np.sqrt(TICKS - 1)
    bridge = walk - _FRACTION * walk[..., -1:]
    line = opening[..., None] + _FRACTION * (minutes.log_close - opening)[..., None]
    return line + _INNER * minutes.sigma[..., None] * bridge


def _volumes(hour: int, paths: NDArray[np.float64], minutes: Minutes, draws: Draws) -> NDArray[np.float64]:
    """Traded so far at each tick: more in volatile minutes, in large moves and in the day's busy hours."""
    moves = np.abs(np.diff(paths, axis=2, prepend=paths[..., :1])) / MINUTE_SIGMA[:, None]
    intensity = minutes.sigma / MINUTE_SIGMA
    total = _BY_HOUR[hour % 24] * (TURNOVER / np.exp(paths[..., -1])) * intensity * np.exp(0.4 * draws.volume)
    total *= 0.5 + 0.15 * moves.sum(axis=2)
    shares = np.cumsum(0.05 + moves, axis=2)
    return _on_grid(total[..., None] * (shares / shares[..., -1:]), VOLUME_DECIMALS, np.ceil)


def _on_grid(values: _Paths, decimals: tuple[int, ...], towards: np.ufunc) -> _Paths:
    """``values`` on each coin's decimal grid; whole numbers divided by a power of ten are the nearest floats to it."""
    scale = np.array([10.0**digits for digits in decimals])[:, None]
    rounded: _Paths = towards(values * scale) / scale
    return rounded
