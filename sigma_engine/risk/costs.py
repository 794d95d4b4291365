"""What trading costs, as fractions of the traded value: assumed, measured over own fills, and expected of a trade."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import nan

from sigma_engine.domain.decision import CostPart
from sigma_engine.domain.order import ExitReason, Fill, PositionSide
from sigma_engine.domain.position import Position, Trade
from sigma_engine.kernels import fills

ENOUGH_FILLS = 30
"""From so many own fills on, their mean slippage replaces the assumed one."""

FUNDING_MS = 8 * 3_600_000
"""Funding is paid at 00, 08 and 16 UTC (contracts.md §4.5)."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Fee and slippage a side, and the spread a round trip crosses once; defaults are WEEX's taker fee and a guess.

    With a ``maker_rate`` targets rest in the book: they fill at their level, at that fee, without slippage.
    ``slippage_range_share`` of the market's range (ATR of the entry's candle over the price) comes on top of the fixed
    slippage.
    """

    fee_rate: float = 0.0008
    slippage_fraction: float = 0.0001
    spread_fraction: float = 0.0
    maker_rate: float | None = None
    slippage_range_share: float = 0.0

    @property
    def adverse_fraction(self) -> float:
        """How much worse than the middle of the book a fill is: slippage and half the spread."""
        return self.slippage_fraction + 0.5 * self.spread_fraction

    def at(self, range_fraction: float) -> "Costs":
        """The same costs where the market's range is ``range_fraction`` of the price; NaN counts as none."""
        if not (self.slippage_range_share > 0.0 and range_fraction > 0.0):
            return self
        slippage = fills.slippage_fraction(self.slippage_fraction, self.slippage_range_share, range_fraction)
        return replace(self, slippage_fraction=slippage, slippage_range_share=0.0)

    @property
    def per_side(self) -> float:
        """All that one fill costs."""
        return self.fee_rate + self.adverse_fraction

    @property
    def round_trip(self) -> float:
        """All that entry and exit cost."""
        return 2 * self.per_side


@dataclass(frozen=True, slots=True)
class Slippage:
    """What own fills in one market cost against the price they could have had: a running, value-weighted mean.

    ``cost`` and ``value`` are USDT, as floats: a statistic, no money anybody owes. Liquidations are left out: they
    lose the whole margin whatever they fill at.
    """

    fills: int = 0
    cost: float = 0.0
    value: float = 0.0

    @classmethod
    def of_entry(cls, position: Position) -> "Slippage":
        """The measure of the fill that opened ``position``."""
        return cls(1, float(position.slippage), float(position.entry_price) * float(position.quantity))

    def after(self, fill: Fill) -> "Slippage":
        """The measure with one more fill."""
        return self._plus(1, float(fill.slippage), float(fill.price) * float(fill.quantity))

    def after_trade(self, trade: Trade) -> "Slippage":
        """The measure with both fills of a closed trade."""
        if trade.reason is ExitReason.LIQUIDATION:
            return self
        prices = float(trade.entry_price) + float(trade.exit_price)
        return self._plus(2, float(trade.slippage), prices * float(trade.quantity))

    def _plus(self, fills: int, cost: float, value: float) -> "Slippage":
        return Slippage(self.fills + fills, self.cost + cost, self.value + value)

    @property
    def fraction(self) -> float:
        """Mean slippage a side; NaN without a fill."""
        return self.cost / self.value if self.value > 0 else nan

    @property
    def is_enough(self) -> bool:
        """Whether it says more than an assumption."""
        return self.fills >= ENOUGH_FILLS and self.value > 0


def funding_stamps(from_ms: int, for_ms: int) -> int:
    """How often funding is paid on a trade held from ``from_ms`` for ``for_ms``; a stamp at the entry itself counts."""
    return _stamps_before(from_ms + for_ms) - _stamps_before(from_ms)


@lru_cache(maxsize=256)
def expected_costs(
    costs: Costs, measured: Slippage, funding_rate: float | None, side: PositionSide, funding_stamps: int
) -> tuple[CostPart, ...]:
    """The parts of a round trip's cost, each with where it is from; their sum is what the trade must earn first.

    ``funding_rate`` is the last one known, a fraction a stamp, or None; ``funding_stamps`` how often it is paid.
    """
    return (
        CostPart("fees", 2 * costs.fee_rate, "taker fee of both sides"),
        CostPart("spread", costs.spread_fraction, "assumed" if costs.spread_fraction else "none set apart"),
        _slippage(costs, measured),
        _funding(funding_rate, side, funding_stamps),
    )


def _slippage(costs: Costs, measured: Slippage) -> CostPart:
    if measured.is_enough:
        beyond_spread = max(measured.fraction - 0.5 * costs.spread_fraction, 0.0)
        return CostPart("slippage", 2 * beyond_spread, f"measured over {measured.fills} fills")
    missing = f"assumed until {ENOUGH_FILLS} fills are measured, {measured.fills} so far"
    return CostPart("slippage", 2 * costs.slippage_fraction, missing)


def _funding(rate: float | None, side: PositionSide, stamps: int) -> CostPart:
    """What is paid counts; what would be received is not counted on."""
    times = f"{stamps} payment{'' if stamps == 1 else 's'} of funding"
    if rate is None:
        return CostPart("funding", 0.0, f"{times} ahead, the rate is unknown: counted as nothing")
    paid = side.sign * rate * stamps
    if paid < 0:
        return CostPart("funding", 0.0, f"{times} ahead would be received: not counted on")
    return CostPart("funding", paid, f"{times} ahead at the last rate of {rate:.4%}")


def _stamps_before(at_ms: int) -> int:
    """How many stamps of funding lie before ``at_ms``, counted from the epoch's own."""
    return -(-at_ms // FUNDING_MS)
