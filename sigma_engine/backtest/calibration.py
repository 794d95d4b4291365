"""Forecasts over history, scored as if they had been made live: the fold that trades, run over a file."""

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.calibration import CalibrationReport
from sigma_engine.domain.candle import Candles
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.forecast import FIGURES
from sigma_engine.probability import scores
from sigma_engine.probability.forecast import new_fold, scored
from sigma_engine.probability.models import ForecastModel
from sigma_engine.probability.record import COVERAGES, ScoredForecasts
from sigma_engine.probability.report import report
from sigma_engine.strategy.indicator_set import IndicatorSet

LEAST_HISTORY = 300
"""Candles before the first forecast that is scored (quant.md §2.4: before, bands are only shown, greyed)."""

INPUTS = ("mc.drift", "mc.sigma", "zscore(20)", "lr_slope(10)", "atr(14)")
STOP_ATR, TARGET_ATR = 1.5, 3.75
"""The protection whose odds the fold follows beside: that of the fusion presets."""

PROVEN_Z = 2.326
"""An edge over a whole history is called one where chance alone brings it less than 1 time in 100."""

_AT = {name: at for at, name in enumerate(FIGURES)}
_LOW, _HIGH = (np.arange(_AT[name], _AT[name] + len(COVERAGES)) for name in ("low_70", "high_70"))


@dataclass(frozen=True, slots=True)
class HistoryScore:
    """What a model's forecasts over a history came to, and whether P(up) beat what was known without it."""

    model: ForecastModel
    horizon_bars: int
    forecasts: ScoredForecasts
    edge: bool

    def report(self, symbol: str) -> CalibrationReport:
        """The whole history's score for people."""
        return report(
            symbol, self.horizon_bars, self.model.stamp, self.forecasts, self.edge, window=len(self.forecasts)
        )


def score_history(candles: Candles, timeframe: Timeframe, horizon_bars: int, model: ForecastModel) -> HistoryScore:
    """Forecast at every candle of ``candles`` and score those that do not overlap and fell due inside."""
    inputs, figures = _folded(candles, timeframe, horizon_bars, model)
    at = _grid(candles, timeframe, horizon_bars, figures)
    outcome = np.log(candles.close[at + horizon_bars] / candles.close[at])
    found = scored(
        candles.open_ms[at],
        figures[at, _AT["p_up"]],
        outcome,
        np.full(len(at), nan),
        figures[at][:, _LOW],
        figures[at][:, _HIGH],
        inputs[at, 0],
        inputs[at, 1],
        horizon_bars,
    )
    return HistoryScore(model, horizon_bars, found, _proven(found))


def _folded(
    candles: Candles, timeframe: Timeframe, horizon_bars: int, model: ForecastModel
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    block = IndicatorSet(INPUTS, timeframe).run(candles)
    atr = block[:, 4:]
    inputs = np.ascontiguousarray(np.hstack([block[:, :4], STOP_ATR * atr, TARGET_ATR * atr]))
    figures = np.empty((len(candles), len(FIGURES)))
    fold = new_fold(horizon_bars, 2 * horizon_bars, timeframe.interval_ms, model)
    fold.run(candles.open_ms, candles.high, candles.low, candles.close, inputs, figures)
    return inputs, figures


def _grid(candles: Candles, timeframe: Timeframe, horizon_bars: int, figures: NDArray[np.float64]) -> NDArray[np.intp]:
    """Where a forecast of the grid was made that has a known outcome."""
    number = candles.open_ms // timeframe.interval_ms
    at = np.flatnonzero(number % horizon_bars == 0)
    at = at[(at >= LEAST_HISTORY) & (at + horizon_bars < len(candles))]
    known = np.isfinite(figures[at, _AT["sigma"]]) & np.isfinite(figures[at, _AT["p_up_plain"]])
    contiguous = number[at + horizon_bars] == number[at] + horizon_bars
    return np.asarray(at[known & contiguous], np.intp)


def _proven(found: ScoredForecasts) -> bool:
    """Whether P(up) beat both the share of rises known before and a coin (Diebold & Mariano 1995).

    The coin is needed beside the share: a share learned from few outcomes is worse than saying always 50 %.
    """
    return all(_beats(found, rival) for rival in (scores.past_share(found.rose), np.full(len(found), scores.COIN)))


def _beats(found: ScoredForecasts, rival: scores.Figures) -> bool:
    """Whether P(up) came nearer to what happened than ``rival``, beyond what chance brings."""
    rose = found.rose
    gain = (rival - rose) ** 2 - (found.p_up - rose) ** 2
    spread = float(np.std(gain)) if len(gain) > 1 else 0.0
    return bool(spread > 0.0 and np.mean(gain) / spread * sqrt(len(gain)) > PROVEN_Z)
