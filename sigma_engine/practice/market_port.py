"""What the server asks of the market's past: candles and the last day; whoever draws the prices implements it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sigma_engine.practice.reply import Json

INTERVALS_MS = {
    "1m": 60_000,
    "5m": 300_000,
    "15m": 900_000,
    "30m": 1_800_000,
    "1h": 3_600_000,
    "4h": 14_400_000,
    "12h": 43_200_000,
    "1d": 86_400_000,
    "1w": 604_800_000,
}
"""The intervals WEEX's contracts have candles of."""


class PriceKind(StrEnum):
    """Which price a candle tells of."""

    LAST = "LAST_PRICE"
    MARK = "MARK_PRICE"
    INDEX = "INDEX_PRICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """One candle, in parts; ``value`` and ``taker_value`` are quote money, the last one of a series still forms."""

    open_ms: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    value: int
    trades: int
    taker_volume: int
    taker_value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The last 24 hours, in parts; the prices of the moment stand in the exchange's `Quote`."""

    open_ms: int
    close_ms: int
    open: int
    high: int
    low: int
    volume: int
    value: int
    trades: int


class MarketPort(Protocol):
    """The past of every market, up to the exchange's present instant and never beyond."""

    def candles(self, symbol: str, interval: str, end_ms: int, limit: int, kind: PriceKind) -> Sequence[Candle]:
        """The newest ``limit`` candles that opened at or before ``end_ms``, oldest first; the forming one counts."""
        ...

    def spoilt(self, symbol: str, interval: str, rows: Sequence[list[Json]]) -> Sequence[list[Json]]:
        """Rows of candles as they go over the wire, with what is wrong with them that only text can say."""
        ...

    def day(self, symbol: str) -> Day:
        """The last 24 hours."""
        ...

    def open_interest(self, symbol: str) -> int:
        """How much of the base coin all open positions of everybody hold."""
        ...
