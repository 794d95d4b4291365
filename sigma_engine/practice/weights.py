"""How much each call weighs, and what happens to who asks for too much: 429 in WEEX's two forms, then a ban."""

from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum

from sigma_engine.practice.reply import Reply


class Form(StrEnum):
    """How "too many requests" is said: WEEX does both, and clients take them for different things."""

    JSON = "json"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What one call costs the address it comes from and the key that signed it."""

    address: int = 1
    key: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``points`` per address and per key in ``window_ms``; ``strikes`` refusals in one window bring a ban, 0 never."""

    points: int = 500
    window_ms: int = 10_000
    form: Form = Form.JSON
    strikes: int = 0
    ban_ms: int = 120_000


class Weights:
    """Counts what every address and every key asked for in the last window."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._spent: dict[str, deque[tuple[int, int]]] = defaultdict(deque)
        self._struck: dict[str, deque[int]] = defaultdict(deque)
        self._banned: dict[str, int] = {}
        self.asked_while_banned = 0

    def charge(self, who: str, points: int, now_ms: int) -> Reply | None:
        """Book ``points`` to ``who`` (an address or a key); a `Reply` refuses them, and then they are not booked."""
        if now_ms < self._banned.get(who, 0):
            self.asked_while_banned += 1
            return banned(self._banned[who] - now_ms)
        spent = self._spent[who]
        while spent and spent[0][0] <= now_ms - self._limits.window_ms:
            spent.popleft()
        if sum(cost for _, cost in spent) + points <= self._limits.points:
            spent.append((now_ms, points))
            return None
        return self._strike(who, now_ms, spent[0][0] + self._limits.window_ms - now_ms if spent else 0)

    def ban(self, who: str, until_ms: int) -> None:
        """Answer 418 to ``who`` until then."""
        self._banned[who] = until_ms

    def _strike(self, who: str, now_ms: int, free_in_ms: int) -> Reply:
        struck = self._struck[who]
        while struck and struck[0] <= now_ms - self._limits.window_ms:
            struck.popleft()
        struck.append(now_ms)
        if self._limits.strikes and len(struck) >= self._limits.strikes:
            self.ban(who, now_ms + self._limits.ban_ms)
            return banned(self._limits.ban_ms)
        return too_many(self._limits.form, free_in_ms)


def too_many(form: Form, free_in_ms: int) -> Reply:
    """The 429: with a JSON ``msg`` ccxt raises plain ExchangeError, as text RateLimitExceeded."""
    headers = {"Retry-After": str(_seconds(free_in_ms))}
    if form is Form.JSON:
        return Reply.of({"code": 429, "msg": "Too many requests, please slow down."}, 429, headers)
    return Reply(status=429, body="Too Many Requests", content_type="text/plain", headers=headers)


def banned(for_ms: int) -> Reply:
    """The 418: whoever did not heed the 429."""
    headers = {"Retry-After": str(_seconds(for_ms))}
    return Reply(status=418, body="IP banned for too many requests", content_type="text/plain", headers=headers)


def _seconds(wait_ms: int) -> int:
    return -(-wait_ms // 1000)
