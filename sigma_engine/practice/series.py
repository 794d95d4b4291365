"""Candles built from trades and from shorter candles."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sigma_engine.practice.market_port import Candle
from sigma_engine.practice.money import value_of
from sigma_engine.practice.paths import FEWEST_TICKS, Row

MINUTE_MS, WEEK_MS = 60_000, 604_800_000
_FIRST_MONDAY_MS = 345_600_000


def opening(at_ms: int, interval_ms: int) -> int:
    """When the candle opened that holds ``at_ms``; weeks open on Mondays, all else on the grid of 1970."""
    shift = _FIRST_MONDAY_MS if interval_ms == WEEK_MS else 0
    return at_ms - (at_ms - shift) % interval_ms


def candle_of(row: Row) -> Candle:
    """A candle somebody else counted; what it does not tell is what would be usual."""
    open_ms, first, high, low, last, volume = row
    value = value_of((first + high + low + last) // 4, volume)
    return Candle(
        open_ms=open_ms,
        open=first,
        high=high,
        low=low,
        close=last,
        volume=volume,
        value=value,
        trades=FEWEST_TICKS,
        taker_volume=volume // 2,
        taker_value=value // 2,
    )


class Series:
    """Candles of one interval, ascending, kept up trade by trade; an interval nobody traded in has none."""

    def __init__(self, interval_ms: int, finer: Iterable[Candle] = ()) -> None:
        self.interval_ms = interval_ms
        self.candles: list[Candle] = list(merged(finer, interval_ms))

    def add(self, at_ms: int, price: int, quantity: int, bought: int) -> None:
        """Count a trade; ``bought`` of its quantity went to buyers who took what was offered."""
        self._join(
            Candle(
                open_ms=opening(at_ms, self.interval_ms),
                open=price,
                high=price,
                low=price,
                close=price,
                volume=quantity,
                value=value_of(price, quantity),
                trades=1,
                taker_volume=bought,
                taker_value=value_of(price, bought),
            )
        )

    def _join(self, part: Candle) -> None:
        if self.candles and self.candles[-1].open_ms == part.open_ms:
            self.candles[-1] = joined(self.candles[-1], part)
        else:
            self.candles.append(part)


def merged(finer: Iterable[Candle], interval_ms: int) -> Iterator[Candle]:
    """Shorter candles, ascending, as candles of ``interval_ms``."""
    whole: Candle | None = None
    for part in finer:
        open_ms = opening(part.open_ms, interval_ms)
        if whole is not None and whole.open_ms == open_ms:
            whole = joined(whole, part)
            continue
        if whole is not None:
            yield whole
        whole = replace(part, open_ms=open_ms)
    if whole is not None:
        yield whole


def joined(earlier: Candle, later: Candle) -> Candle:
    """``earlier`` going on with ``later``."""
    return Candle(
        open_ms=earlier.open_ms,
        open=earlier.open,
        high=max(earlier.high, later.high),
        low=min(earlier.low, later.low),
        close=later.close,
        volume=earlier.volume + later.volume,
        value=earlier.value + later.value,
        trades=earlier.trades + later.trades,
        taker_volume=earlier.taker_volume + later.taker_volume,
        taker_value=earlier.taker_value + later.taker_value,
    )
