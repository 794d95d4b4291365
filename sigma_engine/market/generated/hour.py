"""An hour of the demo's market: the state it began in, its candles and their ticks."""

from dataclasses import dataclass

import numpy as np

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.market.generated.draws import MINUTES, TICKS, draw
from sigma_engine.market.generated.dynamics import MarketState, advance
from sigma_engine.market.generated.ticks import TickPaths, tick_paths

MINUTE_MS = 60_000
HOUR_MS = MINUTES * MINUTE_MS
TICK_MS = MINUTE_MS // TICKS
FIRST_TICK_MS = TICK_MS // 2
"""The first tick comes this long after the candle opened, the last as long before it closes."""


@dataclass(frozen=True, slots=True, eq=False)
class MarketHour:
    """Hour ``hour`` since the epoch under ``seed``, begun in ``state``; always computed whole, so always the same."""

    seed: int
    hour: int
    state: MarketState
    after: MarketState
    paths: TickPaths

    @classmethod
    def begin(cls, seed: int, hour: int, state: MarketState) -> "MarketHour":
        """Compute the hour."""
        draws = draw(seed, hour)
        minutes = advance(state, draws)
        return cls(seed, hour, state, minutes.after, tick_paths(hour, minutes, draws))

    @property
    def open_ms(self) -> int:
        """When its first candle opens."""
        return self.hour * HOUR_MS

    def next(self) -> "MarketHour":
        """The hour after it."""
        return MarketHour.begin(self.seed, self.hour + 1, self.after)

    def candles(self, coin: int) -> Candles:
        """Its sixty candles of a coin."""
        stamps = self.open_ms + MINUTE_MS * np.arange(MINUTES, dtype=np.int64)
        paths = self.paths
        closing = (column[:, coin, -1].copy() for column in (paths.high, paths.low, paths.price, paths.volume))
        return Candles(stamps, paths.price[:, coin, 0].copy(), *closing)

    def forming(self, minute: int, coin: int, tick: int) -> Candle:
        """The candle of ``minute`` as it stands after ``tick``; after the last it is the closed candle."""
        return self.paths.forming(self.open_ms + minute * MINUTE_MS, minute, coin, tick)
