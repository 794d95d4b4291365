"""The gate in front of every decision: a candle that cannot be trusted is not decided on."""

import math

from sigma_engine.domain.candle import Candle
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.market.plausible import GREATEST_PRICE, GREATEST_VOLUME, LEAST_PRICE, WIDEST_RANGE


def check(previous_open_ms: int | None, candle: Candle, timeframe: Timeframe) -> str | None:
    """Why ``candle`` must not follow the candle that opened at ``previous_open_ms``, in words; None where it may.

    ``previous_open_ms`` is None for the first candle of a symbol. The order of highs and lows this asks for is also
    what the Garman-Klass variance needs to be defined.
    """
    return _of_values(candle) or _of_time(previous_open_ms, candle.open_ms, timeframe)


def _of_values(candle: Candle) -> str | None:
    for name in ("open", "high", "low", "close", "volume"):
        value = getattr(candle, name)
        if not math.isfinite(value):
            return f"{name} is no finite number"
        if value < 0 or (value == 0 and name != "volume"):
            return f"{name} is {value:g}"
        if value > (GREATEST_VOLUME if name == "volume" else GREATEST_PRICE):
            return f"{name} is {value:g}, more than any market has"
    if candle.high < max(candle.open, candle.close):
        return f"high {candle.high:.12g} is below open or close"
    if candle.low > min(candle.open, candle.close):
        return f"low {candle.low:.12g} is above open or close"
    if candle.low < LEAST_PRICE:
        return f"low is {candle.low:g}, less than any market has"
    if candle.high / WIDEST_RANGE > candle.low:
        return f"high {candle.high:.12g} is more than {WIDEST_RANGE:g} times low {candle.low:.12g}"
    return None


def _of_time(previous_ms: int | None, open_ms: int, timeframe: Timeframe) -> str | None:
    interval_ms = timeframe.interval_ms
    if open_ms % interval_ms:
        return f"it does not open on the {timeframe} grid"
    if previous_ms is None or open_ms == previous_ms + interval_ms:
        return None
    if open_ms == previous_ms:
        return "it was already there"
    if open_ms < previous_ms:
        return "it is older than the one before it"
    missing = (open_ms - previous_ms) // interval_ms - 1
    return f"{missing} {'candle is' if missing == 1 else 'candles are'} missing before it"
