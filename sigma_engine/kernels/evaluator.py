"""From a candle's indicators to everything a decision rests on: regime, forecast, votes, scores; one row a candle."""

from array import array
from collections.abc import MutableSequence, Sequence
from typing import TypeAlias

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels.distances import distance
from sigma_engine.kernels.forecast import FIGURES, ForecastFold
from sigma_engine.kernels.regime import RegimeVote
from sigma_engine.kernels.scoring import FusionScore

if not cython.compiled:
    from math import nan

Numbers: TypeAlias = "MutableSequence[float] | NDArray[np.float64]"

OTHERS = ("open", "high", "low", "price", "volume", "hour", "weekday", "p_up", "sigma", "cost", "funding", "regime")
"""The columns behind those of the indicators."""

INPUTS = (
    "adx(14)", "er(20)", "lr_slope(10)", "atr(14)", "mc.drift", "mc.sigma", "zscore(20)",
)  # fmt: skip
"""The indicators that regime and forecast read."""


class Evaluator:
    """Completes rows whose first columns the indicators have filled, candle by candle and by the block.

    ``inputs`` and ``features`` are the places of `INPUTS` and of `strategy.fusion.FEATURES` in a row. ``stop`` and
    ``target`` are ``(measure, value)`` of `kernels.distances`. ``cost`` and ``funding`` are fractions, NaN where
    nobody knows. After each candle ``figures`` holds the forecast and ``score`` votes and action.
    """

    def __init__(
        self,
        width: int,
        inputs: Sequence[int],
        features: Sequence[int],
        stop: tuple[int, float],
        target: tuple[int, float],
        fold: ForecastFold,
        score: FusionScore,
        cost: float = nan,
        funding: float = nan,
    ) -> None:
        self.width = width
        self.first = width - len(OTHERS)
        self.fold = fold
        self.score = score
        self.regime = RegimeVote()
        self.cost, self.funding = cost, funding
        self._inputs = array("i", inputs)
        self._features = array("i", features)
        self._count = len(features)
        self._gathered = array("d", [nan] * len(features))
        self._stop_measure, self._stop_value = stop
        self._target_measure, self._target_value = target
        self._figures = array("d", [nan] * len(FIGURES))

    def step(
        self,
        open_ms: int,
        open: float,
        high: float,
        low: float,
        close: float,
        volume: float,
        row: Numbers,
    ) -> None:
        """Take in one closed candle whose indicators stand in ``row`` (width,), and complete it."""
        state = self.regime.step(row[self._inputs[0]], row[self._inputs[1]], self._slope_per_atr(row))
        stop = self._stop(row, close)
        self.fold.step(
            open_ms, high, low, close, row[self._inputs[4]], row[self._inputs[5]], row[self._inputs[6]],
            row[self._inputs[2]], stop, self._target(row, close, stop), self._figures,
        )  # fmt: skip
        self._complete(open_ms, open, high, low, close, volume, state, row)

    def run(
        self,
        open_ms: NDArray[np.int64],
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        rows: NDArray[np.float64],
    ) -> None:
        """Take in a block whose indicators stand in ``rows`` (n, width), and complete them; the GIL is released."""
        with cython.nogil:
            for i in range(rows.shape[0]):
                self.step(open_ms[i], open[i], high[i], low[i], close[i], volume[i], rows[i])

    def copy(self) -> "Evaluator":
        """One in the same state that goes its own way from here: the way to look at a candle that still forms."""
        stop, target = (self._stop_measure, self._stop_value), (self._target_measure, self._target_value)
        score = FusionScore(self.score.weights, self.score.threshold, self.score.margin)
        twin = Evaluator(
            self.width, self._inputs, self._features, stop, target, self.fold.copy(), score, self.cost, self.funding
        )
        twin.regime = self.regime.copy()
        return twin

    @property
    def figures(self) -> tuple[float, ...]:
        """What the last forecast said, in the order of `FIGURES`."""
        return tuple(self._figures)

    def _slope_per_atr(self, row: Numbers) -> float:
        atr = row[self._inputs[3]]
        return row[self._inputs[2]] / atr if atr > 0.0 else nan

    def _stop(self, row: Numbers, price: float) -> float:
        return distance(self._stop_measure, self._stop_value, price, row[self._inputs[3]], nan)

    def _target(self, row: Numbers, price: float, stop: float) -> float:
        return distance(self._target_measure, self._target_value, price, row[self._inputs[3]], stop)

    def _complete(
        self,
        open_ms: int,
        open: float,
        high: float,
        low: float,
        close: float,
        volume: float,
        state: int,
        row: Numbers,
    ) -> None:
        at = self.first
        row[at] = open
        row[at + 1] = high
        row[at + 2] = low
        row[at + 3] = close
        row[at + 4] = volume
        row[at + 5] = open_ms // 3_600_000 % 24
        row[at + 6] = (open_ms // 86_400_000 + 3) % 7  # the epoch was a Thursday
        # A probability that lost its calibration is no reading: conditions on it do not hold.
        row[at + 7] = nan if self._figures[24] == 3.0 else self._figures[1]
        row[at + 8] = self._figures[0]
        row[at + 9] = self.cost
        row[at + 10] = self.funding
        row[at + 11] = state
        for k in range(self._count):
            self._gathered[k] = row[self._features[k]]
        self.score.judge(self._gathered, self._figures[1], state)
