"""The exchanges whose candles can be fetched, with what trading perpetuals costs there on the lowest tier."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Venue:
    """``name`` is the engine's word for it; fees are basis points of the traded value."""

    name: str
    title: str
    taker_bps: float
    maker_bps: float


VENUES = (
    Venue("weex", "WEEX", 8.0, 2.0),
    Venue("binance", "Binance", 5.0, 2.0),
    Venue("bybit", "Bybit", 5.5, 2.0),
    Venue("okx", "OKX", 5.0, 2.0),
    Venue("hyperliquid", "Hyperliquid", 4.5, 1.5),
)
