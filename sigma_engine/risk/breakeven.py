"""What a trade must overcome and what it may hope for: costs, a coin's chances, the forecast's, the expected edge."""

from dataclasses import dataclass
from math import hypot, inf, isnan, log, nan

from sigma_engine.domain.decision import BreakEven, CostPart
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Forecast, Signal
from sigma_engine.kernels import barriers
from sigma_engine.risk.sizing import Protection


@dataclass(frozen=True, slots=True)
class _Hope:
    """What a forecast adds to a coin's chances: ``gain`` is a fraction of price a trade, before costs."""

    gain: float
    error: float


def weigh(signal: Signal, side: PositionSide, protection: Protection, parts: tuple[CostPart, ...]) -> BreakEven:
    """The break-even of a trade on ``side`` with this stop and target at these costs.

    A trade that is undecided at the barrier's time goes on like a coin, so that a forecast without drift expects
    exactly what a coin does and its edge is exactly the costs.
    """
    stop, target = protection.stop_distance / signal.price, protection.target_distance / signal.price
    cost, width = sum(part.fraction for part in parts), stop + target
    coin = stop / width if width > 0 else nan
    hope = _hope(signal.forecast, side, stop, target) if width > 0 else _Hope(nan, nan)
    return BreakEven(
        side=side,
        cost=cost,
        parts=parts,
        stop=stop,
        target=target,
        coin=coin,
        needed=(stop + cost) / width if width > 0 else nan,
        expected=_probability(coin + hope.gain / width) if width > 0 else nan,
        expected_error=hope.error / width if width > 0 else nan,
        edge=hope.gain - cost,
        edge_error=hope.error,
    )


def _hope(forecast: Forecast | None, side: PositionSide, stop: float, target: float) -> _Hope:
    if forecast is None:
        return _Hope(nan, nan)
    up, down = (_up(target), _down(stop)) if side is PositionSide.LONG else (_down(target), _up(stop))
    odds, drift = _by_odds(forecast, side, up, down, stop + target), _by_drift(forecast, side, up, down)
    return _Hope(odds.gain + drift.gain, hypot(odds.error, drift.error))


def _by_odds(forecast: Forecast, side: PositionSide, near: float, far: float, width: float) -> _Hope:
    """What the odds of target and stop are worth beyond those of a walk without drift in the same time."""
    long = side is PositionSide.LONG
    won = forecast.p_target if long else forecast.p_target_short
    lost = forecast.p_stop if long else forecast.p_stop_short
    error = forecast.p_target_error if long else forecast.p_target_short_error
    coin_won = barriers.first(near, far, 0.0, forecast.sigma, forecast.barrier_bars)
    coin_lost = barriers.first(far, near, 0.0, forecast.sigma, forecast.barrier_bars)
    if not (touched := coin_won + coin_lost) > 0:
        return _Hope(nan if isnan(touched) else 0.0, error * width)
    return _Hope((won * (coin_lost / touched) - lost * (coin_won / touched)) * width, error * width)


def _by_drift(forecast: Forecast, side: PositionSide, near: float, far: float) -> _Hope:
    """What the expected move is worth: it was measured over the horizon, and acts only while the trade is open."""
    if forecast.expected_move == 0.0 and isnan(forecast.expected_move_error):
        return _Hope(0.0, 0.0)
    bars = barriers.mean_time(near, far, forecast.sigma, forecast.horizon_bars)
    share = bars / forecast.horizon_bars if forecast.horizon_bars > 0 else 0.0
    return _Hope(side.sign * forecast.expected_move * share, forecast.expected_move_error * share)


def _probability(value: float) -> float:
    return value if isnan(value) else min(max(value, 0.0), 1.0)


def _up(fraction: float) -> float:
    """The log distance to a level ``fraction`` of the price above it."""
    return log(1.0 + fraction)


def _down(fraction: float) -> float:
    """The log distance to a level ``fraction`` of the price below it; infinite where it lies at zero or beyond."""
    return inf if fraction >= 1.0 else -log(1.0 - fraction)
