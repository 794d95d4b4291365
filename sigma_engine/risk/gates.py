"""The three gates of contracts.md §5: edge beyond cost, calibrated probability, Kelly."""

import math
from dataclasses import dataclass

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.decision import Gate
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Forecast, Signal
from sigma_engine.kernels import sizing
from sigma_engine.risk.costs import Costs
from sigma_engine.risk.sizing import Protection

MODERATE_PROBABILITY = 0.55
MISCALIBRATED = "probability gate off: miscalibrated (what was said does not come true; no entry until it does)"
NO_FORECAST = "there is no forecast of this stop and target"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSwitches:
    """Which gates decide; the figures of the others are still shown."""

    edge: bool = False
    probability: bool = False
    kelly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """What a trade is worth by the forecast: edge after costs (fraction of price) and full Kelly."""

    p_target: float
    p_stop: float
    p_side: float
    edge_fraction: float
    kelly_fraction: float
    breakeven_probability: float
    trust: Trust = Trust.TOO_FEW


def weigh_odds(signal: Signal, side: PositionSide, protection: Protection, costs: Costs, samples: int) -> Odds | None:
    """Odds of this stop and target; None without a forecast or a target.

    ``samples`` measured forecasts back the figures.
    """
    if (forecast := signal.forecast) is None or not protection.target_distance + protection.stop_distance > 0:
        return None
    p_target, p_stop = _touches(forecast, side)
    target, stop = protection.target_distance / signal.price, protection.stop_distance / signal.price
    odds = sizing.net_odds(target, stop, costs.round_trip)
    touched = p_target + p_stop
    p_win = p_target / touched if touched > 0 else 0.0
    return Odds(
        p_target=p_target,
        p_stop=p_stop,
        p_side=forecast.p_up if side is PositionSide.LONG else 1 - forecast.p_up,
        edge_fraction=p_target * target - p_stop * stop - costs.round_trip,
        kelly_fraction=sizing.shrunk_kelly(sizing.kelly(p_win, odds), p_win, odds, samples),
        breakeven_probability=(stop + costs.round_trip) / (target + stop),
        trust=forecast.trust,
    )


def _touches(forecast: Forecast, side: PositionSide) -> tuple[float, float]:
    if side is PositionSide.LONG:
        return forecast.p_target, forecast.p_stop
    return forecast.p_target_short, forecast.p_stop_short


def read_gates(odds: Odds | None, costs: Costs, switches: GateSwitches) -> tuple[Gate, ...]:
    """The three gates in order; without a forecast every gate that is on stays shut."""
    if odds is None:
        switched = [("edge", switches.edge), ("probability", switches.probability), ("kelly", switches.kelly)]
        return tuple(Gate(name, on, False, math.nan, math.nan, NO_FORECAST) for name, on in switched)
    return _edge(odds, costs, switches), _probability(odds, switches), _kelly(odds, switches)


def _edge(odds: Odds, costs: Costs, switches: GateSwitches) -> Gate:
    edge_bp, cost_bp = odds.edge_fraction * 1e4, costs.round_trip * 1e4
    reason = (
        f"expected {edge_bp:+.1f} bp a trade after {cost_bp:.0f} bp of costs; "
        f"the target must come first {odds.breakeven_probability:.0%} of the time to break even"
    )
    return Gate("edge", switches.edge, edge_bp > 0, edge_bp, 0.0, reason)


def _probability(odds: Odds, switches: GateSwitches) -> Gate:
    if odds.trust is Trust.RED:
        return Gate("probability", switches.probability, False, odds.p_side, MODERATE_PROBABILITY, MISCALIBRATED)
    passed = odds.p_side >= MODERATE_PROBABILITY
    reason = f"calibrated probability {odds.p_side:.2f}, at least {MODERATE_PROBABILITY:.2f} is asked"
    return Gate("probability", switches.probability, passed, odds.p_side, MODERATE_PROBABILITY, reason)


def _kelly(odds: Odds, switches: GateSwitches) -> Gate:
    reason = f"Kelly says risk {max(odds.kelly_fraction, 0):.2%} of equity (full figure {odds.kelly_fraction:+.3f})"
    return Gate("kelly", switches.kelly, odds.kelly_fraction > 0, odds.kelly_fraction, 0.0, reason)
