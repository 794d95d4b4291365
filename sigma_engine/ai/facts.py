"""What the assistant may look at; others implement it."""

from typing import Protocol

from sigma_engine.domain.performance import PerformanceSummary
from sigma_engine.domain.snapshot import Snapshot


class Facts(Protocol):
    """The run as the database and the session know it; nothing here acts."""

    async def performance(self, since_ms: int | None) -> PerformanceSummary:
        """What the trades closed since ``since_ms`` came to, from one query on the database."""
        ...

    def snapshot(self) -> Snapshot:
        """The session's state now."""
        ...
