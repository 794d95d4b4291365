"""What goes wrong in a stream, when and how often: a seeded switchboard asked before every frame."""

import fnmatch
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeVar

T = TypeVar("T")
SleepUntil = Callable[[int], Awaitable[None]]


class Side(StrEnum):
    """Which of the two sockets."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """The socket stays open and nothing comes out of it any more: no frame, no ping, no pong (W1)."""

    code: ClassVar[str] = "W1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """Pings go on and the data stand still: no frame, or where it ``repeats`` the last one over and over (W2)."""

    repeats: bool = False
    code: ClassVar[str] = "W2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """The frame comes twice (W3)."""

    code: ClassVar[str] = "W3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """The frame comes behind the next one of its channel, or ``across`` behind the next of any (W3)."""

    across: bool = False
    code: ClassVar[str] = "W3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """The frame is lost, and those after it go on as if it had come: a hole in the book's numbers (W3)."""

    code: ClassVar[str] = "W3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """The frame comes ``by_ms`` later (W3)."""

    by_ms: int
    code: ClassVar[str] = "W3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Instead of the frame the connection ends: with a close ``status``, or cut without a word if None (W4)."""

    status: int | None = 1001
    code: ClassVar[str] = "W4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A new connection is answered with this HTTP status (W4)."""

    status: int = 503
    code: ClassVar[str] = "W4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """A subscription is answered with ``result: false``, whatever it asked for (V15)."""

    message: str = "INVALID_ARGUMENT: service busy"
    code: ClassVar[str] = "V15"


Mishap = Silent | Frozen | Doubled | Swapped | Skipped | Late | Dropped | Turned | Denied
OfFrames = (Silent, Frozen, Doubled, Swapped, Skipped, Late, Dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFault:
    """A mishap and the frames it meets.

    ``channel`` is a shell pattern of the channel's name (``*@depth*``, ``orders``), ``frame`` one of the kind of
    frame (``depth``, not ``depthSnapshot``), ``side`` one of the socket. ``times`` is how often it happens (None: as
    long as it lasts), ``probability`` that it does when it could; ``from_ms`` until before ``until_ms`` of the
    exchange's clock.
    """

    what: Mishap
    channel: str = "*"
    frame: str = "*"
    side: str = "*"
    times: int | None = 1
    probability: float = 1.0
    from_ms: int = 0
    until_ms: int | None = None

    def meets(self, side: Side, channel: str, frame: str, now_ms: int) -> bool:
        """Whether it could happen to this frame now."""
        pairs = ((side, self.side), (channel, self.channel), (frame, self.frame))
        on_time = self.from_ms <= now_ms and (self.until_ms is None or now_ms < self.until_ms)
        return on_time and all(fnmatch.fnmatchcase(name, pattern) for name, pattern in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMet:
    """A mishap that happened."""

    at_ms: int
    code: str
    side: Side
    channel: str
    frame: str


class StreamFaults:
    """The switchboard: faults may be added and healed at any moment; the same seed draws the same mishaps.

    ``sleep_until`` waits on the exchange's clock; without it, nothing can be late.
    """

    def __init__(self, *faults: StreamFault, seed: int = 0, sleep_until: SleepUntil | None = None) -> None:
        self.sleep_until = sleep_until
        self.met: list[StreamMet] = []
        self._chance = random.Random(seed)
        self._left: list[tuple[StreamFault, int | None]] = []
        self.add(*faults)

    def add(self, *faults: StreamFault) -> None:
        """Let them happen from now on, the earlier added first."""
        for fault in faults:
            if isinstance(fault.what, Late) and self.sleep_until is None:
                raise ValueError("a late frame needs the exchange's clock: give StreamFaults a sleep_until")
            self._left.append((fault, fault.times))

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._left.clear()

    def due(self, kinds: type[T] | tuple[type[T], ...], side: Side, channel: str, frame: str, now_ms: int) -> T | None:
        """The mishap of one of ``kinds`` that happens to this frame (ping, pong, ack and connect are frames too)."""
        for place, (fault, left) in enumerate(self._left):
            if not isinstance(fault.what, kinds) or not fault.meets(side, channel, frame, now_ms):
                continue
            if fault.probability < 1 and self._chance.random() >= fault.probability:
                continue
            self._spend(place, fault, left)
            self.met.append(StreamMet(at_ms=now_ms, code=fault.what.code, side=side, channel=channel, frame=frame))
            return fault.what
        return None

    def _spend(self, place: int, fault: StreamFault, left: int | None) -> None:
        if left is None:
            return
        if left > 1:
            self._left[place] = (fault, left - 1)
        else:
            del self._left[place]
