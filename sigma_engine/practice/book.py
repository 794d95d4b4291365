"""A book around the quote: the same seed, price and level give the same quantity."""

from hashlib import blake2s

from sigma_engine.practice.money import value_of
from sigma_engine.practice.nouns import UNIT, Listing, Quote

Level = tuple[int, int]
"""A price and the quantity that waits there."""

GAP = UNIT // 20_000
"""The distance between two levels as a rate of the price, where that is more than a tick."""

DEPTH_VALUE = 50_000 * UNIT
"""The most one level holds, in quote money."""


def levels_around(quote: Quote, listing: Listing, levels: int, seed: int) -> tuple[list[Level], list[Level]]:
    """Bids and asks, best first, never crossed."""
    gap = max(listing.tick, value_of(quote.last, GAP) // listing.tick * listing.tick)
    lowest_ask = max(quote.ask, quote.bid + listing.tick)
    bids = [quote.bid - index * gap for index in range(levels) if quote.bid > index * gap]
    asks = [lowest_ask + index * gap for index in range(levels)]
    return [(price, _quantity(price, listing, seed)) for price in bids], [
        (price, _quantity(price, listing, seed)) for price in asks
    ]


def _quantity(price: int, listing: Listing, seed: int) -> int:
    digest = blake2s(f"{seed}|{listing.symbol}|{price}".encode(), digest_size=4).digest()
    value = DEPTH_VALUE * (1 + int.from_bytes(digest, "big") % 1_000) // 1_000
    return max(listing.step, value * UNIT // price // listing.step * listing.step)
