"""Positions walked through a block of candles: in by the scores, out by the exits, one at a time (contracts.md §4).

Prices only; fills, costs and money are not counted here.
"""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.exits import at_open, extended, inside, trailed

if not cython.compiled:
    from math import nan


class Walk:
    """One position at a time, held over from block to block.

    Stop, target and trailing distance are multiples of the ATR of the candle that was decided on; NaN where there is
    none. ``sign`` is 1 while long, -1 while short, 0 while flat.
    """

    def __init__(self, stop: float, target: float, trailing: float) -> None:
        self.stop_ranges = stop
        self.target_ranges = target
        self.trailing_ranges = trailing
        self.sign = 0
        self.wanted = 0
        self.stop = self.target = self.extreme = self.distance = self.range = nan

    def run(
        self,
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        atr: NDArray[np.float64],
        actions: NDArray[np.int32],
        endings: NDArray[np.int32],
    ) -> None:
        """Walk through a block, the GIL released; ``endings`` (n,) gets what ended a position in each candle.

        Endings are those of `exits.Ending`. An action of candle i is filled at the open of candle i + 1 if there is no
        position then; stop and target act from that candle on, the trailing stop moves at its close.
        """
        with cython.nogil:
            for i in range(open.shape[0]):
                ending = 0
                if self.sign != 0:
                    ending = at_open(self.sign, open[i], self.stop, self.target, nan)
                elif self.wanted != 0:
                    self._enter(open[i])
                if self.sign != 0 and ending == 0:
                    ending = inside(self.sign, high[i], low[i], self.stop, self.target, nan)
                if ending != 0:
                    self.sign = 0
                elif self.sign != 0:
                    self.extreme = extended(self.sign, self.extreme, high[i], low[i])
                    self.stop = trailed(self.sign, self.stop, self.extreme, self.distance)
                self.wanted = actions[i] if atr[i] > 0.0 else 0
                self.range = atr[i]
                endings[i] = ending

    def _enter(self, price: float) -> None:
        self.sign = self.wanted
        self.extreme = price
        self.stop = price - self.sign * self.stop_ranges * self.range
        self.target = price + self.sign * self.target_ranges * self.range
        self.distance = self.trailing_ranges * self.range
