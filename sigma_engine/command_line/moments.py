"""Moments as people type them."""

from datetime import UTC, datetime

from sigma_engine.errors import InputError

_SMALLEST_MS = 10**11
"""Bare numbers below this are no milliseconds of any market: 1973."""


def moment_ms(option: str, text: str | None) -> int | None:
    """The UTC milliseconds of ``2025-03-01``, ``2025-03-01T12:00`` or milliseconds themselves."""
    if text is None:
        return None
    if text.isdecimal() and int(text) >= _SMALLEST_MS:
        return int(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text} is no date: write it like 2025-03-01 or 2025-03-01T12:00 (UTC).") from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
