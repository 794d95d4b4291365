"""Many indicators advancing together, each writing the columns somebody asked for."""

from array import array
from collections.abc import Sequence

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels import room
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import inf, nan

    from sigma_engine.kernels.indicator import CLOSE, HIGH, LOW, OPEN, READING, ROWS, STRETCH, TYPICAL, VOLUME


def is_sound(open: float, high: float, low: float, close: float, volume: float) -> bool:
    """Whether the numbers are those of a candle: all finite, prices above zero, open and close within the range."""
    return soundness(open, high, low, close, volume) == 1.0


def soundness(open: float, high: float, low: float, close: float, volume: float) -> float:
    """`is_sound` as 1 or 0, worked out without a branch."""
    sound = 1.0 if low > 0.0 else 0.0
    sound = sound if open >= low else 0.0
    sound = sound if high >= open else 0.0
    sound = sound if high < inf else 0.0
    sound = sound if close >= low else 0.0
    sound = sound if close <= high else 0.0
    sound = sound if volume >= 0.0 else 0.0
    return sound if volume < inf else 0.0


class Table:
    """Room for one stretch: ``stamps`` are the opening times, ``rows`` is (16, 64)."""

    def __init__(self) -> None:
        self.stamps = room.integers(STRETCH)
        self.rows = room.floats(ROWS, STRETCH)

    def put(self, i: int, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Set candle ``i`` of the stretch."""
        self.stamps[i] = open_ms
        self.rows[OPEN, i] = open
        self.rows[HIGH, i] = high
        self.rows[LOW, i] = low
        self.rows[CLOSE, i] = close
        self.rows[VOLUME, i] = volume
        self.rows[TYPICAL, i] = (high + low + close) / 3.0

    def take(
        self,
        open_ms: NDArray[np.int64],
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        first: int,
        most: int,
    ) -> int:
        """Set the candles from ``first`` on as far as they are sound, ``most`` of them at most; how many there are."""
        for i in range(most):
            k = first + i
            self.rows[READING, i] = soundness(open[k], high[k], low[k], close[k], volume[k])
        n = 0
        while n < most and self.rows[READING, n] == 1.0:
            n += 1
        self._copy(OPEN, open, first, n)
        self._copy(HIGH, high, first, n)
        self._copy(LOW, low, first, n)
        self._copy(CLOSE, close, first, n)
        self._copy(VOLUME, volume, first, n)
        for i in range(n):
            self.stamps[i] = open_ms[first + i]
        for i in range(n):
            self.rows[TYPICAL, i] = (self.rows[HIGH, i] + self.rows[LOW, i] + self.rows[CLOSE, i]) / 3.0
        return n

    def _copy(self, row: int, values: NDArray[np.float64], first: int, n: int) -> None:
        for i in range(n):
            self.rows[row, i] = values[first + i]


class Member:
    """One indicator of a bank, the columns its readings fill, and the member that follows it.

    Members are a chain because compiled code can walk that without the GIL, unlike a list.
    """

    def __init__(self, indicator: Indicator, wanted: Sequence[tuple[int, int]], following: "Member | None") -> None:
        self.indicator = indicator
        self.count = len(wanted)
        self.columns = array("q", [column for column, _ in wanted] or [0])
        self.parts = array("q", [part for _, part in wanted] or [0])
        self.following = following

    def advance(self, table: Table, n: int, start: int, out: NDArray[np.float64]) -> None:
        """Take in the table's ``n`` candles, the first of which is ``out[:, start]``; then the others do."""
        self.indicator.advance(n, table.stamps, table.rows)
        for k in range(self.count):
            column = self.columns[k]
            row = READING + self.parts[k]
            for i in range(n):
                out[column, start + i] = table.rows[row, i]
        if self.following is not None:
            self.following.advance(table, n, start, out)


class Bank:
    """Indicators in step; column j is reading ``sources[j][1]`` of indicator ``sources[j][0]``.

    What is no sound candle (`is_sound`) leaves every indicator as it was, and its row is NaN.
    """

    def __init__(self, indicators: Sequence[Indicator], sources: Sequence[tuple[int, int]]) -> None:
        self.indicators = tuple(indicators)
        self.sources = tuple(sources)
        self.width = len(self.sources)
        self.table = Table()
        self.stretch = room.floats(max(self.width, 1), STRETCH)
        self.leader = Member(Indicator(), (), None)
        for m in range(len(self.indicators) - 1, -1, -1):
            wanted = [(column, part) for column, (owner, part) in enumerate(self.sources) if owner == m]
            self.indicators[m].want(sum({1 << part for _, part in wanted}))
            self.leader.following = Member(self.indicators[m], wanted, self.leader.following)

    def run(
        self,
        open_ms: NDArray[np.int64],
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        out: NDArray[np.float64],
    ) -> None:
        """Take in a block of candles with the GIL released; row i of ``out`` (n, columns) gets the readings after it.

        A bank works for one thread at a time.
        """
        with cython.nogil:
            for start in range(0, out.shape[0], 64):
                n = min(STRETCH, out.shape[0] - start)
                self.fill(open_ms, open, high, low, close, volume, start, n, self.stretch, 0)
                for i in range(n):
                    for k in range(self.width):
                        out[start + i, k] = self.stretch[k, i]

    def fill(
        self,
        open_ms: NDArray[np.int64],
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        first: int,
        count: int,
        out: NDArray[np.float64],
        start: int,
    ) -> None:
        """Take in ``count`` candles from ``first`` on; ``out[:, start:]``, (columns, candles), gets the readings."""
        done = 0
        while done < count:
            # A stretch of sound candles, or one candle that is not.
            n = self.table.take(open_ms, open, high, low, close, volume, first + done, min(STRETCH, count - done))
            if n > 0:
                self.leader.advance(self.table, n, start + done, out)
            else:
                n = 1
                for k in range(self.width):
                    out[k, start + done] = nan
            done += n

    def update(
        self,
        open_ms: int,
        open: float,
        high: float,
        low: float,
        close: float,
        volume: float,
        out: NDArray[np.float64],
    ) -> None:
        """Take in one closed candle; the one column of ``out`` (columns, 1 or more) gets the readings after it."""
        if is_sound(open, high, low, close, volume):
            self.table.put(0, open_ms, open, high, low, close, volume)
            self.leader.advance(self.table, 1, 0, out)
        else:
            for k in range(self.width):
                out[k, 0] = nan

    def __reduce__(self) -> tuple[object, ...]:
        return Bank, (self.indicators, self.sources)
