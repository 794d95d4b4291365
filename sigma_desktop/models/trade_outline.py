"""Where a closed trade was to be left: its first stop and its target, worked out from what it came to."""

import json
from collections.abc import Mapping
from typing import Any

from sigma_engine import Trade


def first_stop(trade: Trade, decimals: int) -> float | None:
    """The price of the stop it was entered with; None where it had none or came to exactly nothing.

    Its distance from the entry is what R stands for: profit over R times the quantity.
    """
    if not trade.r:
        return None
    distance = abs(float(trade.pnl) / (trade.r * float(trade.quantity)))
    return round(float(trade.entry_price) - trade.side.sign * distance, decimals)


def target(trade: Trade, document: str, decimals: int) -> float | None:
    """The price of the target by the strategy's ``document``; None where it states none or it cannot be told."""
    spec = json.loads(document)
    stated, stop = spec.get("take_profit") or {}, first_stop(trade, decimals)
    entry, value = float(trade.entry_price), stated.get("value")
    if value is None:
        return None
    if stated.get("type") == "price":
        return round(float(value), decimals)
    distance = _distance(stated, spec.get("stop_loss") or {}, entry, None if stop is None else abs(entry - stop))
    return None if distance is None else round(entry + trade.side.sign * distance, decimals)


def _distance(
    stated: Mapping[str, Any], stop_stated: Mapping[str, Any], entry: float, risk: float | None
) -> float | None:
    kind, value = stated.get("type"), float(stated["value"])
    if kind == "percent":
        return entry * value / 100
    if risk is None:
        return None
    if kind in ("rr", "r"):
        return risk * value
    if kind == "atr" and stop_stated.get("type") == "atr" and stop_stated.get("value"):
        return risk * value / float(stop_stated["value"])
    return None
