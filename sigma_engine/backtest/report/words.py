"""How figures are written in a report: digits in threes, true minus signs, a dash for what is not defined."""

from datetime import UTC, datetime
from decimal import Decimal

from sigma_engine.domain.metrics import MetricInfo

NOTHING = "–"
Number = Decimal | float | int


def number(value: Number | None, digits: int = 2, signed: bool = False) -> str:
    """``1,284.07``; with ``signed`` ``+1,284.07``; zero never has a sign."""
    if value is None:
        return NOTHING
    text = f"{value:,.{digits}f}"
    if not text.strip("-0,."):
        return text.lstrip("-")
    return (f"+{text}" if signed and value > 0 else text).replace("-", "−")


def percent(value: Number | None, digits: int = 1, signed: bool = False) -> str:
    """``12.3 %`` of 12.3."""
    return NOTHING if value is None else f"{number(value, digits, signed)} %"


def probability(share: float | None) -> str:
    """A share of 1 as ``97.3 %``; certainty is never claimed."""
    if share is None:
        return NOTHING
    return "> 99.9 %" if share > 0.999 else "< 0.1 %" if 0 < share < 0.001 else percent(100 * share)


def plain(value: Decimal) -> str:
    """All digits of an exact number, without an exponent or zeros that say nothing."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def figure(info: MetricInfo, value: float | int | None) -> tuple[str, str]:
    """A metric's figure and its unit."""
    if value is None:
        return NOTHING, ""
    if info.unit == "min":
        return duration(float(value)), ""
    return number(value, info.digits, signed=info.name.endswith("return_pct")), info.unit


def duration(minutes: float) -> str:
    """A length of time in its two largest units: ``45 min``, ``3 h 05``, ``2 d 4 h``."""
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    if whole < 1440:
        return f"{whole // 60} h {whole % 60:02}"
    return f"{whole // 1440} d {whole % 1440 // 60} h"


def moment(at_ms: int) -> str:
    """``2025-03-01 14:05``, UTC."""
    return f"{at(at_ms):%Y-%m-%d %H:%M}"


def day(at_ms: int) -> str:
    """``1 Mar 2025``, UTC."""
    return f"{at(at_ms).day} {at(at_ms):%b %Y}"


def at(at_ms: int) -> datetime:
    """The moment, UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def sign_class(value: Number | None) -> str | None:
    """The class that colours a gain or a loss."""
    return None if not value else "up" if value > 0 else "down"
