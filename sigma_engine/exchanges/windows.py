"""All rows of a span of time from an exchange that gives a page at a time, in whatever order it likes."""

from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from sigma_engine.exchanges.weex_reading import Unreadable

Noun = TypeVar("Noun")
_NARROWEST_MS = 4

Span = tuple[int, int | None]
"""From one time to another; None is no end."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Noun]):
    """What one question gave; ``is_full``: there may be more in the same span."""

    rows: list[Noun]
    is_full: bool


Ask = Callable[[int, int | None], Awaitable[Page[Noun]]]
"""The page of a span. Whether its ends belong to it does not matter."""


async def everything(
    ask: Ask[Noun], pieces: Iterable[Span], at_ms: Callable[[Noun], int], key: Callable[[Noun], Hashable]
) -> list[Noun]:
    """Every row of the pieces once, in no order; raises `Unreadable` where a few milliseconds hold more than a page.

    A full page is not trusted to be the oldest or the newest of its span: the span is halved where its rows lie, and
    both halves are asked for, a little over each other.
    """
    found: dict[Hashable, Noun] = {}
    left = list(pieces)
    while left:
        since_ms, until_ms = left.pop()
        page = await ask(since_ms, until_ms)
        found |= {key(row): row for row in page.rows}
        if page.is_full:
            left += _halves(since_ms, until_ms, sorted(at_ms(row) for row in page.rows))
    return list(found.values())


def spans(since_ms: int, now_ms: int, longest_ms: int, until_ms: int | None = None) -> Iterator[Span]:
    """The time from ``since_ms`` on in pieces of at most ``longest_ms``; the newest piece ends at ``until_ms``.

    They lie over each other by a millisecond, for exchanges that leave the ends of a span out.
    """
    since_ms = max(0, since_ms - 1)
    while now_ms - since_ms > longest_ms:
        yield since_ms, since_ms + longest_ms
        since_ms += longest_ms - 1
    yield since_ms, until_ms


def _halves(since_ms: int, until_ms: int | None, times: list[int]) -> list[Span]:
    end_ms = times[-1] + 1 if until_ms is None else until_ms
    if end_ms - since_ms <= _NARROWEST_MS:
        raise Unreadable("there is more in one instant than it gives at once")
    middle_ms = times[len(times) // 2]
    if not since_ms + 1 < middle_ms < end_ms - 1:
        middle_ms = (since_ms + end_ms) // 2
    return [(since_ms, middle_ms + 1), (middle_ms - 1, until_ms)]
