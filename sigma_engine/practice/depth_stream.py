"""The book of one market as a stream of numbered changes."""

from collections.abc import Callable

from sigma_engine.practice.book import Level
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.frames import Book, Frame, depth_frame

_FIRST_CHANGE = 14_000_000_000


class DepthStream:
    """Tells the whole book first and then what changed: every frame's U is the u before it plus one."""

    def __init__(self, exchange: Exchange, symbol: str, levels: int, now_ms: Callable[[], int]) -> None:
        self._exchange, self._symbol, self._levels, self._now_ms = exchange, symbol, levels, now_ms
        self._last = _FIRST_CHANGE
        self._bids, self._asks = self._book()

    def first(self) -> Frame:
        """The book as the changes told up to now have left it."""
        bids, asks = sorted(self._bids.items(), reverse=True), sorted(self._asks.items())
        return self._frame("depthSnapshot", Book(self._last, self._last, bids, asks))

    def news(self) -> Frame | None:
        """What changed since; None for nothing."""
        bids, asks = self._book()
        changes = Book(self._last + 1, self._last, _changes(self._bids, bids), _changes(self._asks, asks))
        self._bids, self._asks = bids, asks
        if not changes.bids and not changes.asks:
            return None
        self._last += len(changes.bids) + len(changes.asks)
        return self._frame("depth", changes._replace(last=self._last))

    def _frame(self, event: str, book: Book) -> Frame:
        return depth_frame(event, self._symbol, self._levels, book, self._now_ms())

    def _book(self) -> tuple[dict[int, int], dict[int, int]]:
        bids, asks = self._exchange.depth(self._symbol, self._levels)
        return dict(bids), dict(asks)


def _changes(before: dict[int, int], after: dict[int, int]) -> list[Level]:
    """Levels that are gone, with quantity 0, and those that are new or hold something else."""
    gone = [(price, 0) for price in before if price not in after]
    return gone + [(price, quantity) for price, quantity in after.items() if before.get(price) != quantity]
