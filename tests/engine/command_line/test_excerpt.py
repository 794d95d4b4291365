"""A span cut out of candle files, with the history a replay takes before it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.command_line.excerpt import excerpt, moment_ms
from sigma_engine.errors import DataError, InputError
from sigma_engine.market.candle_file import read_candle_file
from sigma_engine.market.replay import replay_feed

BAR_MS = 300_000
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


def first_traded_ms(files: tuple[Path, ...]) -> int:
    feed = replay_feed([read_candle_file(file) for file in files])
    (history,) = feed.history().values()
    return int(history.open_ms[-1]) + BAR_MS


@pytest.mark.parametrize(("first", "last"), [(300, 600), (200, 600), (599, 600), (100, 300), (400, 401)])
def test_trading_begins_where_the_span_does(candles: Path, tmp_path: Path, first: int, last: int) -> None:
    cut = excerpt([candles], START_MS + first * BAR_MS, START_MS + last * BAR_MS, tmp_path)
    whole, part = read_candle_file(candles).candles, read_candle_file(cut[0]).candles
    assert part.open_ms[-1] == START_MS + (last - 1) * BAR_MS
    at = int((part.open_ms[0] - START_MS) // BAR_MS)
    assert part.close.tolist() == whole.slice(at, last).close.tolist(), "not a digit changed"
    if last - first > 1:
        assert first_traded_ms(cut) == START_MS + first * BAR_MS


def test_where_the_file_begins_too_late_trading_begins_later(candles: Path, tmp_path: Path) -> None:
    cut = excerpt([candles], START_MS + 30 * BAR_MS, None, tmp_path)
    assert first_traded_ms(cut) == START_MS + 200 * BAR_MS


def test_without_bounds_the_files_are_taken_as_they_are(candles: Path, tmp_path: Path) -> None:
    assert excerpt([candles], None, None, tmp_path) == (candles,)


def test_a_span_outside_the_files_is_refused_with_what_there_is(candles: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the files hold 2025-06-01 00:00 to 2025-06-03 01:55"):
        excerpt([candles], START_MS + 700 * BAR_MS, None, tmp_path)


@given(st.text(max_size=20))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    try:
        moment = moment_ms("--to", text)
    except InputError:
        return
    assert isinstance(moment, int)
