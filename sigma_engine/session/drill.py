"""Watches how a pressed kill switch takes effect, and how long that takes."""

from dataclasses import dataclass

from sigma_engine.domain.account import Drill

PATIENCE_MS = 15_000
"""What did not happen by then is told as not having happened."""


@dataclass(slots=True)
class KillDrill:
    """One press, at ``at_ms`` of the market's clock; every moment given is in milliseconds after it, by the wall."""

    at_ms: int
    entries_stopped_ms: int
    wants_flat: bool
    cancelled_ms: int | None = None
    flat_ms: int | None = None

    def progress(self, after_ms: int, *, waiting: bool, flat: bool) -> Drill | None:
        """The figures, once they are complete: no entry waits any more and, where that was asked for, all is closed."""
        if not waiting and self.cancelled_ms is None:
            self.cancelled_ms = after_ms
        if self.wants_flat and flat and not waiting and self.flat_ms is None:
            self.flat_ms = after_ms
        done = self.cancelled_ms is not None and (self.flat_ms is not None or not self.wants_flat)
        return self._figures() if done or after_ms >= PATIENCE_MS else None

    def _figures(self) -> Drill:
        return Drill(
            at_ms=self.at_ms,
            entries_stopped_ms=self.entries_stopped_ms,
            cancelled_ms=self.cancelled_ms,
            flat_ms=self.flat_ms,
        )
