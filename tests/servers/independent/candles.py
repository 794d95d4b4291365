"""Candles of one market: a seeded past, then whatever prices were set."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from tests.servers.independent.nouns import ZERO, Market

MINUTE_MS = 60_000
INTERVALS_MS = {
    "1m": MINUTE_MS, "5m": 5 * MINUTE_MS, "15m": 15 * MINUTE_MS, "30m": 30 * MINUTE_MS, "1h": 60 * MINUTE_MS,
    "4h": 240 * MINUTE_MS, "12h": 720 * MINUTE_MS, "1d": 1_440 * MINUTE_MS, "1w": 10_080 * MINUTE_MS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One candle; ``open_ms`` is when it begins."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
    trades: int = 0

    def touched(self, price: Decimal, volume: Decimal) -> "Bar":
        return replace(
            self,
            high=max(self.high, price),
            low=min(self.low, price),
            close=price,
            volume=self.volume + volume,
            trades=self.trades + 1,
        )


def seeded_past(market: Market, price: Decimal, until_ms: int, minutes: int, seed: int) -> list[Bar]:
    """A random walk of so many minutes that ends at ``price`` just before the minute of ``until_ms``."""
    chance = random.Random(f"{seed} {market.name}")
    bars: list[Bar] = []
    close = price
    newest_ms = until_ms - until_ms % MINUTE_MS - MINUTE_MS
    for back in range(minutes):
        opening = market.on_tick(close * Decimal(repr(1 + chance.gauss(0, 0.0006)))) or market.tick
        reach = Decimal(repr(abs(chance.gauss(0, 0.0004))))
        high, low = market.on_tick(max(opening, close) * (1 + reach)), market.on_tick(min(opening, close) * (1 - reach))
        volume = market.on_step(Decimal(chance.randint(1, 90_000)) / price)
        bars.append(Bar(newest_ms - back * MINUTE_MS, opening, high, low, close, volume, chance.randint(1, 300)))
        close = opening
    return bars[::-1]


class Candles:
    """One-minute bars without a gap: a minute in which no price was set repeats the last one."""

    def __init__(self, price: Decimal, now_ms: int, past: Iterable[Bar]) -> None:
        opened_ms = now_ms - now_ms % MINUTE_MS
        self._bars = [*past, Bar(opened_ms, price, price, price, price)]

    def touch(self, now_ms: int, price: Decimal, volume: Decimal) -> None:
        self.roll(now_ms)
        self._bars[-1] = self._bars[-1].touched(price, volume)

    def roll(self, now_ms: int) -> None:
        """Open the minutes that have begun since."""
        while self._bars[-1].open_ms + MINUTE_MS <= now_ms:
            last = self._bars[-1]
            self._bars.append(Bar(last.open_ms + MINUTE_MS, last.close, last.close, last.close, last.close))

    def newest(self, interval: str, now_ms: int, count: int) -> list[Bar]:
        """The last ``count``, the forming one with them."""
        span_ms = INTERVALS_MS[interval]
        return self.between(interval, now_ms, now_ms - now_ms % span_ms - (count - 1) * span_ms, now_ms)[-count:]

    def between(self, interval: str, now_ms: int, from_ms: int, to_ms: int) -> list[Bar]:
        """All that open in [``from_ms``, ``to_ms``], oldest first."""
        self.roll(now_ms)
        span_ms = INTERVALS_MS[interval]
        first_ms = self._bars[0].open_ms
        start = max(0, (from_ms - first_ms) // MINUTE_MS)
        end = max(0, (to_ms + span_ms - first_ms) // MINUTE_MS + 1)
        minutes = self._bars[start:end]
        bars = minutes if span_ms == MINUTE_MS else _grouped(minutes, span_ms)
        return [bar for bar in bars if from_ms <= bar.open_ms <= to_ms]


def _grouped(minutes: list[Bar], span_ms: int) -> list[Bar]:
    """Bars of the longer span, of minutes; week-long ones begin where the epoch's weeks do."""
    bars: list[Bar] = []
    for minute in minutes:
        open_ms = minute.open_ms - minute.open_ms % span_ms
        if bars and bars[-1].open_ms == open_ms:
            last = bars[-1]
            bars[-1] = replace(
                last,
                high=max(last.high, minute.high),
                low=min(last.low, minute.low),
                close=minute.close,
                volume=last.volume + minute.volume,
                trades=last.trades + minute.trades,
            )
        else:
            bars.append(replace(minute, open_ms=open_ms))
    return bars
