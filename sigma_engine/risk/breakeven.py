"""What a trade must overcome and what it may hope for, told as a noun: costs, a coin's chances, the expected edge."""

from array import array
from math import nan

from sigma_engine.domain.decision import BreakEven, CostPart
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Forecast, Signal
from sigma_engine.kernels import edge
from sigma_engine.risk.sizing import Protection


def weigh(signal: Signal, side: PositionSide, protection: Protection, parts: tuple[CostPart, ...]) -> BreakEven:
    """The break-even of a trade on ``side`` with this stop and target at these costs (`kernels.edge.weigh`)."""
    stop, target = protection.stop_distance / signal.price, protection.target_distance / signal.price
    cost = sum(part.fraction for part in parts)
    out = array("d", [nan] * 6)
    edge.weigh(side.sign, stop, target, cost, *_said(signal.forecast, side), out)
    return BreakEven(
        side=side,
        cost=cost,
        parts=parts,
        stop=stop,
        target=target,
        coin=out[edge.COIN],
        needed=out[edge.NEEDED],
        expected=out[edge.EXPECTED],
        expected_error=out[edge.EXPECTED_ERROR],
        edge=out[edge.EDGE],
        edge_error=out[edge.EDGE_ERROR],
    )


_Said = tuple[float, float, float, float, float, float, float, float]


def _said(forecast: Forecast | None, side: PositionSide) -> _Said:
    """What the forecast says of a trade on ``side``: volatility, times, odds and move; NaN without one."""
    if forecast is None:
        return nan, nan, nan, nan, nan, nan, nan, nan
    long = side is PositionSide.LONG
    return (
        forecast.sigma,
        float(forecast.horizon_bars),
        float(forecast.barrier_bars),
        forecast.p_target if long else forecast.p_target_short,
        forecast.p_stop if long else forecast.p_stop_short,
        forecast.p_target_error if long else forecast.p_target_short_error,
        forecast.expected_move,
        forecast.expected_move_error,
    )
