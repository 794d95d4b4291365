"""What goes wrong with the market's candles, wherever they are told: in answers and in streams alike."""

import fnmatch
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from sigma_engine.practice.market_port import Candle
from sigma_engine.practice.reply import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The candle is told nowhere (D1)."""

    code: ClassVar[str] = "D1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """The candle is told twice in a row (D2)."""

    code: ClassVar[str] = "D2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delayed:
    """The candle is told only ``by_ms`` after it closed (D3)."""

    by_ms: int
    code: ClassVar[str] = "D3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """The candle closes as it stood at ``share`` of its trades and is put right ``after_ms`` after its close (D4)."""

    after_ms: int
    share: float = 0.5
    code: ClassVar[str] = "D4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """The candle stays as it stood at ``share`` of its trades (D5)."""

    share: float = 0.5
    code: ClassVar[str] = "D5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """The row breaks off behind ``fields`` fields (D5)."""

    fields: int = 4
    code: ClassVar[str] = "D5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absurd:
    """The row's ``fields`` (1 open, 2 high, 3 low, 4 close, 5 volume) say ``text``: NaN, inf, 0, -1, 1e308 (D6)."""

    text: str = "NaN"
    fields: tuple[int, ...] = (4,)
    code: ClassVar[str] = "D6"


Defect = Gap | Repeated | Delayed | Revised | Partial | Torn | Absurd


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFault:
    """A defect and the candles it meets: those that opened from ``from_ms`` until before ``until_ms``.

    ``symbol`` and ``interval`` are shell patterns; ``probability`` that such a candle has it.
    """

    what: Defect
    symbol: str = "*"
    interval: str = "*"
    from_ms: int = 0
    until_ms: int | None = None
    probability: float = 1.0


class DataFaults:
    """The switchboard: faults may be added and healed at any moment; a candle has its defects wherever it is told."""

    def __init__(self, *faults: DataFault, seed: int = 0) -> None:
        self._seed = seed
        self._faults: list[DataFault] = list(faults)

    def add(self, *faults: DataFault) -> None:
        """Let them be from now on."""
        self._faults.extend(faults)

    def heal(self) -> None:
        """Every candle is told as it is."""
        self._faults.clear()

    def told(
        self, symbol: str, interval: str, interval_ms: int, candles: Sequence[Candle], now_ms: int
    ) -> Sequence[Candle]:
        """``candles`` as they are told at ``now_ms``."""
        if not self._faults:
            return candles
        return [each for candle in candles for each in self._as_told(symbol, interval, interval_ms, candle, now_ms)]

    def spoilt(self, symbol: str, interval: str, rows: Iterable[list[Json]]) -> list[list[Json]]:
        """Rows of the wire (open time first) with what no number can hold."""
        return [self._spoilt(symbol, interval, row) for row in rows]

    def _as_told(self, symbol: str, interval: str, interval_ms: int, candle: Candle, now_ms: int) -> Iterable[Candle]:
        age_ms = now_ms - candle.open_ms - interval_ms
        told = [candle]
        for defect in self._defects(symbol, interval, candle.open_ms):
            match defect:
                case Gap():
                    return []
                case Delayed() if age_ms < defect.by_ms:
                    return []
                case Repeated():
                    told = told * 2
                case Revised() if 0 <= age_ms < defect.after_ms:
                    told = [stunted(each, defect.share) for each in told]
                case Partial() if age_ms >= 0:
                    told = [stunted(each, defect.share) for each in told]
                case _:
                    pass
        return told

    def _spoilt(self, symbol: str, interval: str, row: list[Json]) -> list[Json]:
        spoilt = list(row)
        for defect in self._defects(symbol, interval, int(str(row[0]))):
            if isinstance(defect, Torn):
                spoilt = spoilt[: defect.fields]
            if isinstance(defect, Absurd):
                spoilt = [defect.text if place in defect.fields else each for place, each in enumerate(spoilt)]
        return spoilt

    def _defects(self, symbol: str, interval: str, open_ms: int) -> Iterable[Defect]:
        for place, fault in enumerate(self._faults):
            meant = fnmatch.fnmatchcase(symbol, fault.symbol) and fnmatch.fnmatchcase(interval, fault.interval)
            on_time = fault.from_ms <= open_ms and (fault.until_ms is None or open_ms < fault.until_ms)
            if meant and on_time and self._strikes(place, fault, symbol, open_ms):
                yield fault.what

    def _strikes(self, place: int, fault: DataFault, symbol: str, open_ms: int) -> bool:
        if fault.probability >= 1:
            return True
        return random.Random(f"{self._seed}|{place}|{symbol}|{open_ms}").random() < fault.probability


def stunted(candle: Candle, share: float) -> Candle:
    """``candle`` as it might have stood after ``share`` of its trades."""
    moved = {name: candle.open + round((getattr(candle, name) - candle.open) * share) for name in _PRICES}
    counted = {name: round(getattr(candle, name) * share) for name in _COUNTS}
    return replace(candle, **moved, **counted)


_PRICES = ("high", "low", "close")
_COUNTS = ("volume", "value", "trades", "taker_volume", "taker_value")
