"""The way a price takes through a candle: from its open over both extremes to its close, trade by trade."""

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sigma_engine.practice.money import nearest
from sigma_engine.practice.nouns import Listing

Row = tuple[int, int, int, int, int, int]
"""Open time (UTC ms), open, high, low, close and volume, in parts."""
Tick = tuple[int, int, int]
"""A trade: its time (UTC ms), price and quantity, in parts."""

FEWEST_TICKS = 4
_UNREST = 0.15
"""How far a trade may stray from the straight way, as a share of the candle's range."""


def ticks_of(row: Row, interval_ms: int, listing: Listing, step_ms: int, seed: int) -> Iterator[Tick]:
    """The trades of one candle, ``step_ms`` apart, four at least: the same for the same seed.

    The first is the open, the last the close, and nothing lies beyond high and low, which both are reached. Their
    quantities add up to the volume, except that none is smaller than the market's step.
    """
    open_ms, _, high, low, _, volume = row
    count = max(FEWEST_TICKS, interval_ms // step_ms)
    chance = random.Random(f"{seed}|{listing.symbol}|{open_ms}")
    prices = _prices(row, count, chance)
    quantities = _quantities(volume, count, listing.step, chance)
    turns = {row[1], high, low, row[4]}
    for place, (price, quantity) in enumerate(zip(prices, quantities, strict=True)):
        on_grid = price if price in turns else min(high, max(low, nearest(price, listing.tick)))
        yield open_ms + place * interval_ms // count, on_grid, quantity


def _prices(row: Row, count: int, chance: random.Random) -> list[int]:
    """Straight lines between open, the two extremes in an order of chance, and close, with some unrest."""
    _, first, high, low, last, _ = row
    places = sorted(chance.sample(range(1, count - 1), 2))
    extremes = [high, low] if chance.random() < 0.5 else [low, high]
    corners = list(zip([0, *places, count - 1], [first, *extremes, last], strict=True))
    prices = [first]
    for (start, before), (end, after) in pairwise(corners):
        for place in range(start + 1, end):
            straight = before + (after - before) * (place - start) // (end - start)
            stray = round((high - low) * _UNREST * chance.uniform(-1, 1))
            prices.append(min(high, max(low, straight + stray)))
        prices.append(after)
    return prices


def _quantities(volume: int, count: int, step: int, chance: random.Random) -> Sequence[int]:
    weights = [0.2 + chance.random() for _ in range(count)]
    steps = max(0, volume // step - count)
    extra = [int(steps * weight / sum(weights)) for weight in weights[:-1]]
    parts = [step + more * step for more in extra]
    return [*parts, max(step, volume - sum(parts))]
