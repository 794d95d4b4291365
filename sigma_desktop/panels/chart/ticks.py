"""Where the axes are labelled: round prices, round times, each as dense as its labels allow."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_desktop.theme import format
from sigma_engine import as_datetime

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_STEPS = (
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 4, 6, 12)),
    *(days * _DAY for days in (1, 2, 7, 14)),
)
_MONTHS = (1, 3, 6, 12, 24, 60)
_MONDAY = 4 * _DAY  # the epoch was a Thursday
_PRICE_GAP_PX = 28.0
_TIME_GAP_PX = 88.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a place on an axis, in bars or prices; ``strong`` where a day, a month or a year begins."""

    at: float
    label: str
    strong: bool = False


def price_ticks(low: float, high: float, height_px: float, decimals: int) -> tuple[Tick, ...]:
    """Round prices (1, 2, 2.5 or 5 times a power of ten apart) between ``low`` and ``high``, about 30 px apart."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low and height_px > 0):
        return ()
    step, digits = _round_up((high - low) * _PRICE_GAP_PX / height_px, decimals)
    first, last = math.ceil(low / step), math.floor(high / step)
    return tuple(Tick(number * step, format.price(number * step, digits)) for number in range(first, last + 1))


def time_ticks(
    open_ms: NDArray[np.int64], interval_ms: int, left: float, right: float, bar_px: float
) -> tuple[Tick, ...]:
    """Round UTC times among the bars from ``left`` to ``right``, also beyond the last; about 90 px apart or more."""
    if not len(open_ms):
        return ()
    begin, end = time_at(open_ms, interval_ms, max(0.0, left)), time_at(open_ms, interval_ms, right)
    span_ms = _TIME_GAP_PX / bar_px * interval_ms
    marks = _marks(begin, end, span_ms)
    ticks, taken = [], -math.inf
    for mark, step in marks:
        at = bar_at(open_ms, interval_ms, mark)
        if at >= max(0.0, left) and (at - taken) * bar_px >= _TIME_GAP_PX / 2:
            ticks.append(_time_tick(at, mark, step))
            taken = at
    return tuple(ticks)


def time_at(open_ms: NDArray[np.int64], interval_ms: int, bar: float) -> int:
    """The opening time of the bar nearest ``bar``; beyond the ends time goes on evenly."""
    at, last = round(bar), len(open_ms) - 1
    inside = min(max(at, 0), last)
    return int(open_ms[inside]) + (at - inside) * interval_ms


def bar_at(open_ms: NDArray[np.int64], interval_ms: int, at_ms: int) -> float:
    """The first bar that opens at ``at_ms`` or later; beyond the last, time goes on evenly."""
    last_ms = int(open_ms[-1])
    if at_ms > last_ms:
        return len(open_ms) - 1 + (at_ms - last_ms) / interval_ms
    return float(np.searchsorted(open_ms, at_ms))


def _round_up(least: float, decimals: int) -> tuple[float, int]:
    """The next round step from ``least`` on and the decimals its multiples need, at most ``decimals``."""
    exponent = math.floor(math.log10(least))
    for factor, more in ((1, 0), (2, 0), (2.5, 1), (5, 0), (10, -1)):
        digits = max(0, more - exponent)
        if factor * 10.0**exponent >= least * (1 - 1e-9) and digits <= max(decimals, -exponent):
            return factor * 10.0**exponent, min(digits, decimals)
    raise AssertionError("ten times a power of ten is never below")


def _marks(begin: int, end: int, span_ms: float) -> list[tuple[int, int]]:
    step = next((step for step in _STEPS if step >= span_ms), None)
    if step is None:
        return _month_marks(begin, end, span_ms)
    origin = _MONDAY if step % (7 * _DAY) == 0 else 0
    first = -(-(begin - origin) // step)
    last = (end - origin) // step
    return [(origin + number * step, step) for number in range(first, last + 1)]


def _month_marks(begin: int, end: int, span_ms: float) -> list[tuple[int, int]]:
    step = next((months for months in _MONTHS if months * 30 * _DAY >= span_ms), _MONTHS[-1])
    first, last = (np.datetime64(at_ms, "ms").astype("datetime64[M]").astype(int) for at_ms in (begin, end))
    months = np.arange(-(-first // step) * step, last + 1, step)
    return [(int(at_ms), 30 * _DAY) for at_ms in months.astype("datetime64[M]").astype("datetime64[ms]").astype(int)]


def _time_tick(at: float, mark: int, step: int) -> Tick:
    when = as_datetime(mark)
    if mark % _DAY:
        return Tick(at, f"{when:%H:%M}")
    if step < 28 * _DAY:
        return Tick(at, f"{when.day} {when:%b}", strong=step < _DAY or when.day == 1)
    return Tick(at, f"{when:%Y}" if when.month == 1 else f"{when:%b}", strong=when.month == 1)
