"""Moments people type, as UTC milliseconds."""

import pytest

from sigma_engine.command_line.moments import moment_ms
from sigma_engine.errors import InputError

START_MS = 1_748_736_000_000


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [
        ("2025-06-01", START_MS),
        ("2025-06-01T01:00", START_MS + 3_600_000),
        ("2025-06-01T02:00+02:00", START_MS),
        (str(START_MS), START_MS),
        (None, None),
    ],
)
def test_a_moment_is_a_date_a_time_or_milliseconds_in_utc(text: str | None, at_ms: int | None) -> None:
    assert moment_ms("--from", text) == at_ms


@pytest.mark.parametrize("text", ["yesterday", "20250", "2025-13-01", "01.06.2025", ""])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--from"):
        moment_ms("--from", text)
