"""What goes wrong on the wire, when and how often: a seeded switchboard the server asks before it answers."""

import fnmatch
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from sigma_engine.practice.reply import Reply
from sigma_engine.practice.weights import Form, banned, too_many

SleepUntil = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """The door itself, of new connections: cut at once (N3), or ``silent``: open, and nobody there (N7)."""

    silent: bool = False

    @property
    def code(self) -> str:
        """Its name in the vocabulary of faults."""
        return "N7" if self.silent else "N3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The request never reaches the exchange: the connection is cut, or ``silent`` stays open for nothing (N4)."""

    silent: bool = False
    code: ClassVar[str] = "N4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """The exchange does as asked and the reply is lost: cut, or ``silent`` stays open for nothing (N5)."""

    silent: bool = False
    code: ClassVar[str] = "N5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """The request travels ``request_ms`` before it is looked at, the reply ``reply_ms`` after it was done (N6, V3).

    A signature is judged when the request arrives: what travelled more than 30 s is refused.
    """

    request_ms: int = 0
    reply_ms: int = 0
    code: ClassVar[str] = "N6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """The request is delivered twice, ``apart_ms`` apart, and the ``second`` or the first reply comes back (N8)."""

    second: bool = False
    apart_ms: int = 0
    code: ClassVar[str] = "N8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """The reply waits until a later request of any kind was answered (N8)."""

    code: ClassVar[str] = "N8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Echoed:
    """The reply is sent twice over the same connection (N8)."""

    code: ClassVar[str] = "N8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """A refusal comes as ``success: false`` with an empty ``errorCode``, which ccxt takes for an order (V15)."""

    code: ClassVar[str] = "V15"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """This reply and nothing done; ``code`` is its name in the vocabulary of faults."""

    reply: Reply
    code: str = "V15"


Mishap = Shut | Lost | Unanswered | Late | Twice | Overtaken | Echoed | Muted | Instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A mishap and whom it meets.

    ``path`` and ``method`` are shell patterns; ``times`` how often it happens (None: as long as it lasts);
    ``probability`` that it does when it could; ``from_ms`` until before ``until_ms`` of the exchange's clock.
    """

    what: Mishap
    path: str = "*"
    method: str = "*"
    times: int | None = 1
    probability: float = 1.0
    from_ms: int = 0
    until_ms: int | None = None

    def meets(self, method: str, path: str, now_ms: int) -> bool:
        """Whether it could happen to this request now."""
        on_time = self.from_ms <= now_ms and (self.until_ms is None or now_ms < self.until_ms)
        return on_time and fnmatch.fnmatchcase(path, self.path) and fnmatch.fnmatchcase(method, self.method)


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A mishap that happened; the door's have no method and no path."""

    at_ms: int
    code: str
    method: str
    path: str


class Faults:
    """The switchboard: faults may be added and healed at any moment; the same seed draws the same mishaps.

    ``sleep_until`` waits on the exchange's clock; without it, nothing can be late.
    """

    def __init__(self, *faults: Fault, seed: int = 0, sleep_until: SleepUntil | None = None) -> None:
        self.sleep_until = sleep_until
        self.met: list[Met] = []
        self._chance = random.Random(seed)
        self._left: list[tuple[Fault, int | None]] = []
        self.add(*faults)

    def add(self, *faults: Fault) -> None:
        """Let them happen from now on, the earlier added first."""
        for fault in faults:
            waits = isinstance(fault.what, Late) or (isinstance(fault.what, Twice) and fault.what.apart_ms > 0)
            if waits and self.sleep_until is None:
                raise ValueError("a fault that waits needs the exchange's clock: give Faults a sleep_until")
            self._left.append((fault, fault.times))

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._left.clear()

    def due(self, method: str, path: str, now_ms: int) -> Mishap | None:
        """What happens to this request."""
        return self._draw(method, path, now_ms, door=False)

    def at_the_door(self, now_ms: int) -> Shut | None:
        """What happens to a new connection."""
        mishap = self._draw("", "", now_ms, door=True)
        return mishap if isinstance(mishap, Shut) else None

    def _draw(self, method: str, path: str, now_ms: int, *, door: bool) -> Mishap | None:
        for place, (fault, left) in enumerate(self._left):
            if isinstance(fault.what, Shut) is not door or not fault.meets(method, path, now_ms):
                continue
            if fault.probability < 1 and self._chance.random() >= fault.probability:
                continue
            self._spend(place, fault, left)
            self.met.append(Met(at_ms=now_ms, code=fault.what.code, method=method, path=path))
            return fault.what
        return None

    def _spend(self, place: int, fault: Fault, left: int | None) -> None:
        if left is None:
            return
        if left > 1:
            self._left[place] = (fault, left - 1)
        else:
            del self._left[place]


def slowed(form: Form, retry_after_ms: int = 10_000) -> Instead:
    """Too many requests (V9), in WEEX's JSON or as plain text."""
    return Instead(reply=too_many(form, retry_after_ms), code="V9")


def banished(for_ms: int) -> Instead:
    """The ban that follows (V10)."""
    return Instead(reply=banned(for_ms), code="V10")


def refused(code: int, message: str, status: int = 200) -> Instead:
    """An envelope of WEEX's."""
    return Instead(reply=Reply.of({"code": code, "msg": message}, status))


def page(status: int, title: str) -> Reply:
    """What a proxy in between says: HTML."""
    text = f"<html><head><title>{status} {title}</title></head><body><h1>{status} {title}</h1></body></html>"
    return Reply(status=status, body=text, content_type="text/html")


MAINTENANCE = Instead(reply=page(503, "Service Temporarily Unavailable"), code="V13")
BAD_GATEWAY = Instead(reply=page(502, "Bad Gateway"))
EMPTY = Instead(reply=Reply(status=200, body=""))
UNKNOWN_ERROR = refused(-1000, "An unknown error occurred.")
RETRY_LATER = refused(-1054, "System error, please retry later.")
UNLISTED = refused(-9999, "UNEXPECTED_STATE")
UNSUCCESSFUL = Instead(
    reply=Reply.of({"orderId": None, "clientOrderId": None, "success": False, "errorCode": "", "errorMessage": "BUSY"})
)
ZOO = (BAD_GATEWAY, EMPTY, UNKNOWN_ERROR, RETRY_LATER, UNLISTED, UNSUCCESSFUL)
"""The bodies that lie: none says whether the order exists, and here none does."""
