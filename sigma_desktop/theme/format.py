"""How figures are written: C locale digits, true minus signs, a dash for what is not known."""

import math
from decimal import Decimal

from sigma_desktop.theme.tokens import minus
from sigma_engine import as_datetime

NOTHING = "\u2013"
Number = Decimal | float | int


def money(amount: Number, signed: bool = False, decimals: int = 2) -> str:
    """``1,284.07``; with ``signed`` ``+1,284.07``; zero never has a sign."""
    return _written(amount, decimals, signed)


def price(value: Number, decimals: int) -> str:
    """A price with the digits its tick needs: ``96,861.0``."""
    return _written(value, decimals, signed=False)


def quantity(value: Number, decimals: int) -> str:
    """A quantity with the digits its step needs: ``0.4200``."""
    return _written(value, decimals, signed=False)


def percent(fraction: Number, decimals: int = 1, signed: bool = False) -> str:
    """``0.0123`` as ``1.2%``."""
    text = _written(fraction * 100, decimals, signed)
    return text if text == NOTHING else f"{text}%"


def depth(fall: float) -> str:
    """A drawdown, 0 to 1, as it stands everywhere: below nothing, with two digits while it is small."""
    return percent(-fall, 2 if 0.00005 <= fall < 0.01 else 1)


def clock_time(at_ms: int) -> str:
    """``HH:MM:SS``, UTC."""
    return f"{as_datetime(at_ms):%H:%M:%S}"


def local_time(at_ms: int) -> str:
    """``HH:MM:SS`` as the clock on the wall shows it."""
    return f"{as_datetime(at_ms).astimezone():%H:%M:%S}"


def day_time(at_ms: int) -> str:
    """``23 Nov 14:05``, UTC."""
    return f"{as_datetime(at_ms):%d %b %H:%M}"


def duration(span_ms: int) -> str:
    """A length of time in its two largest units: ``45 s``, ``12 min``, ``3 h 05``, ``2 d 4 h``."""
    seconds = max(0, span_ms) // 1000
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 1440:
        return f"{minutes // 60} h {minutes % 60:02}"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def _written(value: Number, decimals: int, signed: bool) -> str:
    if not math.isfinite(value):
        return NOTHING
    text = f"{value:,.{decimals}f}"
    if not text.strip("-0,."):
        return text.lstrip("-")
    return minus(f"+{text}" if signed and value > 0 else text)
