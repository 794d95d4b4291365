"""The three gates of contracts.md §5: edge beyond cost, calibrated probability, Kelly."""

import math
from dataclasses import dataclass

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.decision import BreakEven, Gate
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Forecast
from sigma_engine.kernels import sizing

STRONG, MODERATE, AVOID = 0.65, 0.55, 0.45
"""Classes of the calibrated P(up), mirrored for shorts (contracts.md §5)."""

PRIOR_SAMPLES = 10.0
"""How many samples the belief in break-even is worth against those measured (quant.md §4)."""

MISCALIBRATED = "probability gate off: miscalibrated (what was said does not come true; no entry until it does)"
TOO_FEW = "not calibrated yet: {matured} forecasts have fallen due, too few to rely on"
NO_FORECAST = "there is no forecast yet"
NO_ODDS = "there is no forecast of this stop and target"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSwitches:
    """Which gates decide; the figures of the others are still shown."""

    edge: bool = False
    probability: bool = False
    kelly: bool = False


def prudent_kelly(breakeven: BreakEven, forecast: Forecast | None) -> float:
    """The fraction of equity that full Kelly would risk, shrunk for what the matured forecasts leave open.

    Negative without an edge, 0 while nothing was measured, NaN where the odds are unknown.
    """
    if forecast is None:
        return math.nan
    odds = sizing.net_odds(breakeven.target, breakeven.stop, breakeven.cost)
    return sizing.prudent_kelly(breakeven.expected, odds, _trials(forecast), PRIOR_SAMPLES)


def _trials(forecast: Forecast) -> int:
    """How many trades of this length the matured forecasts are worth: the odds are those of the barriers' time."""
    return int(forecast.matured * forecast.horizon_bars / forecast.barrier_bars)


def read_gates(
    breakeven: BreakEven, forecast: Forecast | None, kelly: float, kelly_share: float, switches: GateSwitches
) -> tuple[Gate, ...]:
    """The three gates in order; one whose figure is unknown stays shut. ``kelly`` is that of `prudent_kelly`."""
    return (
        _edge(breakeven, switches.edge),
        _probability(forecast, breakeven.side, switches.probability),
        _kelly(kelly, kelly_share, forecast, switches.kelly),
    )


def _edge(breakeven: BreakEven, enabled: bool) -> Gate:
    edge_bp, cost_bp = breakeven.edge * 1e4, breakeven.cost * 1e4
    if math.isnan(edge_bp):
        return Gate("edge", enabled, False, math.nan, 0.0, NO_ODDS)
    error = "" if math.isnan(breakeven.edge_error) else f" ±{breakeven.edge_error * 1e4:.1f}"
    reason = (
        f"expected {edge_bp:+.1f}{error} bp a trade after {cost_bp:.0f} bp of costs; the target comes first "
        f"{breakeven.expected:.1%} of the time, a coin would reach {breakeven.coin:.1%}, "
        f"{breakeven.needed:.1%} are needed to break even"
    )
    return Gate("edge", enabled, edge_bp > 0, edge_bp, 0.0, reason)


def _probability(forecast: Forecast | None, side: PositionSide, enabled: bool) -> Gate:
    if forecast is None:
        return Gate("probability", enabled, False, math.nan, MODERATE, NO_FORECAST)
    favourable = forecast.p_up if side is PositionSide.LONG else 1 - forecast.p_up
    if forecast.trust is Trust.RED:
        return Gate("probability", enabled, False, favourable, MODERATE, MISCALIBRATED)
    if not forecast.calibrated:
        return Gate("probability", enabled, False, favourable, MODERATE, TOO_FEW.format(matured=forecast.matured))
    asked = f"at least {MODERATE:.2f} is asked"
    reason = f"calibrated probability of a {side} {favourable:.2f}: {_class_of(favourable)}, {asked}"
    return Gate("probability", enabled, favourable >= MODERATE, favourable, MODERATE, reason)


def _class_of(favourable: float) -> str:
    if favourable >= STRONG:
        return "strong"
    if favourable >= MODERATE:
        return "moderate"
    return "avoid" if favourable <= AVOID else "no edge"


def _kelly(kelly: float, share: float, forecast: Forecast | None, enabled: bool) -> Gate:
    return Gate("kelly", enabled, kelly > 0, kelly, 0.0, _kelly_words(kelly, share, forecast))


def _kelly_words(kelly: float, share: float, forecast: Forecast | None) -> str:
    if forecast is None or math.isnan(kelly):
        return NO_ODDS
    if kelly == -math.inf:
        return "Kelly risks nothing: the target does not even pay the costs"
    over = f"over the time of {_trials(forecast)} such trades"
    if kelly <= 0:
        return f"Kelly risks nothing: the full figure is {kelly:+.3f} {over}"
    halved = sizing.drawdown_probability(0.5, share)
    return (
        f"Kelly risks {share * kelly:.2%} of equity at most, {share:g} of the full {kelly:.3f} {over}; "
        f"at this share an account is ever halved with a probability of {halved:.1%}"
    )
