"""No entry right after an exit in the same market."""

from typing import ClassVar

from sigma_engine.safety.proposal import Layer, Proposal


class Cooldown:
    """The strategy's pause after a closed position must have passed."""

    layer: ClassVar = Layer.STRATEGY
    name: ClassVar = "cooldown"

    def check(self, proposal: Proposal) -> str | None:
        """How long is left."""
        if proposal.last_exit_ms is None:
            return None
        left_ms = proposal.last_exit_ms + proposal.limits.cooldown_ms - proposal.signal.at_ms
        return f"cooling down for {left_ms / 60_000:.0f} more minutes" if left_ms > 0 else None
