"""The chance in the demo's market, an hour at a time, fixed by the seed and the hour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_engine.market.generated.coins import COINS

MINUTES = 60
"""Candles in a block; a block is an hour since the epoch."""
TICKS = 15
"""Prices a candle is made of."""
_TAIL = 5.0
"""Degrees of freedom of the shocks: Student's t with 5 has fat tails and a finite kurtosis of 9."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Random numbers of one hour; the first axis is the minute, the second, where there is one, the coin."""

    leave: NDArray[np.float64]
    choice: NDArray[np.float64]
    market_shock: NDArray[np.float64]
    own_shock: NDArray[np.float64]
    market_volatility: NDArray[np.float64]
    own_volatility: NDArray[np.float64]
    volume: NDArray[np.float64]
    opening: NDArray[np.float64]
    market_path: NDArray[np.float64]
    """Minute x step between two ticks."""
    own_path: NDArray[np.float64]
    """Minute x coin x step between two ticks."""


def draw(seed: int, hour: int) -> Draws:
    """The numbers of hour ``hour`` since the epoch under ``seed``; no other hour has any part in them."""
    chance = np.random.Generator(np.random.Philox(key=np.array([seed, hour], np.uint64)))
    coins, unit = len(COINS), np.sqrt((_TAIL - 2) / _TAIL)
    return Draws(
        leave=chance.random(MINUTES),
        choice=chance.random(MINUTES),
        market_shock=chance.standard_t(_TAIL, MINUTES) * unit,
        own_shock=chance.standard_t(_TAIL, (MINUTES, coins)) * unit,
        market_volatility=chance.standard_normal(MINUTES),
        own_volatility=chance.standard_normal((MINUTES, coins)),
        volume=chance.standard_normal((MINUTES, coins)),
        opening=chance.standard_normal((MINUTES, coins)),
        market_path=chance.standard_normal((MINUTES, TICKS - 1)),
        own_path=chance.standard_normal((MINUTES, coins, TICKS - 1)),
    )
