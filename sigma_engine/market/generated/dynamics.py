"""How the demo's market moves from minute to minute: one factor, eight coins' own noise, volatility that clusters.

Levels are counted in standard deviations of a usual minute. A coin's log price is its start plus its minute's sigma
times (weight x factor + own weight x own level). The factor follows the regime's drift and, weakly, returns to its
start (half-life about two days), as do the own levels: a demo that runs for months keeps sane prices. Volatility is
the regime's times a lognormal AR(1), so that large moves come in clusters.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigma_engine.market.generated.coins import COINS, MARKET_WEIGHT, MINUTE_SIGMA, OWN_WEIGHT, START_LOG
from sigma_engine.market.generated.draws import MINUTES, Draws
from sigma_engine.market.generated.regime import MOODS, MarketRegime, following

_HOMING = 2.5e-4
"""Part of the distance to the start that is undone each minute."""
_PERSISTENCE = 0.97
_MARKET_SPREAD = 0.35
"""Stationary standard deviation of the market's log volatility; the coins' own is `_OWN_SPREAD`."""
_OWN_SPREAD = 0.2
_FRESH = math.sqrt(1 - _PERSISTENCE**2)


@dataclass(frozen=True, slots=True)
class MarketState:
    """Where the market stands at the start of an hour; small, and all that the next hour needs besides chance."""

    regime: MarketRegime
    factor: float
    anchor: float
    """The factor's level when the regime began; ranging markets return to it."""
    log_volatility: float
    own_levels: tuple[float, ...]
    own_log_volatilities: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Minutes:
    """An hour of latent closes: log prices and sigmas, minute x coin; ``before`` are the log prices it began at."""

    before: NDArray[np.float64]
    log_close: NDArray[np.float64]
    sigma: NDArray[np.float64]
    after: MarketState


def opening_state() -> MarketState:
    """A ranging market at the coins' starting prices."""
    still = (0.0,) * len(COINS)
    return MarketState(MarketRegime.RANGING, 0.0, 0.0, 0.0, still, still)


def advance(state: MarketState, draws: Draws) -> Minutes:
    """The hour that follows ``state`` under ``draws``."""
    market = _advance_market(state, draws)
    own = _advance_own(state, draws, market.intensity)
    levels = MARKET_WEIGHT * market.factor[:, None] + OWN_WEIGHT * own.levels
    intensity = np.hypot(MARKET_WEIGHT * market.intensity[:, None], OWN_WEIGHT * own.intensity)
    return Minutes(
        before=START_LOG + MINUTE_SIGMA * (MARKET_WEIGHT * state.factor + OWN_WEIGHT * np.array(state.own_levels)),
        log_close=START_LOG + MINUTE_SIGMA * levels,
        sigma=MINUTE_SIGMA * intensity,
        after=MarketState(
            market.regime,
            float(market.factor[-1]),
            market.anchor,
            market.log_volatility,
            tuple(own.levels[-1].tolist()),
            tuple(own.log_volatilities.tolist()),
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _MarketHour:
    factor: NDArray[np.float64]
    intensity: NDArray[np.float64]
    regime: MarketRegime
    anchor: float
    log_volatility: float


@dataclass(frozen=True, slots=True, eq=False)
class _OwnHour:
    levels: NDArray[np.float64]
    intensity: NDArray[np.float64]
    log_volatilities: NDArray[np.float64]


def _advance_market(state: MarketState, draws: Draws) -> _MarketHour:
    regime, factor, anchor, log_volatility = state.regime, state.factor, state.anchor, state.log_volatility
    factors, intensities = np.empty(MINUTES), np.empty(MINUTES)
    for minute in range(MINUTES):
        next_regime = following(regime, draws.leave[minute], draws.choice[minute])
        if next_regime is not regime:
            regime, anchor = next_regime, factor
        mood = MOODS[regime]
        news = float(draws.market_volatility[minute])
        log_volatility = _PERSISTENCE * log_volatility + _FRESH * _MARKET_SPREAD * news
        intensity = mood.volatility * math.exp(log_volatility - _MARKET_SPREAD**2)
        factor += mood.drift * mood.volatility + intensity * float(draws.market_shock[minute])
        factor -= _HOMING * factor + mood.pull * (factor - anchor)
        factors[minute], intensities[minute] = factor, intensity
    return _MarketHour(factors, intensities, regime, anchor, log_volatility)


def _advance_own(state: MarketState, draws: Draws, market_intensity: NDArray[np.float64]) -> _OwnHour:
    level, log_volatility = np.array(state.own_levels), np.array(state.own_log_volatilities)
    levels, intensities = np.empty((MINUTES, len(COINS))), np.empty((MINUTES, len(COINS)))
    for minute in range(MINUTES):
        log_volatility = _PERSISTENCE * log_volatility + _FRESH * _OWN_SPREAD * draws.own_volatility[minute]
        intensities[minute] = market_intensity[minute] * np.exp(log_volatility - _OWN_SPREAD**2)
        level = (1 - _HOMING) * level + intensities[minute] * draws.own_shock[minute]
        levels[minute] = level
    return _OwnHour(levels, intensities, log_volatility)
