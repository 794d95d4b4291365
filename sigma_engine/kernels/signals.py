"""From blocks of candles to what a backtest reads of each: indicators, forecast, votes and verdict, piece by piece."""

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.bank import Bank
from sigma_engine.kernels.evaluator import Evaluator
from sigma_engine.kernels.judgement import Judgement

if not cython.compiled:
    from math import nan

SIGNAL_FIELDS = (
    "open", "high", "low", "close", "atr", "sigma", "action", "exit_long", "exit_short",
    "p_up", "p_target", "p_stop", "p_target_short", "p_stop_short", "p_target_error", "p_target_short_error",
    "move", "move_error", "trust", "matured",
)  # fmt: skip
"""The columns of a signal row; ``action`` is 1 (buy), -1 (sell) or 0, exits are 1 or 0, undefined is NaN."""

WITHOUT_FORECAST = 9
"""How many of them, the first, are all that a strategy without gates is traded by."""


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

        An ``out`` of fewer columns gets the first of them, one without columns asks for no signals.
        """
        with cython.nogil:
            for first in range(0, open_ms.shape[0], 128):
                n = min(128, open_ms.shape[0] - first)
                self.evaluator.turn()
                self.bank.fill(open_ms, open, high, low, close, volume, first, n, self.evaluator.rows, 1)
                self.evaluator.complete(open_ms, open, high, low, close, volume, first, n)
                if out.shape[1] > 0:
                    self._judge(open_ms, close, first, n)
                    self._write(open, high, low, close, first, n, out)
                self.seen += n

    def _judge(self, open_ms: NDArray[np.int64], close: NDArray[np.float64], first: int, n: int) -> None:
        self.judgement.look(
            self.evaluator.rows, 1, n, self.evaluator.states, self.evaluator.score.longs,
            self.evaluator.score.shorts, self.seen,
        )  # fmt: skip
        for i in range(n):
            if self.judgement.wishes[i] != 0.0:
                self.judgement.permit(
                    self.evaluator.rows, i, self.evaluator.states[i], open_ms[first + i] + self.interval_ms,
                    close[first + i], self.evaluator.rows[self.atr, i + 1],
                )  # fmt: skip

    def _write(
        self,
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        first: int,
        n: int,
        out: NDArray[np.float64],
    ) -> None:
        """Put the piece into its rows."""
        for i in range(n):
            at = first + i
            out[at, 0] = open[at]
            out[at, 1] = high[at]
            out[at, 2] = low[at]
            out[at, 3] = close[at]
            out[at, 4] = self.evaluator.rows[self.atr, i + 1]
            out[at, 5] = self.evaluator.told[0, i]
            out[at, 6] = self.judgement.actions[i]
            out[at, 7] = self.judgement.long_ends[i]
            out[at, 8] = self.judgement.short_ends[i]
            if self.evaluator.depth > 0:
                for k in range(out.shape[1] - 9):
                    out[at, 9 + k] = self.evaluator.told[1 + k, i]
            else:
                for k in range(out.shape[1] - 9):
                    out[at, 9 + k] = nan
