"""The markets the practice exchange lists, with rules like WEEX's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sigma_engine.practice.nouns import UNIT, Listing

QUOTE = "USDT"


@dataclass(frozen=True, slots=True)
class _Grid:
    price_decimals: int
    quantity_decimals: int
    maintenance_basis_points: int
    max_leverage: int


_USUAL = {
    "BTC": _Grid(1, 4, 50, 400),
    "ETH": _Grid(2, 3, 50, 400),
    "SOL": _Grid(2, 2, 100, 200),
    "XRP": _Grid(4, 0, 100, 200),
    "ADA": _Grid(4, 0, 100, 150),
    "DOGE": _Grid(5, 0, 100, 150),
    "LTC": _Grid(2, 2, 100, 150),
    "BNB": _Grid(2, 2, 100, 150),
}
_LARGEST_VALUE = 50_000_000
"""The largest position there may be, about this much USDT."""


def usual_listings() -> tuple[Listing, ...]:
    """The eight usual markets."""
    return tuple(_listing(base, grid, 10**7) for base, grid in _USUAL.items())


def listing_of(symbol: str, prices: Sequence[float]) -> Listing:
    """The market ``symbol`` (``BTCUSDT``) with a tick that every one of its ``prices`` is a multiple of.

    The usual ones have their own rules, for others the first price decides how large the steps are.
    """
    base, decimals = symbol.removesuffix(QUOTE), max(map(_decimals, prices))
    if (known := _USUAL.get(base)) is not None:
        return _listing(base, replace(known, price_decimals=max(known.price_decimals, decimals)), 10**7)
    magnitude = math.floor(math.log10(prices[0]))
    grid = _Grid(max(decimals, min(8, 4 - magnitude)), min(8, max(0, magnitude)), 100, 100)
    return _listing(base, grid, max(1, round(_LARGEST_VALUE / prices[0])))


def _decimals(price: float) -> int:
    return len(f"{price:.8f}".rstrip("0").partition(".")[2])


def _listing(base: str, grid: _Grid, most: int) -> Listing:
    step = int(10 ** (8 - grid.quantity_decimals))
    return Listing(
        symbol=base + QUOTE,
        base=base,
        price_decimals=grid.price_decimals,
        quantity_decimals=grid.quantity_decimals,
        contract_value=step,
        min_quantity=step,
        max_quantity=most * UNIT,
        max_position=5 * most * UNIT,
        largest_market_order=most * UNIT,
        price_band=UNIT // 10,
        maker_rate=UNIT // 5_000,
        taker_rate=UNIT // 1_250,
        maintenance_rate=grid.maintenance_basis_points * UNIT // 10_000,
        max_leverage=grid.max_leverage,
    )
