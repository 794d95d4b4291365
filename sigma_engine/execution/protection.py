"""Where the stop of an open position moves at a close: break-even, then trailing; never away from the price."""

from decimal import Decimal

from sigma_engine.domain.order import ExitReason
from sigma_engine.domain.position import Position
from sigma_engine.kernels import exits
from sigma_engine.risk.arithmetic import Arithmetic

StopMove = tuple[Decimal, ExitReason]


def moved_stop(
    position: Position, arithmetic: Arithmetic, trailing_distance: float | None, breakeven_at_r: float | None
) -> StopMove | None:
    """The new stop and what it is called, or None where it stays.

    ``trailing_distance`` in USDT behind the best price since entry; ``breakeven_at_r`` in initial risks.
    """
    if position.stop is None or position.initial_stop is None:
        return None
    sign, entry, present = position.side.sign, float(position.entry_price), float(position.stop)
    stop, kind = present, position.stop_kind
    if breakeven_at_r is not None:
        risk = abs(entry - float(position.initial_stop))
        if (moved := exits.at_breakeven(sign, stop, entry, position.extreme, risk, breakeven_at_r)) != stop:
            stop, kind = moved, ExitReason.BREAKEVEN
    if trailing_distance is not None:
        trailed = float(arithmetic.price(exits.trailed(sign, stop, position.extreme, trailing_distance)))
        if sign * (trailed - stop) > 0:
            stop, kind = trailed, ExitReason.TRAILING
    return None if stop == present else (arithmetic.price(stop), kind)
