"""How the prices of a market outside come, market by market."""

from collections.abc import Mapping
from enum import StrEnum

from sigma_engine.domain.symbol import short

ASKED_EVERY_MS = 5_000
"""So often a market is asked whose stream says nothing."""


class FeedWay(StrEnum):
    """How one symbol's prices come at present."""

    STREAM = "stream"
    """As they happen."""
    ASKED = "asked"
    """Its stream is connected and says nothing new, or there is none: the market is asked every 5 s."""
    REBUILDING = "rebuilding"
    """Its stream was lost and is being built anew; the market is asked meanwhile."""


def feed_words(ways: Mapping[str, FeedWay]) -> str:
    """How the prices come, those by name that do not come over a stream; empty where nobody says."""
    if ways and set(ways.values()) == {FeedWay.STREAM}:
        return f"{'1 market' if len(ways) == 1 else f'{len(ways)} markets'} over streams"
    told = {
        FeedWay.REBUILDING: "stream lost and being built anew",
        FeedWay.ASKED: f"silent stream, asked every {ASKED_EVERY_MS // 1000} s",
    }
    named = {way: ", ".join(short(symbol) for symbol, each in ways.items() if each is way) for way in told}
    return "; ".join(f"{told[way]}: {symbols}" for way, symbols in named.items() if symbols)
