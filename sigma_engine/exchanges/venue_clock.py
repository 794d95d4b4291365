"""The exchange's clock, kept by measuring how far ours is off."""

import statistics
from collections.abc import Awaitable, Callable

from sigma_engine.clock import Clock

MEASURE_EVERY_MS = 600_000
TOLERATED_MS = 1_000
_MEASUREMENTS = 5
_ANOTHER_TIME_MS = 3_600_000

FetchTime = Callable[[], Awaitable[int]]
"""Ask the exchange what time it is."""


class VenueClock:
    """A `Clock` of the exchange's time: ``wall`` corrected by what was measured.

    A practice exchange may live in another year, or faster; that is no fault of this machine's clock. The offset is the
    median of five measurements, each taken at the middle of its question's way there and back.
    """

    def __init__(self, wall: Clock, *, practice: bool = False) -> None:
        self.speed = wall.speed
        self._practice = practice
        self.offset_ms = 0
        self.measured_ms: int | None = None
        self._wall = wall

    def now_ms(self) -> int:
        """The exchange's time, UTC milliseconds."""
        return self._wall.now_ms() + self.offset_ms

    async def sleep_until(self, at_ms: int) -> None:
        """Return once it is ``at_ms`` at the exchange, by the newest offset.

        A wall that is set back meanwhile ends the wait: whoever waits would stand still for as long.
        """
        while True:
            before_ms = self._wall.now_ms()
            await self._wall.sleep_until(at_ms - self.offset_ms)
            if self.now_ms() >= at_ms or self._wall.now_ms() < before_ms:
                return

    def pause(self) -> None:
        """Let time stand still, where the wall's can."""
        self._wall.pause()

    def resume(self) -> None:
        """Let it go on."""
        self._wall.resume()

    async def measure(self, fetch_time: FetchTime) -> None:
        """Ask five times and take the median; raises what ``fetch_time`` raises, the offset then stays as it was."""
        self.offset_ms = round(statistics.median([await self._once(fetch_time) for _ in range(_MEASUREMENTS)]))
        self.measured_ms = self._wall.now_ms()

    @property
    def is_due(self) -> bool:
        """Whether it was never measured, ten minutes ago, or before the wall was set back."""
        return self.measured_ms is None or not 0 <= self._wall.now_ms() - self.measured_ms < MEASURE_EVERY_MS

    @property
    def complaint(self) -> str | None:
        """What is wrong with this machine's clock, with the next step; None while it is right within a second."""
        elsewhen = self._practice and (self.speed != 1.0 or abs(self.offset_ms) > _ANOTHER_TIME_MS)
        if abs(self.offset_ms) <= TOLERATED_MS or elsewhen:
            return None
        way = "behind" if self.offset_ms > 0 else "ahead of"
        step = "switch on the automatic time of the system"
        if self._practice:
            step += ", or start SIGMA with the --speed that the practice exchange is served with"
        return (
            f"This machine's clock is {abs(self.offset_ms) / 1000:.1f} s {way} the exchange's: nothing is opened until "
            f"it is set right; {step}."
        )

    async def _once(self, fetch_time: FetchTime) -> float:
        asked_ms = self._wall.now_ms()
        told_ms = await fetch_time()
        return told_ms - (asked_ms + self._wall.now_ms()) / 2
