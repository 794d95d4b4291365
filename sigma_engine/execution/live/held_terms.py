"""The leverage and margin mode that positions have at the exchange, whoever set them."""

from collections.abc import Iterator
from decimal import Decimal

from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.position import Position
from sigma_engine.domain.symbol import short
from sigma_engine.events import AlertRaised, Event, Severity
from sigma_engine.execution.book import Book
from sigma_engine.execution.live.truth import Truth


class HeldTerms:
    """Compares the terms of what is held with those it was opened on."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._liquidations: dict[tuple[str, PositionSide], Decimal] = {}
        self._other_terms: dict[str, str] = {}

    @property
    def differ(self) -> bool:
        """Whether something is held on other terms than it was opened with."""
        return bool(self._other_terms)

    def liquidation(self, position: Position) -> Decimal:
        """Where it would be liquidated: where the exchange says, else where it is worked out to be."""
        return self._liquidations.get((position.symbol, position.side), position.liquidation)

    def forget(self, symbol: str) -> None:
        """It is held no longer."""
        self._other_terms.pop(symbol, None)

    def compare(self, truth: Truth) -> Iterator[Event]:
        """Leverage and margin mode a position has there; its liquidation is where the exchange says it is."""
        self._liquidations = {
            (held.symbol, held.side): held.liquidation for held in truth.positions or () if held.liquidation is not None
        }
        for position in self._book.positions():
            there = truth.position(position.symbol, position.side)
            if there is None or (there.isolated and there.leverage == position.leverage):
                self._other_terms.pop(position.symbol, None)
                continue
            terms = f"{'isolated' if there.isolated else 'cross'} {there.leverage}x"
            if self._other_terms.get(position.symbol) != terms:
                self._other_terms[position.symbol] = terms
                text = (
                    f"{short(position.symbol)} is held at {terms} on the exchange and not at isolated "
                    f"{position.leverage}x: somebody changed it there. SIGMA sets it right before its next entry, and "
                    "closes what would be liquidated before its stop."
                )
                yield AlertRaised(at_ms=truth.at_ms, severity=Severity.CRITICAL, text=text)
