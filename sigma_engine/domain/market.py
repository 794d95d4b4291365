"""What a feed tells the session, one step at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sigma_engine.domain.candle import Candle, Candles


@dataclass(frozen=True, slots=True)
class Tick:
    """A price at an instant; ``forming`` is the candle it belongs to, so far."""

    symbol: str
    price: float
    forming: Candle


@dataclass(frozen=True, slots=True)
class Ticks:
    """Prices of one instant, ``at_ms`` market time; stops and targets act on them at once."""

    at_ms: int
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Candles that closed together at ``at_ms`` (their close time), in the order of the strategy's symbols.

    ``had_ticks`` says that their prices already came as `Ticks`; without, the candle itself is all there is and
    the fill table of contracts.md §4 is applied to it. ``inside`` holds, where somebody has them, the 1m candles
    within each candle, in their order: they tell whether stop or target came first.
    """

    at_ms: int
    candles: Mapping[str, Candle]
    had_ticks: bool
    inside: Mapping[str, Candles] = field(default_factory=dict)


MarketStep = Ticks | Bars
