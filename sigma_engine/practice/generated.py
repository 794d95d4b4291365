"""A market out of a seed: volatility that comes in clusters, a factor all coins share, jumps between two minutes."""

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sigma_engine.practice.nouns import UNIT, Listing
from sigma_engine.practice.paths import Row, Tick, ticks_of
from sigma_engine.practice.sources import STEP_MS, Source

MINUTE_MS = 60_000
HISTORY_MINUTES = 7 * 1_440
_YEAR_MINUTES = 365 * 1_440


@dataclass(frozen=True, slots=True)
class _Character:
    """A coin: its first price (USDT), its volatility a year, how much of that is everybody's, a minute's turnover."""

    price: float
    volatility: float
    shared: float
    turnover: float


_CHARACTERS = {
    "BTCUSDT": _Character(64_000, 0.7, 0.8, 6e6),
    "ETHUSDT": _Character(3_100, 0.9, 0.75, 4e6),
    "SOLUSDT": _Character(148, 1.2, 0.65, 1.5e6),
    "XRPUSDT": _Character(0.58, 1.1, 0.5, 1e6),
    "ADAUSDT": _Character(0.43, 1.1, 0.6, 4e5),
    "DOGEUSDT": _Character(0.12, 1.4, 0.55, 8e5),
    "LTCUSDT": _Character(81, 1.0, 0.6, 2e5),
    "BNBUSDT": _Character(570, 0.8, 0.6, 4e5),
}
_OTHER = _Character(10, 1.0, 0.5, 3e5)

_PERSISTENCE, _SHOCK = 0.94, 0.05
"""How much of the variance stays from one minute to the next, and how much the last return adds (GARCH(1,1))."""
_JUMP_CHANCE = 1 / 600
"""A minute opens away from where the last one closed about twice a day."""
_JUMP = (0.004, 0.015)
_TREND_MINUTES = 240


class _Coin:
    """One coin's next minute, and its memory."""

    def __init__(self, listing: Listing, seed: int) -> None:
        self._listing = listing
        self._character = _CHARACTERS.get(listing.symbol, _OTHER)
        self._chance = random.Random(f"{seed}|{listing.symbol}")
        self._usual = self._character.volatility**2 / _YEAR_MINUTES
        self._variance = self._usual
        self._trend = 0.0
        self._close = self._character.price

    def minute(self, open_ms: int, shared: float) -> Row:
        """The candle that opens then; ``shared`` is the factor of all coins, standard normal."""
        chance, tick = self._chance, self._listing.tick
        sigma = math.sqrt(self._variance)
        first = self._close * (1 + self._jump())
        weight = self._character.shared
        shock = math.sqrt(weight) * shared + math.sqrt(1 - weight) * chance.gauss(0, 1)
        change = sigma * shock + self._drift(sigma)
        last = first * math.exp(change)
        high = max(first, last) * (1 + abs(chance.gauss(0, sigma)) / 2)
        low = min(first, last) * (1 - abs(chance.gauss(0, sigma)) / 2)
        self._remember(change, last)
        prices = [max(tick, round(price * UNIT / tick) * tick) for price in (first, high, low, last)]
        return open_ms, prices[0], prices[1], prices[2], prices[3], self._volume(first, change, sigma)

    def _jump(self) -> float:
        if self._chance.random() >= _JUMP_CHANCE:
            return 0.0
        return self._chance.choice((-1, 1)) * self._chance.uniform(*_JUMP)

    def _drift(self, sigma: float) -> float:
        """A trend of some hours that fades and turns."""
        self._trend += -self._trend / _TREND_MINUTES + self._chance.gauss(0, 0.1) / math.sqrt(_TREND_MINUTES)
        return self._trend * sigma

    def _remember(self, change: float, last: float) -> None:
        news = min(change**2, 25 * self._usual)
        self._variance = (1 - _PERSISTENCE - _SHOCK) * self._usual + _PERSISTENCE * self._variance + _SHOCK * news
        self._close = last

    def _volume(self, price: float, change: float, sigma: float) -> int:
        busy = self._character.turnover * math.exp(self._chance.gauss(0, 0.5)) * (0.6 + abs(change) / sigma)
        step = self._listing.step
        return max(step, round(busy / price * UNIT / step) * step)


def generated(
    listings: Sequence[Listing],
    start_ms: int,
    *,
    seed: int = 0,
    history_minutes: int = HISTORY_MINUTES,
    step_ms: int = STEP_MS,
) -> tuple[Source, ...]:
    """Markets without an end, the same for the same seed; they have ``history_minutes`` of past at ``start_ms``."""
    first_ms = start_ms - start_ms % MINUTE_MS - history_minutes * MINUTE_MS
    minutes = _minutes(listings, first_ms, seed)
    past = list(itertools.islice(minutes, history_minutes))
    ahead = itertools.tee(minutes, len(listings))
    return tuple(
        Source(
            symbol=listing.symbol,
            interval_ms=MINUTE_MS,
            past=tuple(minute[listing.symbol] for minute in past),
            ticks=_ticks(listing, coming, step_ms, seed),
        )
        for listing, coming in zip(listings, ahead, strict=True)
    )


def _ticks(listing: Listing, minutes: Iterable[Mapping[str, Row]], step_ms: int, seed: int) -> Iterator[Tick]:
    for minute in minutes:
        yield from ticks_of(minute[listing.symbol], MINUTE_MS, listing, step_ms, seed)


def _minutes(listings: Sequence[Listing], first_ms: int, seed: int) -> Iterator[Mapping[str, Row]]:
    coins = {listing.symbol: _Coin(listing, seed) for listing in listings}
    chance = random.Random(f"{seed}|everybody")
    for open_ms in itertools.count(first_ms, MINUTE_MS):
        shared = chance.gauss(0, 1)
        yield {symbol: coin.minute(open_ms, shared) for symbol, coin in coins.items()}
