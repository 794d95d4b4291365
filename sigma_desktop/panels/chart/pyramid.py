"""Candles at every power of two, so that a million cost no more to paint than a thousand."""

from enum import IntEnum

import numpy as np

from sigma_desktop.panels.chart.columns import Block, Columns
from sigma_engine import Candle, Candles

_TOP = 512
_SEARCHED = 2048


class Row(IntEnum):
    """The rows of a level."""

    OPEN = 0
    HIGH = 1
    LOW = 2
    CLOSE = 3
    VOLUME = 4


class Pyramid:
    """Level k holds buckets of ``2**k`` candles counted from the first, so that buckets never shift while panning.

    A bucket opens with its first candle, closes with its last and adds up the volume. Levels end at 512 buckets.
    """

    def __init__(self, candles: Candles) -> None:
        _, *prices = candles.columns()
        self._levels = [Columns(np.stack(prices))]
        self._add_levels()

    @property
    def count(self) -> int:
        """How many candles there are."""
        return self._levels[0].count

    @property
    def depth(self) -> int:
        """How many levels there are, the candles themselves included."""
        return len(self._levels)

    def level(self, number: int) -> Block:
        """Level ``number`` as ``(5, n)``, rows as in `Row`; a view."""
        return self._levels[number].values

    def pick(self, bars: float, pixels: float) -> int:
        """The finest level at which ``bars`` candles give at most a bucket a pixel."""
        number = 0
        while bars / (1 << number) > pixels and number + 1 < self.depth:
            number += 1
        return number

    def append(self, candle: Candle) -> None:
        """Add ``candle`` at the end; O(log n)."""
        self._levels[0].append(_column(candle))
        self._mend(grown=True)
        self._add_levels()

    def replace_last(self, candle: Candle) -> None:
        """Put ``candle`` in the place of the last one; O(log n)."""
        self._levels[0].replace_last(_column(candle))
        self._mend(grown=False)

    def extremes(self, start: int, stop: int) -> tuple[float, float, float]:
        """Lowest low, highest high and largest volume of candles ``start`` up to, not with, ``stop``.

        Above 2,048 candles whole buckets are looked at, which is also what is painted then. NaN where there are none.
        """
        start, stop = max(0, start), min(stop, self.count)
        if stop <= start:
            return (np.nan, np.nan, np.nan)
        number = self.pick(stop - start, _SEARCHED)
        part = self.level(number)[:, start >> number : ((stop - 1) >> number) + 1]
        return float(part[Row.LOW].min()), float(part[Row.HIGH].max()), float(part[Row.VOLUME].max())

    def _mend(self, grown: bool) -> None:
        at = self.count - 1
        for finer, coarser in zip(self._levels, self._levels[1:], strict=False):
            pair = finer.values[:, at & ~1 : at + 1]
            at >>= 1
            bucket = _halved(pair)[:, 0]
            if grown and at == coarser.count:
                coarser.append(bucket)
            else:
                coarser.replace_last(bucket)

    def _add_levels(self) -> None:
        while self._levels[-1].count > _TOP:
            self._levels.append(Columns(_halved(self._levels[-1].values)))


def _halved(block: Block) -> Block:
    first, second = block[:, 0::2], block[:, 1::2]
    half = first.copy()
    paired = second.shape[1]
    np.maximum(first[Row.HIGH, :paired], second[Row.HIGH], out=half[Row.HIGH, :paired])
    np.minimum(first[Row.LOW, :paired], second[Row.LOW], out=half[Row.LOW, :paired])
    half[Row.CLOSE, :paired] = second[Row.CLOSE]
    half[Row.VOLUME, :paired] += second[Row.VOLUME]
    return half


def _column(candle: Candle) -> Block:
    return np.array((candle.open, candle.high, candle.low, candle.close, candle.volume))
