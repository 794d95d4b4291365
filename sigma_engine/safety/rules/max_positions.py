"""No more positions at once than the strategy allows."""

from typing import ClassVar

from sigma_engine.safety.proposal import Layer, Proposal


class MaxPositions:
    """Counts open positions and entries on their way."""

    layer: ClassVar = Layer.ACCOUNT
    name: ClassVar = "open positions"

    def check(self, proposal: Proposal) -> str | None:
        """The count against the limit."""
        open_now = len(proposal.portfolio.positions) + len(proposal.reserved_symbols)
        most = proposal.limits.max_positions
        return f"{open_now} of {most} positions are open" if open_now >= most else None
