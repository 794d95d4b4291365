"""Every row of a span, from servers that give pages in any order they like."""

import asyncio
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.exchanges.weex_reading import Unreadable
from sigma_engine.exchanges.windows import Page, everything, spans

LIMIT = 10
Row = tuple[int, int]


class Server:
    """Rows (id, time); gives ``LIMIT`` of a span at most, by its ``habit``, the ends in or out."""

    def __init__(self, rows: list[Row], habit: str, first_in: bool, last_in: bool) -> None:
        self.rows, self.habit, self.first_in, self.last_in = rows, habit, first_in, last_in
        self.asked = 0

    async def page(self, since_ms: int, until_ms: int | None) -> Page[Row]:
        self.asked += 1
        rows = [row for row in self.rows if self._within(row[1], since_ms, until_ms)]
        if self.habit == "newest first":
            rows = sorted(rows, key=lambda row: -row[1])
        elif self.habit == "oldest first":
            rows = sorted(rows, key=lambda row: row[1])
        else:
            random.Random(7).shuffle(rows)
        page = rows[:LIMIT]
        return Page(page, len(page) >= LIMIT)

    def _within(self, at_ms: int, since_ms: int, until_ms: int | None) -> bool:
        after = since_ms <= at_ms if self.first_in else since_ms < at_ms
        return after and (until_ms is None or (at_ms <= until_ms if self.last_in else at_ms < until_ms))


HABITS = st.sampled_from(["newest first", "oldest first", "no order"])


@given(st.lists(st.integers(100, 5_000), max_size=120), HABITS, st.booleans(), st.booleans(), st.integers(50, 100))
def test_nothing_is_missed_and_nothing_comes_twice(
    times: list[int], habit: str, first_in: bool, last_in: bool, since_ms: int
) -> None:
    # Rows of one instant are few enough for a page, as executions are.
    rows = [(place, at_ms * 10 + place % 10) for place, at_ms in enumerate(times)]
    crowded = max((sum(abs(one - other) <= 4 for _, other in rows) for _, one in rows), default=0)
    server = Server(rows, habit, first_in, last_in)
    pieces = spans(since_ms, 60_000, 10_000)
    if crowded >= LIMIT:
        return
    found = asyncio.run(everything(server.page, pieces, lambda row: row[1], lambda row: row[0]))
    wanted = {row for row in rows if since_ms <= row[1]}
    assert wanted <= set(found)
    assert len(found) == len(set(found))


def test_more_in_one_instant_than_a_page_is_said_and_never_half_read() -> None:
    server = Server([(place, 500) for place in range(11)], "newest first", True, True)
    with pytest.raises(Unreadable):
        asyncio.run(everything(server.page, spans(0, 1_000, 10_000), lambda row: row[1], lambda row: row[0]))


def test_a_short_answer_costs_one_question() -> None:
    server = Server([(1, 500)], "newest first", True, True)
    asyncio.run(everything(server.page, spans(0, 1_000, 10_000), lambda row: row[1], lambda row: row[0]))
    assert server.asked == 1


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(2, 10**5))
def test_the_pieces_cover_the_span_and_their_ends_twice(since_ms: int, length_ms: int, longest_ms: int) -> None:
    if length_ms // (longest_ms - 1) > 1_000:
        return
    pieces = list(spans(since_ms, since_ms + length_ms, longest_ms))
    assert pieces[0][0] == since_ms - 1
    assert pieces[-1][1] is None
    for (begins_ms, ends_ms), (next_ms, _) in pairwise(pieces):
        assert ends_ms is not None
        assert next_ms == ends_ms - 1
        assert ends_ms - begins_ms <= longest_ms
