"""An account's curve by day and by month."""

from datetime import UTC, datetime

import numpy as np

from sigma_engine.backtest.columns import Whole
from sigma_engine.backtest.ratios import Floats
from sigma_engine.domain.metrics import Curve

DAY_MS = 86_400_000
CURVE_POINTS = 2_000


def arrays(curve: Curve) -> tuple[Whole, Floats]:
    """Times and values of a curve, both (n,)."""
    return np.array([at for at, _ in curve], np.int64), np.array([value for _, value in curve], np.float64)


def curve_of(times: Whole, values: Floats) -> tuple[tuple[int, float], ...]:
    """The points as people store and draw them."""
    return tuple(zip(times.tolist(), values.tolist(), strict=True))


def daily_closes(equity: Curve) -> list[tuple[int, float]]:
    """The last point of each UTC day; a point at midnight closes the day before it."""
    times, values = arrays(equity)
    last = day_ends(times)
    return list(curve_of(times[last], values[last]))


def day_ends(times: Whole) -> Whole:
    """Where in ascending ``times`` each UTC day ends; midnight belongs to the day before it."""
    days = (times - 1) // DAY_MS
    ends = np.flatnonzero(np.append(days[1:] != days[:-1], True)) if len(times) else np.empty(0, np.int64)
    return ends.astype(np.int64)


def months(equity: Curve, initial: float) -> tuple[tuple[int, int, float], ...]:
    """Returns by calendar month, ``(year, month, percent)``, of a daily curve that began with ``initial``."""
    closes: dict[tuple[int, int], float] = {}
    for at_ms, value in equity:
        day = datetime.fromtimestamp((at_ms - 1) / 1000, UTC)
        closes[day.year, day.month] = value
    before, result = initial, []
    for (year, month), value in closes.items():
        result.append((year, month, 100 * (value / before - 1) if before > 0 else 0.0))
        before = value
    return tuple(result)


def thinned(times: Whole, values: Floats, points: int = CURVE_POINTS) -> tuple[Whole, Floats]:
    """At most about ``points`` of a curve for drawing: its ends and the lowest and highest of every stretch."""
    if len(times) <= points:
        return times, values
    length = -(-len(values) // (points // 2))
    stretches = np.append(values, np.full(-len(values) % length, values[-1])).reshape(-1, length)
    starts = np.arange(len(stretches)) * length
    kept = np.concatenate(([0, len(values) - 1], starts + stretches.argmin(1), starts + stretches.argmax(1)))
    kept = np.unique(np.minimum(kept, len(values) - 1))
    return times[kept], values[kept]
