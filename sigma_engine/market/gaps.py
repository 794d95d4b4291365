"""Holes in a series: found, and closed or cut before an indicator could see them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.candle import Candles
from sigma_engine.domain.history import Gap
from sigma_engine.domain.timeframe import Timeframe

LONGEST_BRIDGE_MS = 86_400_000
"""A hole of up to a day is bridged; a longer one cuts the series."""


@dataclass(frozen=True, slots=True, eq=False)
class Bridged:
    """A series without a hole, ``filled`` of whose candles were put in, and from which ``cut`` were left out."""

    candles: Candles
    filled: int
    cut: int

    def note(self) -> str:
        """What was done, in words; empty where nothing was."""
        said = f"{self.filled} missing candles filled flat at the close before" if self.filled else ""
        cut = f"{self.cut} candles beyond a gap of more than a day left out" if self.cut else ""
        return "; ".join(part for part in (said, cut) if part)


def find_gaps(open_ms: NDArray[np.int64], timeframe: Timeframe) -> tuple[Gap, ...]:
    """The holes between ascending stamps on the grid."""
    missing = np.diff(open_ms) // timeframe.interval_ms - 1
    at = np.flatnonzero(missing > 0)
    return tuple(Gap(int(open_ms[i]), int(missing[i])) for i in at)


def gap_note(gaps: tuple[Gap, ...]) -> tuple[str, ...]:
    """What `bridge_gaps` will do about ``gaps``, in words; nothing where there are none."""
    if not gaps:
        return ()
    missing = sum(gap.missing for gap in gaps)
    return (
        f"{missing} candles missing in {len(gaps)} gaps: a gap of up to a day is filled with flat candles "
        "without volume, a longer one cuts the series",
    )


def bridge_gaps(candles: Candles, timeframe: Timeframe) -> Bridged:
    """The series as a session or a backtest may see it: one candle at every interval, no silent hole.

    In a hole of up to a day nobody could trade, and exchanges print such minutes the same way: each missing candle
    becomes a flat one at the last close before it, with zero volume, so that positions live through the hole, a
    stop jumped over is filled at the first real open behind it, and every window counts the time that passed. A
    hole of more than a day would be mostly invention: there the series is cut, and the longest unbroken stretch
    (the latest of equals) is kept.

    ``candles`` must ascend strictly on the grid, as `read_candle_file` leaves them.
    """
    stretch = _longest_stretch(candles)
    filled = _filled(stretch, timeframe.interval_ms)
    return Bridged(filled, len(filled) - len(stretch), len(candles) - len(stretch))


def _longest_stretch(candles: Candles) -> Candles:
    cuts = np.flatnonzero(np.diff(candles.open_ms) > LONGEST_BRIDGE_MS) + 1
    edges = [0, *cuts.tolist(), len(candles)]
    length, start = max((stop - start, start) for start, stop in pairwise(edges))
    return candles.slice(start, start + length)


def _filled(candles: Candles, interval_ms: int) -> Candles:
    if len(candles) < 2 or int(candles.open_ms[-1] - candles.open_ms[0]) == (len(candles) - 1) * interval_ms:
        return candles
    stamps = np.arange(int(candles.open_ms[0]), int(candles.open_ms[-1]) + interval_ms, interval_ms, dtype=np.int64)
    source = np.searchsorted(candles.open_ms, stamps, side="right") - 1
    real = candles.open_ms[source] == stamps
    close = candles.close[source]
    open_, high, low = (np.where(real, column[source], close) for column in (candles.open, candles.high, candles.low))
    return Candles(stamps, open_, high, low, close, np.where(real, candles.volume[source], 0.0))
