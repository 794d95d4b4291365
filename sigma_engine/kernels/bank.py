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
    return 0.0 < low <= open <= high < inf and low <= close <= high and 0.0 <= volume < inf


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
        """Take in the table's ``n`` candles, the first of which is row ``start`` of ``out``; then the others do."""
        self.indicator.advance(n, table.stamps, table.rows)
        for k in range(self.count):
            column = self.columns[k]
            row = READING + self.parts[k]
            for i in range(n):
                out[start + i, column] = table.rows[row, i]
        if self.following is not None:
            self.following.advance(table, n, start, out)


class Bank:
    """Indicators in step; column j is reading ``sources[j][1]`` of indicator ``sources[j][0]``.

    What is no sound candle (`is_sound`) leaves every indicator as it was, and its row is NaN.
    """

    def __init__(self, indicators: Sequence[Indicator], sources: Sequence[tuple[int, int]]) -> None:
        self.indicators = tuple(indicators)
        self.sources = tuple(sources)
        self.table = Table()
        self.leader = Member(Indicator(), (), None)
        for m in range(len(self.indicators) - 1, -1, -1):
            wanted = [(column, part) for column, (owner, part) in enumerate(self.sources) if owner == m]
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
            count = out.shape[0]
            start = 0
            while start < count:
                # A stretch of sound candles, or one candle that is not.
                n = 0
                while start + n < count and n < STRETCH:
                    i = start + n
                    if not is_sound(open[i], high[i], low[i], close[i], volume[i]):
                        break
                    self.table.put(n, open_ms[i], open[i], high[i], low[i], close[i], volume[i])
                    n += 1
                if n > 0:
                    self.leader.advance(self.table, n, start, out)
                else:
                    n = 1
                    for k in range(out.shape[1]):
                        out[start, k] = nan
                start += n

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
        """Take in one closed candle; the one row of ``out`` (1, columns) gets the readings after it."""
        if is_sound(open, high, low, close, volume):
            self.table.put(0, open_ms, open, high, low, close, volume)
            self.leader.advance(self.table, 1, 0, out)
        else:
            for k in range(out.shape[1]):
                out[0, k] = nan

    def __reduce__(self) -> tuple[object, ...]:
        return Bank, (self.indicators, self.sources)
