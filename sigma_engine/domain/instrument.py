"""What may be traded, in which steps and how far on margin."""

import math
from dataclasses import dataclass
from decimal import Decimal

from sigma_engine.domain.money import require_positive
from sigma_engine.domain.symbol import base


@dataclass(frozen=True, slots=True)
class Instrument:
    """A linear USDT perpetual: its grid, its minimum and its margin rule.

    ``tick`` is the price step, ``step`` the quantity step and smallest quantity (base coin), ``min_cost`` the
    smallest order value in USDT, ``maintenance_rate`` the maintenance margin as a fraction of the value. ``depth`` is
    what one side of the book usually holds near the price, USDT; None where nobody knows.
    """

    symbol: str
    tick: Decimal
    step: Decimal
    maintenance_rate: Decimal
    min_cost: Decimal = Decimal(5)
    max_leverage: int = 20
    depth: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("tick", "step", "maintenance_rate", "min_cost"):
            require_positive(f"{self.symbol} {name}", getattr(self, name))
        if self.depth is not None:
            require_positive(f"{self.symbol} depth", self.depth)

    @property
    def price_decimals(self) -> int:
        """Digits behind the point that the tick needs; for printing."""
        return _decimals(self.tick)

    @property
    def quantity_decimals(self) -> int:
        """Digits behind the point that the step needs; for printing."""
        return _decimals(self.step)


def _decimals(grid: Decimal) -> int:
    exponent = grid.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


_PRACTICE = {  # contracts.md §3: tick, step, maintenance rate
    "BTC": ("0.1", "0.0001", "0.005"),
    "ETH": ("0.01", "0.001", "0.005"),
    "SOL": ("0.01", "0.01", "0.01"),
    "BNB": ("0.01", "0.01", "0.01"),
    "LTC": ("0.01", "0.01", "0.01"),
    "XRP": ("0.0001", "1", "0.01"),
    "ADA": ("0.0001", "1", "0.01"),
    "DOGE": ("0.00001", "1", "0.01"),
}


def practice_instrument(symbol: str, first_close: float) -> Instrument:
    """The instrument used when no venue supplies one; unknown coins get a grid that suits ``first_close``."""
    if (known := _PRACTICE.get(base(symbol))) is not None:
        tick, step, maintenance_rate = (Decimal(text) for text in known)
        return Instrument(symbol, tick, step, maintenance_rate)
    magnitude = math.floor(math.log10(first_close))
    tick, step = Decimal(1).scaleb(magnitude - 4), Decimal(1).scaleb(-max(0, magnitude))
    return Instrument(symbol, tick, step, Decimal("0.01"))
