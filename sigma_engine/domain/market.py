"""What a feed tells the session, one step at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.feed_way import FeedWay


@dataclass(frozen=True, slots=True)
class Tick:
    """A price at an instant; ``forming`` is the candle it belongs to, so far."""

    symbol: str
    price: float
    forming: Candle


@dataclass(frozen=True, slots=True)
class Ticks:
    """Prices of one instant, ``at_ms`` market time; stops and targets act on them at once.

    ``doubts`` says of a symbol what is wrong with its market. ``revised`` are closed candles the market now tells
    otherwise than when they were decided on, or only now: they are kept, and not decided on again. ``ways`` says of
    every symbol how its prices come from now on; it is empty where that did not change.
    """

    at_ms: int
    ticks: tuple[Tick, ...]
    doubts: Mapping[str, str] = field(default_factory=dict)
    revised: tuple[tuple[str, Candle], ...] = ()
    ways: Mapping[str, FeedWay] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bars:
    """Candles that closed together at ``at_ms`` (their close time), in the order of the strategy's symbols.

    ``had_ticks`` says that their prices already came as `Ticks`; without, the candle itself is all there is and
    the fill table of contracts.md §4 is applied to it. ``inside`` holds, where somebody has them, the 1m candles
    within each candle, in their order: they tell whether stop or target came first. ``missed`` holds the candles
    before it that came too late for a step of their own. ``doubts`` says why nothing is opened on a candle.
    """

    at_ms: int
    candles: Mapping[str, Candle]
    had_ticks: bool
    inside: Mapping[str, Candles] = field(default_factory=dict)
    missed: Mapping[str, Candles] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)


MarketStep = Ticks | Bars
