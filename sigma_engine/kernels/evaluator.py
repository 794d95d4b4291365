"""From candles' indicators to everything a decision rests on: regime, forecast, votes and scores, by the column."""

from array import array
from collections.abc import Sequence

import cython
import numpy as np
from numpy.typing import NDArray

from sigma_engine.kernels import room
from sigma_engine.kernels.bank import is_sound
from sigma_engine.kernels.distances import distance
from sigma_engine.kernels.forecast import ForecastFold
from sigma_engine.kernels.regime import RegimeVote
from sigma_engine.kernels.scoring import LANES, FusionScore

if not cython.compiled:
    from math import isnan, nan

OTHERS = ("open", "high", "low", "price", "volume", "hour", "weekday", "p_up", "sigma", "cost", "funding", "regime")
"""The columns behind those of the indicators."""

INPUTS = (
    "adx(14)", "er(20)", "lr_slope(10)", "atr(14)", "mc.drift", "mc.sigma", "zscore(20)",
)  # fmt: skip
"""The indicators that regime and forecast read."""

SIGMA, DIRECTION, EVERYTHING = range(3)
"""How much of the forecast is made: the volatility, also P(up), or all of it."""

TOLD = (
    "sigma", "p_up", "p_target", "p_stop", "p_target_short", "p_stop_short", "p_target_error", "p_target_short_error",
    "move", "move_error", "trust", "matured",
)  # fmt: skip
"""The figures of each candle's forecast that ``told`` keeps."""


