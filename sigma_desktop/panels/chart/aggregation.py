"""Longer candles out of shorter ones, by the block and one at a time."""

import numpy as np

from sigma_engine import Candle, Candles


def aggregated(candles: Candles, interval_ms: int) -> Candles:
    """``candles`` folded into candles of ``interval_ms``, cut at its multiples since the epoch, UTC.

    The first and the last may hold less than their interval; empty intervals are left out.
    """
    if not len(candles):
        return candles
    bucket = candles.open_ms // interval_ms
    first = np.flatnonzero(np.diff(bucket, prepend=bucket[0] - 1))
    last = np.append(first[1:], len(bucket)) - 1
    return Candles(
        bucket[first] * interval_ms,
        candles.open[first],
        np.maximum.reduceat(candles.high, first),
        np.minimum.reduceat(candles.low, first),
        candles.close[last],
        np.add.reduceat(candles.volume, first),
    )


class Folding:
    """Folds closed candles of ``base_ms`` into candles of ``interval_ms``, a multiple of it, keeping the unfinished."""

    def __init__(self, base_ms: int, interval_ms: int) -> None:
        self._base_ms, self._interval_ms = base_ms, interval_ms
        self._unfinished: Candle | None = None

    def load(self, candles: Candles) -> Candles:
        """The finished candles in ``candles``; what is left begins the unfinished one."""
        if self._interval_ms == self._base_ms:
            return candles
        folded = aggregated(candles, self._interval_ms)
        if not len(folded) or self._is_over(int(candles.open_ms[-1])):
            return folded
        self._unfinished = folded[-1]
        return folded.slice(0, -1)

    def close(self, candle: Candle) -> list[Candle]:
        """The candles that the closed ``candle`` finishes: none, its own, or after a gap the one before as well."""
        finished = []
        if self._unfinished is not None and self._unfinished.open_ms != self._start(candle):
            finished.append(self._unfinished)
            self._unfinished = None
        self._unfinished = self._with(candle)
        if self._is_over(candle.open_ms):
            finished.append(self._unfinished)
            self._unfinished = None
        return finished

    def live(self, forming: Candle | None) -> Candle | None:
        """The unfinished candle as it stands with ``forming`` in it; None when there is nothing unfinished."""
        return self._unfinished if forming is None else self._with(forming)

    def _with(self, candle: Candle) -> Candle:
        so_far, start = self._unfinished, self._start(candle)
        if so_far is None or so_far.open_ms != start:
            return Candle(start, candle.open, candle.high, candle.low, candle.close, candle.volume)
        high, low = max(so_far.high, candle.high), min(so_far.low, candle.low)
        return Candle(start, so_far.open, high, low, candle.close, so_far.volume + candle.volume)

    def _start(self, candle: Candle) -> int:
        return candle.open_ms // self._interval_ms * self._interval_ms

    def _is_over(self, open_ms: int) -> bool:
        return (open_ms + self._base_ms) % self._interval_ms == 0
