"""The odds that a target is touched before a stop, recalibrated by what barriers of the past came to."""

from array import array
from collections.abc import MutableSequence

import cython

from sigma_engine.kernels.barriers import first
from sigma_engine.kernels.recalibration import Recalibration, logistic, logit

if not cython.compiled:
    from math import inf, isnan, log1p, nan

OPEN, TARGET, STOP = range(3)


def above(distance: float, close: float) -> float:
    """The log distance to a level ``distance`` above ``close``; infinite where there is none."""
    return inf if isnan(distance) or distance == inf else log1p(distance / close)


def below(distance: float, close: float) -> float:
    """The log distance to a level ``distance`` below ``close``; infinite where it lies at zero or beyond."""
    return inf if isnan(distance) or distance >= close else -log1p(-distance / close)


class BarrierOdds:
    """P(target first) and P(stop first) within ``bars`` candles, for a long and a short at the same distances.

    Stated by the closed form without drift (quant.md §2.5) and corrected as `Recalibration` learns from trials: every
    ``bars`` candles a long and a short are followed by high and low, a tie counting as the stop, until both ended or
    their time is up.
    """

    def __init__(self, bars: int, span: int, stretches: int) -> None:
        self.bars = bars
        self.trials = 0
        self.began = -1
        self.long_end = self.short_end = 0
        self.rise_to_target = self.fall_to_stop = self.rise_to_stop = self.fall_to_target = nan
        self._stated = array("d", [0.0] * 4)
        self._trial = array("d", [0.0] * 4)
        self._x = array("d", [1.0, 0.0])
        self.target = Recalibration((5.0, 20.0), span, stretches)
        self.stop = Recalibration((5.0, 20.0), span, stretches)

    def follow(self, index: int, high: float, low: float) -> None:
        """Look what candle ``index`` did to the running trial."""
        if self.began < 0 or index <= self.began:
            return
        if index - self.began > self.bars:
            self.began = -1  # its last candle is missing: nobody saw how it ended
            return
        self.long_end = ended(self.long_end, low <= self.fall_to_stop, high >= self.rise_to_target)
        self.short_end = ended(self.short_end, high >= self.rise_to_stop, low <= self.fall_to_target)
        if index - self.began >= self.bars or (self.long_end and self.short_end):
            self._learn(index, self._trial[0], self._trial[1], self.long_end)
            self._learn(index, self._trial[2], self._trial[3], self.short_end)
            self.began = -1
            self.trials += 1

    def _learn(self, index: int, p_target: float, p_stop: float, end: int) -> None:
        if p_target > 0.0:
            self._x[1] = logit(p_target)
            self.target.learn(index, self._x, 0, p_target, 1.0 if end == 1 else 0.0, 1.0)
        self._x[1] = logit(p_stop)
        self.stop.learn(index, self._x, 0, p_stop, 1.0 if end == 2 else 0.0, 1.0)

    def fit(self, index: int) -> None:
        """Let both corrections follow what is remembered at candle ``index``."""
        self.target.fit(index)
        self.stop.fit(index)

    def state(self, close: float, drift: float, sigma: float, stop: float, target: float) -> None:
        """State the odds by the closed form; ``stop`` and ``target`` are price distances, NaN or infinite for none."""
        rise, fall = above(target, close), below(stop, close)
        self._stated[0] = first(rise, fall, drift, sigma, self.bars)
        self._stated[1] = first(fall, rise, -drift, sigma, self.bars)
        rise, fall = above(stop, close), below(target, close)
        self._stated[2] = first(fall, rise, -drift, sigma, self.bars)
        self._stated[3] = first(rise, fall, drift, sigma, self.bars)

    def take(self, long_target: float, long_stop: float, short_target: float, short_stop: float) -> None:
        """State the odds as somebody else simulated them."""
        self._stated[0] = long_target
        self._stated[1] = long_stop
        self._stated[2] = short_target
        self._stated[3] = short_stop

    def quote(self, out: MutableSequence[float], start: int) -> None:
        """Write six figures into ``out[start:]``: target and stop first for a long, for a short, and two errors.

        The stated odds, corrected; the errors belong to the target of the long and of the short.
        """
        out[start + 4] = self._correct(out, start, 0)
        out[start + 5] = self._correct(out, start, 2)

    def _correct(self, out: MutableSequence[float], start: int, k: int) -> float:
        """Write the corrected pair ``k`` and ``k + 1``; the standard error of the target."""
        p_target = self._stated[k]
        p_stop = self._stated[k + 1]
        error = 0.0
        if 0.0 < p_target < 1.0:
            self._x[1] = logit(p_target)
            p_target = logistic(self._x[1] + self.target.shift(self._x, 0))
            error = self.target.error(self._x, 0) * p_target * (1.0 - p_target)
        if 0.0 < p_stop < 1.0:
            self._x[1] = logit(p_stop)
            p_stop = logistic(self._x[1] + self.stop.shift(self._x, 0))
        both = p_target + p_stop
        out[start + k] = p_target / both if both > 1.0 else p_target
        out[start + k + 1] = p_stop / both if both > 1.0 else p_stop
        return error

    def copy(self) -> "BarrierOdds":
        """One in the same state that goes its own way from here."""
        twin = BarrierOdds(self.bars, 1, 1)
        twin.trials, twin.began = self.trials, self.began
        twin.long_end, twin.short_end = self.long_end, self.short_end
        twin.rise_to_target, twin.fall_to_stop = self.rise_to_target, self.fall_to_stop
        twin.rise_to_stop, twin.fall_to_target = self.rise_to_stop, self.fall_to_target
        twin._stated[:] = self._stated
        twin._trial[:] = self._trial
        twin.target, twin.stop = self.target.copy(), self.stop.copy()
        return twin

    def begin(self, index: int, close: float, stop: float, target: float) -> None:
        """Begin a trial at candle ``index`` where none runs, with the odds that were just stated."""
        if self.began >= 0 or not (stop > 0.0 and self._stated[1] > 0.0):
            return
        self.began = index
        self.long_end = self.short_end = 0
        self.rise_to_target = close + target
        self.fall_to_stop = close - stop
        self.rise_to_stop = close + stop
        self.fall_to_target = close - target
        for k in range(4):
            self._trial[k] = self._stated[k]


def ended(end: int, stopped: bool, reached: bool) -> int:
    """How a trial stands after a candle that did the one, the other or both."""
    if end:
        return end
    if stopped:
        return 2
    return 1 if reached else 0