class Evaluator:
    """Completes columns that the indicators have filled, up to 128 candles at a time.

    ``rows`` is (columns, 129): in front the last candle of the piece before, NaN throughout for none, then those of
    the piece. ``inputs``, ``features`` and ``others`` are the places in it of `INPUTS`, of `strategy.fusion.FEATURES`
    and of `OTHERS`, -1 for what nobody needs; without ``features`` no votes are cast. ``stop`` and ``target`` are
    ``(measure, value)`` of `kernels.distances`. ``cost`` and ``funding`` are fractions, NaN where nobody knows.
    ``depth`` says how much of the forecast is made; what is not made is NaN. After a piece ``states`` and ``score``
    hold regimes and scores of its candles, ``told`` the figures named so, NaN throughout where the forecast has no
    words; ``figures`` are those of the last.
    """

    def __init__(
        self,
        width: int,
        inputs: Sequence[int],
        features: Sequence[int],
        others: Sequence[int],
        stop: tuple[int, float],
        target: tuple[int, float],
        fold: ForecastFold,
        score: FusionScore,
        cost: float = nan,
        funding: float = nan,
        depth: int = EVERYTHING,
    ) -> None:
        self.width = width
        self.fold, self.score, self.regime = fold, score, RegimeVote()
        self.cost, self.funding, self.depth = cost, funding, depth
        self.rows = room.undefined(width, LANES + 1)
        self.told = room.undefined(len(TOLD), LANES)
        self.states = array("i", [2] * LANES)
        self._count = self._sound = 0
        self._votes = len(features) > 0
        self._inputs, self._features, self._others = array("i", inputs), array("i", features or [0]), array("i", others)
        self._chances = array("d", [nan] * LANES)
        self._stop_measure, self._stop_value = stop
        self._target_measure, self._target_value = target
        self._stamp = room.integers(1)
        self._open, self._high, self._low = room.numbers(1), room.numbers(1), room.numbers(1)
        self._close, self._volume = room.numbers(1), room.numbers(1)

    def step(self, open_ms: int, open: float, high: float, low: float, close: float, volume: float) -> None:
        """Complete one closed candle, whose indicators stand in ``rows[:, 1]``; `turn` came before."""
        self._stamp[0] = open_ms
        self._open[0] = open
        self._high[0] = high
        self._low[0] = low
        self._close[0] = close
        self._volume[0] = volume
        self.complete(self._stamp, self._open, self._high, self._low, self._close, self._volume, 0, 1)

    def run(
        self,
        open_ms: NDArray[np.int64],
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        readings: NDArray[np.float64],
        rows: NDArray[np.float64],
    ) -> None:
        """Take in a block with its indicators' ``readings`` (n, ...); ``rows`` (n, width) gets the columns.

        The GIL is released.
        """
        with cython.nogil:
            for first in range(0, rows.shape[0], 128):
                n = min(128, rows.shape[0] - first)
                self.turn()
                for i in range(n):
                    for k in range(readings.shape[1]):
                        self.rows[k, i + 1] = readings[first + i, k]
                self.complete(open_ms, open, high, low, close, volume, first, n)
                for i in range(n):
                    for k in range(self.width):
                        rows[first + i, k] = self.rows[k, i + 1]

    def turn(self) -> None:
        """Make room for the next piece: its last candle goes to the front."""
        if self._count > 0:
            for k in range(self.width):
                self.rows[k, 0] = self.rows[k, self._count]
        self._count = 0

    def complete(
        self,
        open_ms: NDArray[np.int64],
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        first: int,
        n: int,
    ) -> None:
        """Complete ``n`` candles from ``first`` on, whose indicators stand in ``rows[:, 1:]``; `turn` came before."""
        self._count = n
        self._fill(self._others[0], open, first, n)
        self._fill(self._others[1], high, first, n)
        self._fill(self._others[2], low, first, n)
        self._fill(self._others[3], close, first, n)
        self._fill(self._others[4], volume, first, n)
        self._fill_clock(open_ms, first, n)
        self._repeat(self._others[9], self.cost, n)
        self._repeat(self._others[10], self.funding, n)
        if self._inputs[0] >= 0:
            self._vote_on_regime(n)
        self.fold.measure(close, first, n)
        if self.depth == 0:
            self._measure(open, high, low, close, volume, first, n)
        else:
            for i in range(n):
                self._forecast(open_ms[first + i], high[first + i], low[first + i], close[first + i], i)
        if self._votes:
            self.score.weigh(self.rows, self._features, 1, n, self._chances, self.states)

    def copy(self) -> "Evaluator":
        """One in the same state that goes its own way from here: the way to look at a candle that still forms."""
        stop, target = (self._stop_measure, self._stop_value), (self._target_measure, self._target_value)
        score = FusionScore(self.score.weights, self.score.threshold, self.score.margin)
        features = self._features if self._votes else ()
        twin = Evaluator(
            self.width, self._inputs, features, self._others, stop, target, self.fold.copy(), score, self.cost,
            self.funding, self.depth,
        )  # fmt: skip
        twin.regime = self.regime.copy()
        twin._count, twin._sound = self._count, self._sound
        for k in range(self.width):
            for i in range(self._count + 1):
                twin.rows[k, i] = self.rows[k, i]
        return twin

    @property
    def table(self) -> NDArray[np.float64]:
        """`rows`, to be looked at before the next candle comes."""
        return np.asarray(self.rows)

    @property
    def figures(self) -> tuple[float, ...]:
        """What the last forecast said, in the order of `FIGURES`."""
        return tuple(self.fold.said)

    def _fill(self, place: int, values: NDArray[np.float64], first: int, n: int) -> None:
        if place >= 0:
            for i in range(n):
                self.rows[place, i + 1] = values[first + i]

    def _repeat(self, place: int, value: float, n: int) -> None:
        if place >= 0:
            for i in range(n):
                self.rows[place, i + 1] = value

    def _fill_clock(self, open_ms: NDArray[np.int64], first: int, n: int) -> None:
        if self._others[5] >= 0:
            for i in range(n):
                self.rows[self._others[5], i + 1] = open_ms[first + i] // 3_600_000 % 24
        if self._others[6] >= 0:
            for i in range(n):  # the epoch was a Thursday
                self.rows[self._others[6], i + 1] = (open_ms[first + i] // 86_400_000 + 3) % 7

    def _vote_on_regime(self, n: int) -> None:
        for i in range(n):
            atr = self.rows[self._inputs[3], i + 1]
            slope = self.rows[self._inputs[2], i + 1] / atr if atr > 0.0 else nan
            self.states[i] = self.regime.step(
                self.rows[self._inputs[0], i + 1], self.rows[self._inputs[1], i + 1], slope
            )
        if self._others[11] >= 0:
            for i in range(n):
                self.rows[self._others[11], i + 1] = self.states[i]

    def _measure(
        self,
        open: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        first: int,
        n: int,
    ) -> None:
        """The volatility alone; it is told where the plain model speaks too: at sound candles from the 51st on."""
        for i in range(n):
            at = first + i
            sound = not isnan(self.rows[self._inputs[3], i + 1])
            if self._sound < 51:
                sound = is_sound(open[at], high[at], low[at], close[at], volume[at])
                self._sound += 1 if sound else 0
            self.told[0, i] = self.fold.sigmas[i] if sound and self._sound >= 51 else nan
        if self._others[8] >= 0:
            for i in range(n):
                self.rows[self._others[8], i + 1] = self.fold.sigmas[i]

    def _forecast(self, open_ms: int, high: float, low: float, close: float, i: int) -> None:
        """Let the fold take in candle ``i`` of the piece, and keep what it says."""
        at = i + 1
        stop = target = nan
        if self.depth == 2:
            atr = self.rows[self._inputs[3], at]
            stop = distance(self._stop_measure, self._stop_value, close, atr, nan)
            target = distance(self._target_measure, self._target_value, close, atr, stop)
        drift, deviation = self.rows[self._inputs[4], at], self.rows[self._inputs[5], at]
        self.fold.advance(
            i, open_ms, high, low, close, drift, deviation, self.rows[self._inputs[6], at],
            self.rows[self._inputs[2], at], stop, target, self.depth,
        )  # fmt: skip
        self._chances[i] = self.fold.said[1]
        self._tell(i, isnan(drift + deviation))
        if self._others[7] >= 0:  # a probability that lost its calibration is no reading: conditions on it do not hold
            self.rows[self._others[7], at] = nan if self.fold.said[24] == 3.0 else self.fold.said[1]
        if self._others[8] >= 0:
            self.rows[self._others[8], at] = self.fold.said[0]

    def _tell(self, i: int, silent: bool) -> None:
        """Keep what was said, unless the plain model has no words."""
        if silent or isnan(self.fold.said[0]):
            for k in range(12):
                self.told[k, i] = nan
            return
        self.told[0, i] = self.fold.said[0]
        self.told[1, i] = self.fold.said[1]
        if self.depth == 2:
            for k in range(6):
                self.told[2 + k, i] = self.fold.said[15 + k]
            self.told[8, i] = self.fold.said[21]
            self.told[9, i] = self.fold.said[22]
        self.told[10, i] = self.fold.said[24]
        self.told[11, i] = self.fold.said[25]
