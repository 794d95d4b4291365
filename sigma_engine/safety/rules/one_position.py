"""One position a market."""

from typing import ClassVar

from sigma_engine.domain.symbol import short
from sigma_engine.safety.proposal import Layer, Proposal


class OnePosition:
    """Nothing may be held or on its way in the symbol (contracts.md §4.8)."""

    layer: ClassVar = Layer.ACCOUNT
    name: ClassVar = "one position"

    def check(self, proposal: Proposal) -> str | None:
        """What is held."""
        symbol = proposal.signal.symbol
        if (held := proposal.portfolio.position(symbol)) is not None:
            return f"{short(symbol)} is already held {held.side}"
        return f"an entry in {short(symbol)} is on its way" if symbol in proposal.reserved_symbols else None
