"""What a run leaves behind, bounded: it grows at its end, forgets at its beginning and knows how much there was."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Trail(Generic[T]):
    """At least the newest ``kept`` items of those that were ever added, oldest first."""

    def __init__(self, items: Iterable[T] = (), kept: int = 20_000) -> None:
        self._kept, self._spare = kept, max(1, kept // 8)
        self._items = list(items)
        self.added = len(self._items)
        """How many there ever were."""
        self._forget()

    def __len__(self) -> int:
        """How many are still known."""
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __getitem__(self, at: int) -> T:
        return self._items[at]

    def append(self, item: T) -> None:
        """Add one more."""
        self._items.append(item)
        self.added += 1
        if len(self._items) > self._kept + self._spare:
            self._forget()

    def since(self, seen: int) -> list[T]:
        """What was added after the first ``seen``, as far as it is still known."""
        return self._items[max(0, seen - (self.added - len(self._items))) :]

    def take_oldest(self, count: int) -> list[T]:
        """The oldest ``count`` that are known; they are forgotten here."""
        oldest, self._items = self._items[:count], self._items[count:]
        return oldest

    def _forget(self) -> None:
        del self._items[: -self._kept]
