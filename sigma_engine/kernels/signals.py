"""From blocks of candles to what a backtest reads of each: indicators, forecast, votes and verdict, piece by piece."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.bank import Bank
from sigma_engine.kernels.evaluator import Evaluator
from sigma_engine.kernels.judgement import Judgement

SIGNAL_FIELDS = (
    "open", "high", "low", "close", "atr", "sigma", "action", "exit_long", "exit_short",
    "p_up", "p_target", "p_stop", "p_target_short", "p_stop_short", "p_target_error", "p_target_short_error",
    "move", "move_error", "trust", "matured",
)  # fmt: skip
"""The columns of a signal row; ``action`` is 1 (buy), -1 (sell) or 0, exits are 1 or 0, undefined is NaN."""


class SignalRun:
    """Reads one symbol's closed candles, given once each, in order, in blocks cut anywhere.

    ``bank`` fills the first columns of ``evaluator``, which completes them; ``judgement`` reads the same columns.
    ``atr`` is the place of ``atr(14)`` among them, ``interval_ms`` the length of a candle. Works on 128 candles at a
    time, so that what one step writes is still in the cache when the next reads it; for one thread at a time.
    """

    def __init__(self, bank: Bank, evaluator: Evaluator, judgement: Judgement, atr: int, interval_ms: int) -> None:
        self.bank, self.evaluator, self.judgement = bank, evaluator, judgement
        self.atr, self.interval_ms = atr, interval_ms
        self.seen = 0

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
        """Take in a block, the GIL released; row i of ``out`` (n, `SIGNAL_FIELDS`) gets the signal of candle i.

        An ``out`` without columns asks for no signals.
        """
        with cython.nogil:
            for first in range(0, open_ms.shape[0], 128):
                n = min(128, open_ms.shape[0] - first)
                self.evaluator.turn()
                self.bank.fill(open_ms, open, high, low, close, volume, first, n, self.evaluator.rows, 1)
                self.evaluator.complete(open_ms, open, high, low, close, volume, first, n)
                if out.shape[1] > 0:
                    self.judgement.look(self.evaluator.rows, 1, n)
                    for i in range(n):
                        self._decide(open_ms[first + i], close[first + i], i, out[first + i])
                        self._copy(open[first + i], high[first + i], low[first + i], close[first + i], out[first + i])
                        self._tell(i, out[first + i])
                self.seen += n

    def _decide(self, open_ms: int, price: float, i: int, out: NDArray[np.float64]) -> None:
        atr = self.evaluator.rows[self.atr, i + 1]
        self.judgement.decide(
            self.evaluator.rows, i, self.evaluator.states[i], self.evaluator.longs[i], self.evaluator.shorts[i],
            open_ms + self.interval_ms, price, atr, self.seen + i + 1,
        )  # fmt: skip
        out[4] = atr
        out[6] = self.judgement.action
        out[7] = 1.0 if self.judgement.exit_long else 0.0
        out[8] = 1.0 if self.judgement.exit_short else 0.0

    def _copy(self, open: float, high: float, low: float, close: float, out: NDArray[np.float64]) -> None:
        out[0] = open
        out[1] = high
        out[2] = low
        out[3] = close

    def _tell(self, i: int, out: NDArray[np.float64]) -> None:
        """What the forecast says of candle ``i`` of the piece."""
        out[5] = self.evaluator.told[0, i]
        for k in range(11):
            out[9 + k] = self.evaluator.told[1 + k, i]
