"""Where a chart's axis is marked: round numbers and the beginnings of calendar units."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sigma_engine.backtest.report.words import at


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps ``low`` to ``high`` onto pixels from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of ``value``; the middle where there is no span."""
        span = self.high - self.low
        return self.start + (self.end - self.start) * ((value - self.low) / span if span else 0.5)


def nice_step(span: float, marks: int) -> float:
    """A step of 1, 2, 2.5 or 5 times a power of ten that gives about ``marks`` marks in ``span``."""
    raw = span / max(1, marks)
    if raw <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    return power * next(nice for nice in (1, 2, 2.5, 5, 10) if raw <= nice * power * (1 + 1e-9))


def round_marks(low: float, high: float, marks: int) -> list[float]:
    """Round numbers within ``low`` and ``high``."""
    step = nice_step(high - low, marks)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def time_marks(from_ms: int, to_ms: int, marks: int) -> list[tuple[int, str]]:
    """Beginnings of years, months, days or hours, whichever gives no more than ``marks``, with their labels."""
    for unit, counts in _UNITS:
        for count in counts:
            found = unit(at(from_ms), at(to_ms), count, marks)
            if len(found) <= marks:
                return found
    return []


def _hours(start: datetime, end: datetime, count: int, most: int) -> list[tuple[int, str]]:
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return _marks(first, start, end, lambda moment: moment + timedelta(hours=count), most, _hour_label)


def _days(start: datetime, end: datetime, count: int, most: int) -> list[tuple[int, str]]:
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return _marks(first, start, end, lambda moment: moment + timedelta(days=count), most, _day_label)


def _months(start: datetime, end: datetime, count: int, most: int) -> list[tuple[int, str]]:
    first = start.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return _marks(first, start, end, lambda moment: _later(moment, count), most, _month_label)


def _later(moment: datetime, months: int) -> datetime:
    index = moment.year * 12 + moment.month - 1 + months
    return moment.replace(year=index // 12, month=index % 12 + 1)


def _marks(
    first: datetime,
    start: datetime,
    end: datetime,
    following: Callable[[datetime], datetime],
    most: int,
    label: Callable[[datetime], str],
) -> list[tuple[int, str]]:
    """The moments from ``first`` on that lie within; one more than ``most`` at the most."""
    found: list[tuple[int, str]] = []
    moment = first
    while moment <= end and len(found) <= most:
        if moment >= start:
            found.append((int(moment.timestamp() * 1000), label(moment)))
        moment = following(moment)
    return found


def _hour_label(moment: datetime) -> str:
    return f"{moment:%H:%M}" if moment.hour else _day_label(moment)


def _day_label(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"


def _month_label(moment: datetime) -> str:
    return f"{moment:%Y}" if moment.month == 1 else f"{moment:%b}"


_UNITS: tuple[tuple[Callable[[datetime, datetime, int, int], list[tuple[int, str]]], tuple[int, ...]], ...] = (
    (_hours, (1, 2, 3, 6, 12)),
    (_days, (1, 2, 3, 7, 14)),
    (_months, (1, 2, 3, 6, 12, 24, 60, 120)),
)
