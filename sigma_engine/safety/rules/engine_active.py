"""No entries while the engine is paused or halted."""

from typing import ClassVar

from sigma_engine.safety.proposal import Layer, Proposal


class EngineActive:
    """The engine must be taking entries."""

    layer: ClassVar = Layer.ENGINE
    name: ClassVar = "engine active"

    def check(self, proposal: Proposal) -> str | None:
        """Why it is not, as given."""
        return proposal.halted
