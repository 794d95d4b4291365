"""The candles of one market, of every interval: those that were there at the start and those traded since."""

from collections.abc import Sequence

from sigma_engine.practice.market_port import INTERVALS_MS, Candle
from sigma_engine.practice.nouns import Listing
from sigma_engine.practice.paths import Row, ticks_of
from sigma_engine.practice.series import MINUTE_MS, Series, candle_of, merged

_PAST_STEP_MS = 20_000
"""How far apart the trades lie that shorter candles of the past are made of."""
_PAST_MINUTES = 20_000
"""How far back shorter candles of the past go."""


class Past:
    """Series by interval, built when first asked for and kept up trade by trade.

    Intervals that do not hold a whole number of the past's own candles are made of the ways through them.
    """

    def __init__(self, listing: Listing, rows: Sequence[Row], interval_ms: int, seed: int) -> None:
        self._listing, self._rows, self._interval_ms, self._seed = listing, rows, interval_ms, seed
        self._live = Series(MINUTE_MS)
        self._series: dict[str, Series] = {}
        self._given: list[Candle] | None = None
        self._minutes: list[Candle] | None = None

    @property
    def coarse(self) -> str:
        """An interval short enough for sums over a day, and long enough to be quick."""
        return next(
            name for name in ("5m", "15m", "30m", "1h", "4h", "12h", "1d", "1m") if self._is_whole(INTERVALS_MS[name])
        )

    def add(self, at_ms: int, price: int, quantity: int, bought: int) -> None:
        """Count a trade."""
        for series in (self._live, *self._series.values()):
            series.add(at_ms, price, quantity, bought)

    def candles(self, interval: str) -> Sequence[Candle]:
        """All there are, oldest first; the last one may still form."""
        if interval not in self._series:
            self._series[interval] = Series(INTERVALS_MS[interval], (*self._before(interval), *self._live.candles))
        return self._series[interval].candles

    def _before(self, interval: str) -> Sequence[Candle]:
        if self._is_whole(INTERVALS_MS[interval]):
            if self._given is None:
                self._given = [candle_of(row) for row in self._rows]
            return self._given
        if self._minutes is None:
            self._minutes = list(merged(self._trades(), MINUTE_MS))
        return self._minutes

    def _trades(self) -> Sequence[Candle]:
        step_ms = min(_PAST_STEP_MS, self._interval_ms)
        rows = self._rows[-max(1, _PAST_MINUTES * MINUTE_MS // self._interval_ms) :]
        ticks = (tick for row in rows for tick in ticks_of(row, self._interval_ms, self._listing, step_ms, self._seed))
        return [candle_of((at_ms, price, price, price, price, quantity)) for at_ms, price, quantity in ticks]

    def _is_whole(self, interval_ms: int) -> bool:
        return interval_ms % self._interval_ms == 0
