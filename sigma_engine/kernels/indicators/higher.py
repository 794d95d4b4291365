"""An indicator of a longer timeframe, fed with the candles of a shorter one."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.bank import Table
from sigma_engine.kernels.indicator import Indicator

if not cython.compiled:
    from math import nan

    from sigma_engine.kernels.indicator import CLOSE, HIGH, LOW, OPEN, READING, VOLUME


class HigherTimeframe(Indicator):
    """The readings of ``inner`` over UTC-aligned candles of ``interval_ms``, each built from those of ``base_ms``.

    A longer candle is complete when the last shorter one in it has closed, or, where that is missing, when the first
    of a later one arrives; until then the readings are those of the last complete one. A series that begins within a
    longer candle gives what it saw of it.
    """

    def __init__(self, inner: Indicator, interval_ms: int, base_ms: int) -> None:
        self.inner = inner
        self.interval_ms = interval_ms
        self.base_ms = base_ms
        self.table = Table()
        self.building = False
        self.period = 0
        self.open = self.high = self.low = self.close = self.volume = nan
        self.held = [nan] * 6

    def advance(self, n: int, stamps: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Take in ``n`` closed candles of the shorter timeframe."""
        for i in range(n):
            period = stamps[i] // self.interval_ms
            if self.building and period != self.period:
                self.complete()
            if not self.building:
                self.building = True
                self.period = period
                self.open = rows[OPEN, i]
                self.high = rows[HIGH, i]
                self.low = rows[LOW, i]
                self.volume = 0.0
            self.high = max(self.high, rows[HIGH, i])
            self.low = min(self.low, rows[LOW, i])
            self.close = rows[CLOSE, i]
            self.volume += rows[VOLUME, i]
            if stamps[i] + self.base_ms >= (period + 1) * self.interval_ms:
                self.complete()
            for k in range(6):
                rows[READING + k, i] = self.held[k]

    def complete(self) -> None:
        """Give the inner indicator the longer candle."""
        opened_ms = self.period * self.interval_ms
        self.table.put(0, opened_ms, self.open, self.high, self.low, self.close, self.volume)
        self.inner.advance(1, self.table.stamps, self.table.rows)
        for k in range(6):
            self.held[k] = self.table.rows[READING + k, 0]
        self.building = False

    def __reduce__(self) -> tuple[object, ...]:
        candle = (self.building, self.period, self.open, self.high, self.low, self.close, self.volume)
        return _restored, (self.inner, self.interval_ms, self.base_ms, candle, [self.held[k] for k in range(6)])


def _restored(
    inner: Indicator,
    interval_ms: int,
    base_ms: int,
    candle: tuple[bool, int, float, float, float, float, float],
    held: list[float],
) -> HigherTimeframe:
    twin = HigherTimeframe(inner, interval_ms, base_ms)
    twin.building, twin.period, twin.open, twin.high, twin.low, twin.close, twin.volume = candle
    twin.held = held
    return twin
