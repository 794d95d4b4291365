"""Forecasts as nouns: the kernel's figures on one candle, and its record of what they came to."""

from collections.abc import Sequence
from functools import cache
from math import exp, isnan, sqrt

import numpy as np
from numpy.typing import NDArray

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.signal import Forecast
from sigma_engine.kernels import normal, paths
from sigma_engine.kernels.forecast import FIGURES, ForecastFold
from sigma_engine.kernels.paths import PATHS, PathBank
from sigma_engine.kernels.scoreboard import COLUMNS
from sigma_engine.probability.models import ForecastModel
from sigma_engine.probability.record import COVERAGES, ScoredForecasts
from sigma_engine.probability.scores import Figures

NO_SKILL = 0.5
"""The calibrated P(up) while no edge has been measured."""

SIGMA_ERROR = 0.0897
"""Standard error of the blended volatility over itself, on normal returns: half the root of 2 sum w^2, with the
weights w of both averages."""

LEAST_MATURED = 100
"""Outcomes before which a probability is not called calibrated (quant.md §3)."""

TRUST = (Trust.TOO_FEW, Trust.GREEN, Trust.AMBER, Trust.RED)

_AT = {name: at for at, name in enumerate(FIGURES)}
_LOW, _HIGH, _ERROR = (_AT[name] for name in ("low_70", "high_70", "error_70"))


@cache
def _bank(bars: int) -> PathBank:
    """The path bank of a horizon, built once for all symbols."""
    return PathBank(bars)


def new_fold(horizon_bars: int, barrier_bars: int, interval_ms: int, model: ForecastModel) -> ForecastFold:
    """A fold that has seen nothing yet."""
    return ForecastFold(horizon_bars, barrier_bars, interval_ms, model.code, _bank(horizon_bars))


def as_forecast(
    figures: Sequence[float], close: float, horizon_bars: int, barrier_bars: int, model: ForecastModel
) -> Forecast | None:
    """The noun of ``figures`` (in the order of `kernels.forecast.FIGURES`), or None while the volatility is unknown."""
    said = dict(zip(FIGURES, figures, strict=True))
    if isnan(said["sigma"]) or isnan(said["p_up_plain"]):
        return None
    return Forecast(
        model=model.stamp,
        horizon_bars=horizon_bars,
        barrier_bars=barrier_bars,
        sigma=said["sigma"],
        sigma_error=SIGMA_ERROR * said["sigma"],
        p_up=said["p_up"],
        p_up_error=said["p_up_error"],
        p_up_plain=said["p_up_plain"],
        p_target=said["p_target"],
        p_stop=said["p_stop"],
        p_target_short=said["p_target_short"],
        p_stop_short=said["p_stop_short"],
        p_target_error=said["p_target_error"],
        p_target_short_error=said["p_target_short_error"],
        expected_move=said["move"],
        expected_move_error=said["move_error"],
        bands=tuple(
            (coverage, close * exp(figures[_LOW + k]), close * exp(figures[_HIGH + k]))
            for k, coverage in enumerate(COVERAGES)
        ),
        band_errors=tuple(close * figures[_ERROR + k] for k in range(len(COVERAGES))),
        paths=PATHS,
        p_up_paths=said["p_up_paths"],
        standard_error=said["paths_error"],
        calibrated=said["matured"] >= LEAST_MATURED,
        matured=int(said["matured"]),
        trust=TRUST[int(said["trust"])],
    )


_WIDTHS = np.array([normal.quantile(0.5 + 0.5 * coverage) for coverage in COVERAGES])


def scored_forecasts(fold: ForecastFold) -> ScoredForecasts:
    """What the fold's last thousand forecasts of the grid said and what came of them, beside the plain model."""
    kept = dict(zip(COLUMNS, fold.board.rows().T, strict=True))
    return scored(
        kept["made_ms"].astype(np.int64),
        kept["p_up"],
        kept["outcome"],
        kept["place"],
        np.column_stack([kept["low_70"], kept["low_90"], kept["low_95"]]),
        np.column_stack([kept["high_70"], kept["high_90"], kept["high_95"]]),
        kept["drift"],
        kept["deviation"],
        fold.horizon,
    )


def scored(
    made_ms: NDArray[np.int64],
    p_up: Figures,
    outcome: Figures,
    place: Figures,
    low: Figures,
    high: Figures,
    drift: Figures,
    deviation: Figures,
    horizon_bars: int,
) -> ScoredForecasts:
    """The record of matured forecasts; ``drift`` and ``deviation`` of one log return make the plain model's beside."""
    middle, spread = drift * horizon_bars, deviation * sqrt(horizon_bars)
    return ScoredForecasts(
        made_ms=made_ms,
        p_up=p_up,
        p_base=np.array([paths.p_up(*each, horizon_bars) for each in zip(drift, deviation, strict=True)]),
        outcome=outcome,
        place=place,
        low=low,
        high=high,
        base_low=middle[:, None] - spread[:, None] * _WIDTHS,
        base_high=middle[:, None] + spread[:, None] * _WIDTHS,
        live=np.zeros(len(made_ms), np.bool_),
    )
