"""Steps on their way from a feed to whoever is slower than the market."""

import asyncio
from collections import deque
from collections.abc import Iterable

from sigma_engine.domain.market import MarketStep, Ticks


class Outbox:
    """Keeps steps in their order; a price nobody looked at yet gives way to the next of its symbol."""

    def __init__(self) -> None:
        self._waiting: deque[MarketStep] = deque()
        self._news = asyncio.Event()

    def put(self, steps: Iterable[MarketStep]) -> None:
        """Add ``steps`` behind those that wait."""
        for step in steps:
            if self._waiting and _replaces(step, self._waiting[-1]):
                self._waiting.pop()
            self._waiting.append(step)
        self.wake()

    def take(self) -> MarketStep | None:
        """The oldest step that waits."""
        return self._waiting.popleft() if self._waiting else None

    def wake(self) -> None:
        """Let `wait()` return."""
        self._news.set()

    async def wait(self) -> None:
        """Return once something was put in since the last call."""
        await self._news.wait()
        self._news.clear()


def _replaces(step: MarketStep, earlier: MarketStep) -> bool:
    """Whether both are mere prices of the same symbols, of the same candles."""
    if not isinstance(step, Ticks) or not isinstance(earlier, Ticks):
        return False
    if any(each.doubts or each.revised or each.ways for each in (step, earlier)):
        return False
    return [(tick.symbol, tick.forming.open_ms) for tick in step.ticks] == [
        (tick.symbol, tick.forming.open_ms) for tick in earlier.ticks
    ]
