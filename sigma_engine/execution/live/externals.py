"""What the account holds that SIGMA did not open: known for sure, told whenever it changes, never touched."""

from collections.abc import Iterator

from sigma_engine.domain.venue import ExternalPosition, VenuePosition
from sigma_engine.events import Event, ExternalsChanged
from sigma_engine.execution.book import Book
from sigma_engine.execution.live.differences import Differences
from sigma_engine.execution.live.executions import Executions
from sigma_engine.execution.live.truth import Truth


class Externals:
    """Looks at whole readings after executions and differences did; what they do not vouch for yet is left out."""

    def __init__(self, book: Book, executions: Executions, differences: Differences) -> None:
        self._book, self._executions, self._differences = book, executions, differences
        self._known: tuple[ExternalPosition, ...] = ()

    def compare(self, truth: Truth) -> Iterator[Event]:
        """All of it, where that is something else than before."""
        found = [self._beyond(held) for held in truth.positions or ()]
        now = tuple(sorted((each for each in found if each.quantity > 0), key=lambda each: (each.symbol, each.side)))
        if now != self._known:
            self._known = now
            yield ExternalsChanged(at_ms=truth.at_ms, externals=now)

    def _beyond(self, held: VenuePosition) -> ExternalPosition:
        market = held.symbol, held.side
        theirs = self._executions.foreign(*market) + self._differences.told_elsewhere(market)
        ours = self._book.position(held.symbol)
        shared = ours is not None and ours.side is held.side
        return ExternalPosition(
            symbol=held.symbol,
            side=held.side,
            quantity=min(held.quantity, theirs),
            entry_price=None if shared else held.entry_price,
        )
