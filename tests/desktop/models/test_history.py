"""Kept candles: what is there is drawn, what is missing is seen and counted."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.models import history
from sigma_engine import Coverage, Gap, Timeframe
from tests.desktop.laboratories import BEGIN_MS, DAY_MS, ETH_GAP, KEPT, coverage
from tests.desktop.market import BTC, ETH, SOL

FIVE_MS = Timeframe.M5.interval_ms


@st.composite
def series(draw: st.DrawFn) -> tuple[Coverage, list[int]]:
    """A series with random holes, and the open times that are there."""
    length = draw(st.integers(1, 60))
    inner = st.booleans() if length > 2 else st.just(True)
    there = [True, *draw(st.lists(inner, min_size=max(0, length - 2), max_size=max(0, length - 2))), True][:length]
    times = [BEGIN_MS + at * FIVE_MS for at, is_there in enumerate(there) if is_there]
    gaps = [
        Gap(before, (after - before) // FIVE_MS - 1) for before, after in pairwise(times) if after - before > FIVE_MS
    ]
    sample = KEPT[0].series
    kept = Coverage(series=sample, candles=len(times), first_ms=times[0], last_ms=times[-1], gaps=tuple(gaps))
    return kept, times


@given(series(), st.integers(-3, 63), st.integers(0, 63))
def test_candles_in_a_range_are_counted_as_they_lie(
    given_: tuple[Coverage, list[int]], first: int, length: int
) -> None:
    kept, times = given_
    begin = BEGIN_MS + first * FIVE_MS + 1_000
    end = begin + length * FIVE_MS
    assert history.candles_within(kept, (begin, end)) == sum(begin <= at < end for at in times)


@given(series())
def test_the_unbroken_stretches_hold_every_candle_once(given_: tuple[Coverage, list[int]]) -> None:
    kept, times = given_
    found = [at for first, last in history.stretches(kept) for at in range(first, last, FIVE_MS)]
    assert found == times
    assert history.candles_within(kept, (kept.first_ms, history.end_ms(kept))) == kept.candles


@given(series())
def test_a_bar_fills_what_is_there_and_nothing_else(given_: tuple[Coverage, list[int]]) -> None:
    kept, times = given_
    parts = history.spans(kept, (kept.first_ms, history.end_ms(kept)))
    filled = sum(last - first for first, last in parts)
    assert abs(filled - len(times) * FIVE_MS / (history.end_ms(kept) - kept.first_ms)) < 1e-9


def test_of_very_many_holes_only_the_widest_are_told_apart() -> None:
    holes = tuple(Gap(BEGIN_MS + at * 2 * FIVE_MS, 1) for at in range(5_000))
    kept = coverage(BTC, Timeframe.M5, 102, *holes, Gap(BEGIN_MS + 80 * DAY_MS, 288 * 5))
    assert 1 < len(history.spans(kept, (kept.first_ms, history.end_ms(kept)))) <= 401


def test_gaps_in_a_range_are_those_that_reach_into_it() -> None:
    eth = KEPT[1]
    hole = ETH_GAP.after_ms + FIVE_MS
    assert history.gaps_within(eth, (hole + 35 * FIVE_MS, hole + 40 * FIVE_MS)) == (ETH_GAP,)
    assert history.gaps_within(eth, (hole + 36 * FIVE_MS, hole + 40 * FIVE_MS)) == ()
    assert history.gaps_within(eth, (BEGIN_MS, hole)) == ()


def test_series_are_found_by_source_and_candle() -> None:
    assert history.sources(KEPT) == {"import": "Imported files", "binance": "Binance"}
    assert history.timeframes(KEPT, "binance") == [Timeframe.M1, Timeframe.M5]
    assert list(history.of(KEPT, "binance", Timeframe.M5)) == [BTC, ETH, SOL]
    assert history.whole_of(()) is None


def test_sources_have_names_people_know_and_the_demo_comes_last() -> None:
    demo = coverage(BTC, Timeframe.M1, 900, source="demo-7-29000-v3")
    assert list(history.sources((demo, *KEPT)).values()) == ["Imported files", "Binance", "Demo market"]


def test_several_demo_markets_are_told_apart_by_when_they_begin() -> None:
    kept = [coverage(BTC, Timeframe.M1, 3, source=f"demo-{seed}-29000-v3", skip=seed) for seed in (0, 31)]
    assert list(history.sources(kept).values()) == ["Demo market from 1 Jan 2025", "Demo market from 1 Feb 2025"]


def test_holes_are_told_by_when_and_how_many() -> None:
    assert history.gap_words(ETH_GAP, Timeframe.M5) == "10 Feb 2025 00:05: 36 candles (3 h 00)"
    assert history.missing_words(1, 1) == "1 candle is missing in 1 gap"


def test_a_row_says_what_is_missing_and_draws_it() -> None:
    (row,) = [row for row in history.rows(KEPT) if row.coverage is KEPT[1]]
    cells = {column.title: column.cell(row) for column in history.COLUMNS}
    assert cells["Missing"].text == "36 in 1"
    assert len(cells["Coverage"].spans) == 2
    assert "36 candles are missing in 1 gap." in history.tell(row)
