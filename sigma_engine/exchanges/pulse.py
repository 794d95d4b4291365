"""Whether a symbol's prices are alive: when they were last heard, and whether its stream keeps up; pure."""

from sigma_engine.domain.candle import Candle
from sigma_engine.domain.feed_way import FeedWay

SILENT_MS = 5_000
STALE_MS = 10_000
BEHIND_MS = 5_000
PATIENCE_MS = 2_000
"""A stream that is back so soon was never gone."""
_WEIGHT = 0.2
_LONGEST_MS = 60_000


class Pulse:
    """Watches one symbol. Prices are as old as the last that was new, or was confirmed to be the newest.

    What is told of a candle that is over is as old as its close, however late it is told: a stream that repeats
    itself forever grows old. The stream is behind when an answer knew of more and the stream did not within 5 s,
    or twice what is usual.
    """

    def __init__(self, interval_ms: int, now_ms: int) -> None:
        self._interval_ms = interval_ms
        self._fresh_ms = self._changed_ms = now_ms
        self._expected_ms = 0.0
        self._streamed: Candle | None = None
        self._answered: Candle | None = None
        self._ahead: Candle | None = None
        self._behind_since_ms: int | None = None
        self._newest: Candle | None = None
        self._lost_ms: int | None = None

    def connect(self) -> None:
        """A new stream begins."""
        self._streamed = self._answered = self._ahead = self._behind_since_ms = None

    def lose(self, now_ms: int) -> None:
        """The stream ended."""
        if self._lost_ms is None:
            self._lost_ms = now_ms

    def hear(self, row: Candle, now_ms: int) -> None:
        """The newest row a stream told."""
        if self._is_newest(row):
            self._lost_ms = None
        if self._streamed is not None and not _is_after(row, self._streamed):
            return
        self._streamed = row
        self._refresh(row, now_ms)
        gap_ms = min(now_ms - self._changed_ms, _LONGEST_MS)
        self._expected_ms += _WEIGHT * (gap_ms - self._expected_ms)
        self._changed_ms = now_ms
        if self._ahead is not None and not _is_after(self._ahead, row):
            self._ahead = self._behind_since_ms = None

    def answer(self, row: Candle, now_ms: int) -> None:
        """The newest row of an answer."""
        self._is_newest(row)
        self._refresh(row, now_ms)
        known = self._streamed or self._answered
        self._answered = row
        if known is not None and _is_after(row, known):
            self._ahead = row
            if self._behind_since_ms is None:
                self._behind_since_ms = now_ms

    def is_behind(self, now_ms: int) -> bool:
        """Whether the stream lost its way: build it anew."""
        since_ms = self._behind_since_ms
        return since_ms is not None and now_ms - since_ms >= max(BEHIND_MS, 2 * self._expected_ms)

    def age_ms(self, now_ms: int) -> int:
        """How old the newest price is."""
        return now_ms - self._fresh_ms

    def is_silent(self, now_ms: int) -> bool:
        """Whether it is time to ask: nothing new for 5 s and for one and a half times what is usual."""
        return self.age_ms(now_ms) > self._silence_ms

    def is_stale(self, now_ms: int) -> bool:
        """Whether it is older than 10 s and than twice what is usual."""
        return self.age_ms(now_ms) > max(STALE_MS, 2 * self._expected_ms)

    def way(self, now_ms: int) -> FeedWay:
        """How the prices come. A stream that is back counts once it knows as much as was known without it."""
        if self._lost_ms is not None and now_ms - self._lost_ms > PATIENCE_MS:
            return FeedWay.REBUILDING
        quiet_ms = now_ms - self._changed_ms - PATIENCE_MS
        return FeedWay.ASKED if quiet_ms > self._silence_ms else FeedWay.STREAM

    @property
    def _silence_ms(self) -> float:
        return max(SILENT_MS, 1.5 * self._expected_ms)

    def _is_newest(self, row: Candle) -> bool:
        """Whether nobody told anything later; the row is remembered where nobody did."""
        if self._newest is not None and _is_after(self._newest, row):
            return False
        self._newest = row
        return True

    def _refresh(self, row: Candle, now_ms: int) -> None:
        self._fresh_ms = max(self._fresh_ms, min(now_ms, row.open_ms + self._interval_ms))


def _is_after(row: Candle, earlier: Candle) -> bool:
    return (row.open_ms, row.volume) > (earlier.open_ms, earlier.volume)
