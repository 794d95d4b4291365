"""What venues charge for perpetuals before any discount, to begin a cost estimate with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VenueFees:
    """A venue's fees for a new account, in basis points of the traded value per side."""

    venue: str
    title: str
    taker_bps: float
    maker_bps: float


VENUE_FEES: tuple[VenueFees, ...] = (
    VenueFees("weex", "WEEX", 8.0, 2.0),
    VenueFees("binance", "Binance", 5.0, 2.0),
    VenueFees("bybit", "Bybit", 5.5, 2.0),
    VenueFees("okx", "OKX", 5.0, 2.0),
    VenueFees("hyperliquid", "Hyperliquid", 4.5, 1.5),
)
"""The venues a person can choose fees of; the first is the one SIGMA assumes."""
