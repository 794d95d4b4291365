"""When something that failed may be tried again; pure."""

from collections.abc import Hashable


class Patience:
    """Tries of the same thing, ever further apart: ``first_ms`` after the first, twice that after the second."""

    def __init__(self, first_ms: int, longest_ms: int) -> None:
        self._first_ms, self._longest_ms = first_ms, longest_ms
        self._tries: dict[tuple[str, Hashable], tuple[int, int]] = {}

    def is_due(self, symbol: str, what: Hashable, at_ms: int) -> bool:
        """Whether it may be tried now."""
        count, last_ms = self._tries.get((symbol, what), (0, 0))
        return not count or at_ms - last_ms >= min(self._longest_ms, self._first_ms << min(count - 1, 16))

    def tried(self, symbol: str, what: Hashable, at_ms: int) -> None:
        """It is being tried now."""
        count, _ = self._tries.get((symbol, what), (0, 0))
        self._tries[symbol, what] = (count + 1, at_ms)

    def forget(self, symbol: str) -> None:
        """All is well in this market: the next time begins anew."""
        for key in [key for key in self._tries if key[0] == symbol]:
            del self._tries[key]
