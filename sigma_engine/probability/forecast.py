"""Forecasts as nouns: the kernel's figures on one candle, and its record of what they came to."""

from collections.abc import Sequence
from functools import cache
from math import exp, isnan

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.signal import Forecast
from sigma_engine.kernels.forecast import FIGURES, ForecastFold
from sigma_engine.kernels.paths import PATHS, PathBank
from sigma_engine.probability.models import ForecastModel

COVERAGES = (0.70, 0.90, 0.95)
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
