"""What the next bars may bring: one symbol's forecast as a pure fold over its closed candles (contracts.md §6)."""

from dataclasses import dataclass
from functools import cache
from math import exp, inf, isnan, log, nan, sqrt

from sigma_engine.domain.candle import Candle, Candles
from sigma_engine.domain.signal import Forecast
from sigma_engine.kernels import barriers, normal, paths
from sigma_engine.kernels.paths import PATHS, PathBank
from sigma_engine.kernels.volatility import BlendedVolatility
from sigma_engine.probability.record import COVERAGES

MODEL = "ewma"
NO_SKILL = 0.5
"""The calibrated P(up) while no edge has been measured."""

_BAND_WIDTHS = tuple((coverage, normal.quantile(0.5 + 0.5 * coverage)) for coverage in COVERAGES)


@dataclass(frozen=True, slots=True)
class Drift:
    """The plain model's parameters: mean and standard deviation of the last 50 log returns, NaN while undefined."""

    mean: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Protection:
    """The strategy's stop and target as distances in USDT; the target may be NaN or infinite: there is none."""

    stop: float
    target: float


@cache
def _bank(bars: int) -> PathBank:
    """The path bank of a horizon, built once for all symbols."""
    return PathBank(bars)


class Forecaster:
    """Forecasts one symbol, candle by candle; holds nothing but the volatility and the last close.

    Zero drift and the blended volatility make the bands and the odds of stop and target; the plain model (GBM with
    the drift of the last 50 returns) is computed beside it and never trusted. ``p_up`` stays .5 and uncalibrated
    until an edge has been measured.
    """

    def __init__(self, horizon_bars: int, barrier_bars: int) -> None:
        self._horizon = horizon_bars
        self._barrier = barrier_bars
        self._volatility = BlendedVolatility()
        self._close = nan

    def warm_up(self, candles: Candles) -> None:
        """Fold a block of closed candles in, without forecasting."""
        for close in candles.close.tolist():
            self._volatility.update(self._log_return(close))
            self._close = close

    def update(self, candle: Candle, drift: Drift, protection: Protection) -> Forecast | None:
        """Take in a closed candle; the forecast from its close, or None until 50 returns are known."""
        sigma = self._volatility.update(self._log_return(candle.close))
        self._close = candle.close
        return self._forecast(candle.close, sigma, drift, protection)

    def preview(self, candle: Candle, drift: Drift, protection: Protection) -> Forecast | None:
        """The forecast if the forming candle closed now; the state stays as it is."""
        sigma = self._volatility.after(self._log_return(candle.close))
        return self._forecast(candle.close, sigma, drift, protection)

    def copy(self) -> "Forecaster":
        """A forecaster in the same state that goes its own way from here."""
        twin = Forecaster(self._horizon, self._barrier)
        twin._volatility, twin._close = self._volatility.copy(), self._close
        return twin

    def _log_return(self, close: float) -> float:
        return log(close / self._close) if close > 0 and self._close > 0 else nan

    def _forecast(self, close: float, sigma: float, drift: Drift, protection: Protection) -> Forecast | None:
        if isnan(sigma) or isnan(drift.mean) or isnan(drift.sigma) or not close > 0:
            return None
        bank = _bank(self._horizon)
        below, above = _down(protection.stop / close), _up(protection.target / close)
        stop_above, target_below = _up(protection.stop / close), _down(protection.target / close)
        return Forecast(
            model=MODEL,
            horizon_bars=self._horizon,
            sigma=sigma,
            p_up=NO_SKILL,
            p_up_plain=paths.p_up(drift.mean, drift.sigma, self._horizon),
            p_target=self._first(above, below, sigma),
            p_stop=self._first(below, above, sigma),
            p_target_short=self._first(target_below, stop_above, sigma),
            p_stop_short=self._first(stop_above, target_below, sigma),
            bands=bands(close, sigma, self._horizon),
            paths=PATHS,
            p_up_paths=bank.p_up(drift.mean, drift.sigma),
            standard_error=bank.p_up_error(drift.mean, drift.sigma),
            calibrated=False,
        )

    def _first(self, near: float, far: float, sigma: float) -> float:
        return barriers.first(near, far, 0.0, sigma, self._barrier)


def bands(close: float, sigma: float, horizon_bars: int) -> tuple[tuple[float, float, float], ...]:
    """``(coverage, low, high)`` prices of a driftless normal walk over ``horizon_bars`` from ``close``."""
    spread = sigma * sqrt(horizon_bars)
    return tuple(
        (coverage, close * exp(-width * spread), close * exp(width * spread)) for coverage, width in _BAND_WIDTHS
    )


def _up(fraction: float) -> float:
    """The log distance to a level ``fraction`` of the price above it; infinite where there is none."""
    return inf if isnan(fraction) or fraction == inf else log(1.0 + fraction)


def _down(fraction: float) -> float:
    """The log distance to a level ``fraction`` of the price below it; infinite where it lies at zero or beyond."""
    return inf if isnan(fraction) or fraction >= 1.0 else -log(1.0 - fraction)
