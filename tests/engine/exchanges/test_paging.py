"""Walking through a venue's pages: whatever it keeps and however little it sends, all of it comes, once, in order."""

from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.exchanges.paging import DAY_MS, Row, Source, collect

HOUR_MS = 3_600_000
START_MS = 20_000 * DAY_MS
SPAN = 24 * 60
"""Hours that are asked for."""


class Pages:
    """A venue that sends at most ``cap`` of what it has, the newest or the oldest, and counts the questions."""

    def __init__(self, hours: set[int], cap: int, newest_first: bool) -> None:
        self.stamps = sorted(START_MS + hour * HOUR_MS for hour in hours)
        self.cap, self.newest_first, self.questions = cap, newest_first, 0

    def page(self, first_ms: int, last_ms: int) -> list[Row]:
        assert first_ms <= last_ms
        return [self._row(stamp) for stamp in self._sent(self.stamps, first_ms, last_ms)]

    def days(self, first_ms: int, last_ms: int) -> list[Row]:
        assert first_ms % DAY_MS == last_ms % DAY_MS == 0
        kept = sorted({stamp - stamp % DAY_MS for stamp in self.stamps})
        return [self._row(stamp) for stamp in self._sent(kept, first_ms, last_ms)]

    def _sent(self, stamps: list[int], first_ms: int, last_ms: int) -> list[int]:
        self.questions += 1
        found = [stamp for stamp in stamps if first_ms <= stamp <= last_ms]
        return found[-self.cap :] if self.newest_first else found[: self.cap]

    def _row(self, stamp: int) -> Row:
        return (float(stamp), 1.0, 1.0, 1.0, 1.0, 1.0)


def walk(
    pages: Pages, per_page: int, newest: Pages | None = None, newest_hours: int = 0
) -> tuple[list[int], list[int]]:
    """Open times found and times told, of all hours of the span."""
    told: list[int] = []
    last_ms = START_MS + (SPAN - 1) * HOUR_MS
    source = Source(
        interval_ms=HOUR_MS,
        page=pages.page,
        per_page=per_page,
        days=pages.days,
        tell=told.append,
        newest=newest and newest.page,
        newest_from_ms=last_ms - newest_hours * HOUR_MS,
    )
    return [int(row[0]) for row in collect(source, START_MS, last_ms)], told


def with_holes(edges: list[int]) -> set[int]:
    """Hours between every other pair of ``edges``."""
    bounds = [*sorted(edges), SPAN] if len(edges) % 2 else sorted(edges)
    return {hour for start, end in zip(bounds[::2], bounds[1::2], strict=True) for hour in range(start, end)}


hours_there = st.lists(st.integers(0, SPAN), max_size=9).map(with_holes)


@given(hours_there, st.integers(1, 200), st.integers(1, 200), st.booleans())
def test_everything_comes_once_and_in_order(hours: set[int], per_page: int, cap: int, newest_first: bool) -> None:
    pages = Pages(hours, cap, newest_first)
    found, told = walk(pages, min(per_page, 5 * cap))
    assert found == pages.stamps
    assert told == sorted(told)


@given(hours_there, st.integers(1, 200), st.integers(1, 400), st.integers(1, 400))
def test_the_newest_at_once_leave_out_nothing_however_few_come(
    hours: set[int], per_page: int, newest_hours: int, cap: int
) -> None:
    pages = Pages(hours, per_page, newest_first=True)
    found, told = walk(pages, per_page, Pages(hours, cap, newest_first=True), newest_hours)
    assert found == pages.stamps
    assert told == sorted(told)


@given(hours_there, st.integers(5, 200))
def test_questions_stay_within_a_bound(hours: set[int], per_page: int) -> None:
    pages = Pages(hours, per_page, newest_first=False)
    walk(pages, per_page)
    assert pages.questions <= 50 + 4 * (SPAN // per_page + 1)


def test_a_page_is_asked_for_within_its_length() -> None:
    asked: list[int] = []
    pages = Pages(set(range(0, SPAN, 3)), 50, newest_first=False)

    def page(first_ms: int, last_ms: int) -> list[Row]:
        asked.append((last_ms - first_ms) // HOUR_MS + 1)
        return pages.page(first_ms, last_ms)

    source = Source(interval_ms=HOUR_MS, page=page, per_page=50, days=pages.days, tell=lambda at_ms: None)
    collect(source, START_MS, START_MS + (SPAN - 1) * HOUR_MS)
    assert max(asked) == 50
