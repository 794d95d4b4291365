"""What is due at the exchange, and when."""

import heapq
from collections.abc import Callable
from itertools import count


class Agenda:
    """Actions by their instants; equal instants in the order they were entered."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()

    def enter(self, at_ms: int, action: Callable[[], None]) -> None:
        """Have ``action`` done at ``at_ms``."""
        heapq.heappush(self._entries, (at_ms, next(self._order), action))

    def next_due(self, until_ms: int) -> tuple[int, Callable[[], None]] | None:
        """Take out the earliest entry that is due by ``until_ms``."""
        if not self._entries or self._entries[0][0] > until_ms:
            return None
        at_ms, _, action = heapq.heappop(self._entries)
        return at_ms, action
