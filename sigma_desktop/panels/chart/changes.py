"""How far each market has moved in a day, from the candles the window has."""

import numpy as np

from sigma_desktop.bridge.state import TerminalState
from sigma_engine import Candles

DAY_MS = 86_400_000


def day_change(state: TerminalState, symbol: str) -> float | None:
    """The last price of ``symbol`` against the one 24 hours before, as a fraction; None while there is no price.

    Where the candles do not reach back so far, against the oldest of them.
    """
    price, candles = state.prices.get(symbol), state.candles.get(symbol)
    if price is None or candles is None:
        return None
    then = _price_at(candles, [(new.open_ms, new.open) for new in state.new_candles.get(symbol, ())], state.market_ms)
    return price / then - 1 if then else None


def _price_at(candles: Candles, newer: list[tuple[int, float]], market_ms: int) -> float | None:
    since = market_ms - DAY_MS
    at = int(np.searchsorted(candles.open_ms, since))
    if at < len(candles):
        return float(candles.open[at])
    return next((price for open_ms, price in newer if open_ms >= since), None)
