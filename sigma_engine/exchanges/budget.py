"""How much may be asked of an exchange, and who is served first."""

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from itertools import count

from sigma_engine.clock import Clock

_MINUTE_MS = 60_000


class Lane(IntEnum):
    """Whose turn it is; the lower is served first."""

    PROTECT = 0
    CANCEL = 1
    RECONCILE = 2
    ENTRY = 3
    TERMS = 4
    DATA = 5

    @property
    def share(self) -> float:
        """How much of the rate may be used in all where it adds to it; the rest is kept for those before it."""
        return _SHARES[self]


_SHARES = {
    Lane.PROTECT: 1.0,
    Lane.CANCEL: 1.0,
    Lane.RECONCILE: 0.7,
    Lane.ENTRY: 0.7,
    Lane.TERMS: 0.7,
    Lane.DATA: 0.5,
}


class Silenced(Exception):
    """The exchange wants to hear nothing until ``until_ms``."""

    def __init__(self, until_ms: int) -> None:
        super().__init__(f"silence until {until_ms}")
        self.until_ms = until_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most ``weight`` in any ``window_ms``, and ``entries_per_minute`` of the lane `Lane.ENTRY`."""

    weight: int
    window_ms: int
    entries_per_minute: int


class Bucket:
    """What is left of the rate; pure: every moment is told.

    What was spent comes back ``window_ms`` later, so that no window, wherever it begins, ever holds more than the
    rate. Where the clock was set back, what was spent before counts as spent at the new present.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._spent: deque[tuple[int, int]] = deque()
        self._used = 0
        self._entries: deque[int] = deque()

    def ready_ms(self, lane: Lane, weight: int, now_ms: int) -> int:
        """When ``weight`` may be spent at the earliest, if nobody else spends: ``now_ms`` where at once."""
        self._expire(now_ms)
        ready_ms = now_ms
        if lane is Lane.ENTRY and len(self._entries) >= self._rate.entries_per_minute:
            ready_ms = self._entries[0] + _MINUTE_MS
        missing = weight + self._used - self._limit(lane, weight)
        for at_ms, spent in self._spent:
            if missing <= 0:
                break
            missing -= spent
            ready_ms = max(ready_ms, at_ms + self._rate.window_ms)
        return ready_ms

    def is_short_of_weight(self, lane: Lane, weight: int, now_ms: int) -> bool:
        """Whether weight is what it waits for, and not the number of orders."""
        self._expire(now_ms)
        return weight + self._used > self._limit(lane, weight)

    def spend(self, lane: Lane, weight: int, now_ms: int) -> None:
        """Book it."""
        self._expire(now_ms)
        self._spent.append((now_ms, weight))
        self._used += weight
        if lane is Lane.ENTRY:
            self._entries.append(now_ms)

    def _limit(self, lane: Lane, weight: int) -> int:
        """What may be used in all; a single call that weighs more than its share may use all there is."""
        return max(int(self._rate.weight * lane.share), min(weight, self._rate.weight))

    def _expire(self, now_ms: int) -> None:
        if self._spent and self._spent[-1][0] > now_ms:
            self._spent = deque((min(at_ms, now_ms), spent) for at_ms, spent in self._spent)
        if self._entries and self._entries[-1] > now_ms:
            self._entries = deque(min(at_ms, now_ms) for at_ms in self._entries)
        while self._spent and self._spent[0][0] <= now_ms - self._rate.window_ms:
            self._used -= self._spent.popleft()[1]
        while self._entries and self._entries[0] <= now_ms - _MINUTE_MS:
            self._entries.popleft()


@dataclass(frozen=True, slots=True, order=True)
class _Waiter:
    lane: Lane
    place: int
    weight: int
    turn: "asyncio.Future[None]"


class Budget:
    """Everyone's turn at one account: protection, cancellation, reading, entries, data, each first come first served.

    While the exchange wants silence nobody has a turn: `Silenced`.
    """

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self.silent_until_ms = 0
        self._clock = clock
        self._bucket = Bucket(rate)
        self._waiting: list[_Waiter] = []
        self._order = count()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_ms = 0

    async def turn(self, lane: Lane, weight: int) -> None:
        """Return when it is this call's turn, its weight then being spent; raises `Silenced` where there is none."""
        self._require_no_silence()
        waiter = _Waiter(lane, next(self._order), weight, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._serve()
        try:
            await waiter.turn
        finally:
            if not waiter.turn.done() or waiter.turn.cancelled():
                self._forget(waiter)

    def takes(self, lane: Lane, weight: int) -> bool:
        """Whether it is this call's turn at once: then its weight is spent; raises `Silenced` like `turn`."""
        self._require_no_silence()
        now_ms = self._clock.now_ms()
        if self._waiting or self._bucket.ready_ms(lane, weight, now_ms) > now_ms:
            return False
        self._bucket.spend(lane, weight, now_ms)
        return True

    def silence(self, until_ms: int) -> None:
        """Ask nothing before ``until_ms``; whoever waits is told."""
        self.silent_until_ms = max(self.silent_until_ms, until_ms)
        for waiter in self._waiting:
            if not waiter.turn.done():
                waiter.turn.set_exception(Silenced(self.silent_until_ms))
        self._waiting.clear()

    async def close(self) -> None:
        """Wake nobody any more."""
        if self._alarm is not None:
            self._alarm.cancel()
            await asyncio.wait((self._alarm,))

    def _require_no_silence(self) -> None:
        if self._clock.now_ms() < self.silent_until_ms:
            raise Silenced(self.silent_until_ms)

    def _serve(self) -> None:
        now_ms = self._clock.now_ms()
        while (waiter := self._next(now_ms)) is not None:
            self._bucket.spend(waiter.lane, waiter.weight, now_ms)
            self._waiting.remove(waiter)
            waiter.turn.set_result(None)
        self._wake_later(now_ms)

    def _next(self, now_ms: int) -> _Waiter | None:
        """Who may be served now; nobody overtakes one that waits for weight."""
        for waiter in self._patient():
            if self._bucket.ready_ms(waiter.lane, waiter.weight, now_ms) <= now_ms:
                return waiter
            if self._bucket.is_short_of_weight(waiter.lane, waiter.weight, now_ms):
                return None
        return None

    def _patient(self) -> list[_Waiter]:
        """Who still waits, in the order of being served; one that gave up leaves the list a moment later."""
        return sorted(waiter for waiter in self._waiting if not waiter.turn.done())

    def _wake_later(self, now_ms: int) -> None:
        due_ms = self._due_ms(now_ms)
        if due_ms is None:
            return
        if self._alarm is None or self._alarm.done() or due_ms < self._alarm_ms:
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm_ms = due_ms
            self._alarm = asyncio.ensure_future(self._serve_at(due_ms))

    def _due_ms(self, now_ms: int) -> int | None:
        """When somebody may be served; who stands behind one that waits for weight does not count."""
        due_ms = None
        for waiter in self._patient():
            ready_ms = self._bucket.ready_ms(waiter.lane, waiter.weight, now_ms)
            due_ms = ready_ms if due_ms is None else min(due_ms, ready_ms)
            if self._bucket.is_short_of_weight(waiter.lane, waiter.weight, now_ms):
                break
        return due_ms

    async def _serve_at(self, due_ms: int) -> None:
        await self._clock.sleep_until(due_ms)
        self._alarm = None
        self._serve()

    def _forget(self, waiter: _Waiter) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
            self._serve()
