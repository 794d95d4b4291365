"""What the assistant may see of a session."""

from collections.abc import Callable

from sigma_engine.domain.performance import PerformanceSummary
from sigma_engine.domain.snapshot import Snapshot
from sigma_engine.storage.store import SqliteStore


class SessionFacts:
    """Implements `ai.facts.Facts`; it is given the session's snapshot once the session exists."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._snapshot: Callable[[], Snapshot] | None = None

    def watch(self, snapshot: Callable[[], Snapshot]) -> None:
        """Look at this session from here on."""
        self._snapshot = snapshot

    async def performance(self, since_ms: int | None) -> PerformanceSummary:
        """From the trades table."""
        return await self._store.performance(self.snapshot().run_id, since_ms)

    def snapshot(self) -> Snapshot:
        """The session's state now."""
        assert self._snapshot is not None, "the session exists before anyone can ask"
        return self._snapshot()
