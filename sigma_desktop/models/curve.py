"""The equity curve as numbers to draw: kept up point by point, cut to a span, thinned without losing a peak."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from sigma_desktop.bridge.trail import Trail
from sigma_engine import EquityPoint

HOUR_MS = 3_600_000
FIRST_ROOM = 1024
MOST = 131_072
"""Points beyond which the older half is kept more coarsely, every second one."""
Places = NDArray[np.intp]


class Span(Enum):
    """How far back to look, in market time; the value is milliseconds, None for the whole run."""

    HOUR = HOUR_MS
    SIX_HOURS = 6 * HOUR_MS
    DAY = 24 * HOUR_MS
    WEEK = 7 * 24 * HOUR_MS
    ALL = None


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Equity over time: ``at_ms`` int64 and ``equity`` float64 USDT, of one length, oldest first."""

    at_ms: NDArray[np.int64]
    equity: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.at_ms)

    def change_to(self, equity: float) -> float | None:
        """``equity`` over the first point, less one; None without a point or for a first of nothing."""
        return float(equity / self.equity[0] - 1) if len(self) and self.equity[0] > 0 else None

    @property
    def deepest_fall(self) -> float:
        """The largest fall from an earlier peak within the curve, 0 to 1."""
        if not len(self):
            return 0.0
        return float(np.max(1 - self.equity / np.maximum.accumulate(self.equity)))

    def thinned(self, buckets: int) -> "Curve":
        """At most four points for each of ``buckets`` equal stretches of time: first, lowest, highest, last."""
        if len(self) <= 4 * buckets:
            return self
        edges, ends = self._stretches(buckets)
        lowest, highest = self._places(np.argmin, edges, ends), self._places(np.argmax, edges, ends)
        return self._at(np.unique(np.concatenate((edges, ends - 1, lowest, highest))))

    def envelope(self, buckets: int) -> "Curve":
        """The highest point of each of ``buckets`` equal stretches of time, with both ends of the curve."""
        if len(self) <= buckets:
            return self
        highest = self._places(np.argmax, *self._stretches(buckets))
        return self._at(np.unique(np.concatenate(([0], highest, [len(self) - 1]))))

    def _stretches(self, buckets: int) -> tuple[Places, Places]:
        """Where each stretch that holds a point begins and, exclusively, ends."""
        length = max(1, int(self.at_ms[-1] - self.at_ms[0]))
        which = (self.at_ms - self.at_ms[0]) * buckets // (length + 1)
        edges = np.flatnonzero(np.diff(which, prepend=-1))
        return edges, np.append(edges[1:], len(self))

    def _places(self, extreme: Callable[[NDArray[np.float64]], np.intp], edges: Places, ends: Places) -> Places:
        pairs = zip(edges.tolist(), ends.tolist(), strict=True)
        return np.array([first + extreme(self.equity[first:end]) for first, end in pairs], np.intp)

    def _at(self, places: Places) -> "Curve":
        return Curve(self.at_ms[places], self.equity[places])


def curve_of(points: Sequence[tuple[int, float]]) -> Curve:
    """The points of a finished run, ``(UTC ms, USDT)``, as numbers to draw."""
    times, values = np.array([at for at, _ in points], np.int64), np.array([worth for _, worth in points], np.float64)
    return Curve(times, values)


class CurveKeeper:
    """Takes the run's equity points in as they come; begins anew with another run.

    The last point is the account now, which moves on until a candle closes on it.
    """

    def __init__(self) -> None:
        self._at_ms = np.empty(FIRST_ROOM, np.int64)
        self._equity = np.empty(FIRST_ROOM, np.float64)
        self._count = self._seen = 0
        self._points: Trail[EquityPoint] | None = None
        self._now: tuple[int, float] | None = None
        self.grew = False
        """Whether the last `update` brought anything new."""

    def update(self, points: Trail[EquityPoint], now: tuple[int, float] | None = None) -> None:
        """Take in what was appended to ``points`` since the last time, and what equity is ``now``: UTC ms and USDT."""
        if points is not self._points:
            self._points, self._count, self._seen, self._now = points, 0, 0, None
        new = points.since(self._seen)
        self._seen = points.added
        self._make_room(self._count + len(new))
        for at, point in enumerate(new, self._count):
            self._at_ms[at], self._equity[at] = point.at_ms, float(point.equity)
        self._count += len(new)
        if self._count > MOST:
            self._thin()
        before = self._now
        self._end(now)
        self.grew = bool(new) or self._now != before

    def within(self, span: Span) -> Curve:
        """The last ``span`` of the curve; views, not copies."""
        count = self._count + (self._now is not None)
        times = self._at_ms[:count]
        start = 0
        if span.value is not None and count:
            start = int(np.searchsorted(times, times[-1] - span.value))
        return Curve(times[start:], self._equity[start:count])

    def _end(self, now: tuple[int, float] | None) -> None:
        """Put the account as it is behind the last point, where it differs from that."""
        if now is not None and self._count:
            last_ms, last = int(self._at_ms[self._count - 1]), float(self._equity[self._count - 1])
            now = (max(now[0], last_ms), now[1]) if now[0] > last_ms or now[1] != last else None
        else:
            now = None
        self._now = now
        if now is not None:
            self._make_room(self._count + 1)
            self._at_ms[self._count], self._equity[self._count] = now

    def _thin(self) -> None:
        half = self._count // 2
        for column in (self._at_ms, self._equity):
            kept = np.concatenate((column[:half:2], column[half : self._count]))
            column[: len(kept)] = kept
        self._count = len(range(0, half, 2)) + self._count - half

    def _make_room(self, count: int) -> None:
        if count > len(self._at_ms):
            room = max(count, 2 * len(self._at_ms)) - len(self._at_ms)
            self._at_ms = np.concatenate((self._at_ms, np.empty(room, np.int64)))
            self._equity = np.concatenate((self._equity, np.empty(room, np.float64)))


def round_levels(low: float, high: float, most: int) -> list[float]:
    """At most ``most`` round values (1, 2 or 5 times a power of ten apart) from ``low`` to ``high``."""
    spread = high - low
    if not (spread > 0 and most > 0):
        return []
    power = 10.0 ** np.floor(np.log10(spread / most))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if spread / (power * factor) <= most)
    first = int(np.ceil(low / step))
    return [step * at for at in range(first, first + most + 1) if step * at <= high]
