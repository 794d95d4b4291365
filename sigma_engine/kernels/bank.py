"""Many indicators advancing together, each writing the columns somebody asked for."""

from array import array
from collections.abc import Sequence

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.indicator import Indicator


class Bank:
    """Indicators in step; column j reads part ``sources[j][1]`` of indicator ``sources[j][0]``.

    A block is worked through in short stretches, one indicator after the other, so that rows of the result stay in
    the processor's cache; the GIL is released inside.
    """

    def __init__(self, members: Sequence[Indicator], sources: Sequence[tuple[int, int]]) -> None:
        self.members = list(members)
        self.sources = tuple(sources)
        order = sorted(range(len(self.sources)), key=lambda j: self.sources[j])
        owners = [self.sources[j][0] for j in order]
        # Columns grouped by indicator: those of indicator m are at first[m] up to first[m + 1].
        self.first = array("q", [sum(owner < m for owner in owners) for m in range(len(self.members) + 1)])
        self.parts = array("q", [self.sources[j][1] for j in order] or [0])
        self.columns = array("q", order or [0])

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
        """Take in a block of candles; row i of ``out`` (n, columns) gets the readings after candle i."""
        count = out.shape[0]
        for start in range(0, count, 512):
            stop = min(start + 512, count)
            for m in range(len(self.members)):
                member = self.members[m]
                with cython.nogil:
                    low_k = self.first[m]
                    high_k = self.first[m + 1]
                    for i in range(start, stop):
                        member.step(open_ms[i], open[i], high[i], low[i], close[i], volume[i])
                        for k in range(low_k, high_k):
                            out[i, self.columns[k]] = member.part(self.parts[k])

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
        """Take in one closed candle; ``out`` (columns,) gets the readings after it."""
        for m in range(len(self.members)):
            member = self.members[m]
            member.step(open_ms, open, high, low, close, volume)
            for k in range(self.first[m], self.first[m + 1]):
                out[self.columns[k]] = member.part(self.parts[k])

    def __reduce__(self) -> tuple[object, ...]:
        return Bank, (self.members, self.sources)
