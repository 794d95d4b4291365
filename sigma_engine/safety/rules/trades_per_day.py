"""No more entries a day than the strategy allows."""

from typing import ClassVar

from sigma_engine.safety.proposal import Layer, Proposal


class TradesPerDay:
    """Counts filled and waiting entries since 00:00 UTC."""

    layer: ClassVar = Layer.STRATEGY
    name: ClassVar = "trades per day"

    def check(self, proposal: Proposal) -> str | None:
        """The count against the limit."""
        most = proposal.limits.max_trades_per_day
        taken = proposal.portfolio.trades_today + len(proposal.reserved_symbols)
        return f"{taken} of {most} trades taken today" if most is not None and taken >= most else None
