"""Candles of any span from a venue that gives a page at a time, and keeps less than was asked for."""

from collections.abc import Callable
from dataclasses import dataclass

DAY_MS = 86_400_000

Row = tuple[float, ...]
"""Open time in milliseconds, open, high, low, close, volume; NaN for what the venue left out."""
Ask = Callable[[int, int], list[Row]]
"""The rows that open from one time to another, both included, in order; fewer where there are fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where pages come from.

    ``page`` gives candles ``interval_ms`` apart, ``per_page`` of them at most, and ``days`` as many daily ones.
    ``newest``, where there is one, gives all from ``newest_from_ms`` (on the grid) on at once. ``tell`` hears the
    open time everything is known up to.
    """

    interval_ms: int
    page: Ask
    per_page: int
    days: Ask
    tell: Callable[[int], None]
    newest: Ask | None = None
    newest_from_ms: int = 0

    @property
    def page_ms(self) -> int:
        """From the first candle of a full page to the first one behind it."""
        return self.per_page * self.interval_ms


def collect(source: Source, first_ms: int, last_ms: int) -> list[Row]:
    """All rows the venue has that open in [``first_ms``, ``last_ms``], both on the grid, in their order.

    Every step goes forwards, so that the walk ends whatever the venue answers. A page that begins late is asked
    again for what is missing at its head: some venues give the newest of a span when it holds more than they like
    to send. An empty page is a hole: its end is looked for in daily candles, which reach 1,440 times as far as 1m
    ones.
    """
    walk = _Walk(source)
    if source.newest is None:
        walk.through(first_ms, last_ms)
        return walk.rows
    from_ms = max(first_ms, source.newest_from_ms)
    walk.through(first_ms, min(last_ms, from_ms - source.interval_ms))
    newest = source.newest(from_ms, last_ms) if from_ms <= last_ms else []
    walk.through(from_ms, int(newest[0][0]) - source.interval_ms if newest else last_ms)
    source.tell(last_ms)
    return walk.rows + newest


class _Walk:
    def __init__(self, source: Source) -> None:
        self.rows: list[Row] = []
        self._source = source
        self._empty_from_ms: int | None = None

    def through(self, first_ms: int, last_ms: int) -> None:
        """Add what opens in the span."""
        at_ms, interval_ms = first_ms, self._source.interval_ms
        while at_ms <= last_ms:
            end_ms = min(at_ms + self._source.page_ms - interval_ms, last_ms)
            if rows := self._source.page(at_ms, end_ms):
                self._empty_from_ms = None
                self.through(at_ms, int(rows[0][0]) - interval_ms)
                self.rows += rows
                at_ms = int(rows[-1][0]) + interval_ms
            else:
                at_ms = self._beyond(end_ms + interval_ms, last_ms)
            self._source.tell(min(at_ms, last_ms))

    def _beyond(self, at_ms: int, last_ms: int) -> int:
        """Where to go on when there is nothing before ``at_ms``; past ``last_ms`` where there is nothing at all."""
        if at_ms > last_ms or self._source.interval_ms >= DAY_MS:
            return at_ms
        day_ms = self._next_day(at_ms, last_ms)
        if day_ms is None:
            return last_ms + self._source.interval_ms
        if day_ms > at_ms:
            self._empty_from_ms = None
            return day_ms
        self._empty_from_ms = self._empty_from_ms or at_ms
        if not self.rows and at_ms - self._empty_from_ms >= DAY_MS:
            return self._first_kept(at_ms, last_ms)
        return at_ms

    def _next_day(self, from_ms: int, last_ms: int) -> int | None:
        """The first day with a candle, from the one that holds ``from_ms`` on."""
        at_ms = from_ms - from_ms % DAY_MS
        while at_ms <= last_ms:
            end_ms = min(at_ms + (self._source.per_page - 1) * DAY_MS, last_ms - last_ms % DAY_MS)
            if (day_ms := self._first_day(at_ms, end_ms)) is not None:
                return day_ms
            at_ms = end_ms + DAY_MS
        return None

    def _first_day(self, first_ms: int, last_ms: int) -> int | None:
        """The first day there is of a page, though the venue may send only the newest of it."""
        day_ms = None
        while first_ms <= last_ms and (days := self._source.days(first_ms, last_ms)):
            day_ms = int(days[0][0])
            last_ms = day_ms - DAY_MS
        return day_ms

    def _first_kept(self, from_ms: int, last_ms: int) -> int:
        """Where candles begin that the venue keeps for a while only, while it keeps the daily ones longer.

        Found by halving: a day without any between days that were traded is no hole of the market.
        """
        width_ms = self._source.page_ms
        low, high = 0, (last_ms - from_ms) // width_ms + 1
        while low < high:
            middle = (low + high) // 2
            at_ms = from_ms + middle * width_ms
            if self._source.page(at_ms, min(at_ms + width_ms - self._source.interval_ms, last_ms)):
                high = middle
            else:
                low = middle + 1
        return from_ms + low * width_ms
