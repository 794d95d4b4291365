"""How the independent exchange behaves wherever WEEX's interface leaves it free, and how it writes what it says."""

import json
import random
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto
from typing import Any


class Duplicates(Enum):
    """What becomes of a client id that was used before."""

    REFUSED = auto()
    ANSWERED_AGAIN = auto()
    ACCEPTED = auto()


class Refusing(Enum):
    """How an order is said no to: an error envelope, or a normal answer whose ``success`` is false."""

    ENVELOPE = auto()
    SUCCESS_FALSE = auto()


class Limiting(Enum):
    """Whether too many requests are refused, and how."""

    OFF = auto()
    JSON = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lags:
    """By how many milliseconds what is read is older than now, by kind of reading."""

    orders: int = 0
    algos: int = 0
    fills: int = 0
    positions: int = 0
    balance: int = 0
    bills: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Every freedom taken; ``seed`` decides whatever varies from answer to answer.

    ``fill_ms`` bounds the time from acknowledgement to a taker's first fill, ``part_gap_ms`` that between its
    ``parts``. Of a window of past candles that holds more than one answer does, the newest are given unless
    ``past_keeps_oldest``. With the chance ``fills_before_answer`` all of it happens before the order is acknowledged.
    """

    seed: int = 1
    fill_ms: tuple[int, int] = (0, 3_000)
    parts: tuple[int, int] = (1, 4)
    part_gap_ms: tuple[int, int] = (0, 700)
    slippage_ticks: int = 2
    fills_before_answer: float = 0.25
    answer_ms: int = 0
    attached_after_ms: int = 400
    partial_words: tuple[str, ...] = ("PARTIALLY_FILLED", "PARTIAL_FILL")
    canceled_words: tuple[str, ...] = ("CANCELED", "CANCELLED")
    triggered_word: str = "FILLED"
    lags: Lags = field(default_factory=Lags)
    refusing: Refusing = Refusing.ENVELOPE
    refusal_status: int = 200
    duplicates: Duplicates = Duplicates.REFUSED
    limiting: Limiting = Limiting.OFF
    trims_closes: bool = True
    sweeps_orphans: bool = False
    unchanged_mode_refused: bool = True
    refuses_reached_triggers: bool = True
    liquidation_fills: bool = True
    flat_rows: bool = True
    flat_pushed: bool = True
    pushes_algos: bool = True
    shuffles_events: bool = True
    fees_apart: bool = True
    future_refused: bool = False
    past_keeps_oldest: bool = False
    numbers: float = 0.3
    """Chance that a number is written as one, not as a string; 0.2 of the strings get zeros at their end."""
    texts: float = 0.3
    """Chance that a time or an id is written as a string."""
    absent: float = 0.4
    """Chance that something optional is null or missing."""
    funding_rate: Decimal = Decimal("0.0001")
    ping_ms: int = 20_000


class Stamp(int):
    """A time, UTC milliseconds."""


class Ident(int):
    """An id that may be written as a number or as text."""


@dataclass(frozen=True, slots=True)
class Maybe:
    """Something an answer need not have."""

    value: object


_MISSING = object()


class Dialect:
    """The handwriting of the exchange: one truth, written a little differently each time."""

    def __init__(self, habits: Habits) -> None:
        self.habits = habits
        self.random = random.Random(habits.seed)

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def between(self, bounds: tuple[int, int]) -> int:
        return self.random.randint(*bounds)

    def word(self, words: tuple[str, ...]) -> str:
        return self.random.choice(words)

    def text(self, answer: object) -> str:
        """The JSON of an answer made of dicts, lists, Decimals, `Stamp`, `Ident`, `Maybe` and plain values."""
        return json.dumps(self._dressed(answer), separators=(",", ":"))

    def _dressed(self, value: object) -> Any:
        match value:
            case Maybe():
                return self._maybe(value.value)
            case Decimal():
                return self._number(value)
            case Stamp() | Ident():
                return str(int(value)) if self.chance(self.habits.texts) else int(value)
            case dict():
                return self._row(value)
            case list() | tuple():
                return [self._dressed(item) for item in value]
        return value

    def _maybe(self, value: object) -> Any:
        if self.chance(self.habits.absent):
            return None if self.chance(0.5) else _MISSING
        return self._dressed(value)

    def _row(self, row: dict[str, object]) -> dict[str, Any]:
        dressed = {name: self._dressed(value) for name, value in row.items()}
        return {name: value for name, value in dressed.items() if value is not _MISSING}

    def _number(self, value: Decimal) -> str | float | int:
        written = f"{value:f}"
        if self.chance(self.habits.numbers):
            plain: float | int = int(value) if value == value.to_integral_value() else float(value)
            if Decimal(repr(plain)) == value:
                return plain
        if self.chance(0.2):
            written += "00" if "." in written else ".000"
        return written


def surplus(row: dict[str, object]) -> dict[str, object]:
    """The row with fields nobody was told of."""
    return row | {"traceId": "5f0c-indep", "ext": {"shard": 7, "tags": []}, "isSpecial": False, "note": None}
