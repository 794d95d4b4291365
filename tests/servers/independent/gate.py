"""The door of the independent exchange: who may ask, how often, and how it says no."""

import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from aiohttp import web

from tests.servers.independent.agenda import Agenda
from tests.servers.independent.habits import Dialect, Ident, Limiting
from tests.servers.independent.nouns import Refusal

WINDOW_MS, SKEW_MS, POOL = 10_000, 30_000, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The one account's key."""

    key: str = "practice-indep"
    secret: str = field(default="practice-secret-of-indep", repr=False)
    passphrase: str = field(default="practice-phrase-of-indep", repr=False)

    def refuse_strangers(self, headers: Mapping[str, str], signed: str, now_ms: int) -> None:
        """Raise `Refusal` unless the headers sign ``signed`` after their own time."""
        for name, code in (("ACCESS-KEY", -1040), ("ACCESS-SIGN", -1041), ("ACCESS-TIMESTAMP", -1042)):
            if not headers.get(name):
                raise Refusal(code, f"{name} is missing")
        stamp = headers["ACCESS-TIMESTAMP"]
        if not stamp.isdecimal() or abs(int(stamp) - now_ms) > SKEW_MS:
            raise Refusal(-1046, "timestamp expired")
        if headers["ACCESS-KEY"] != self.key:
            raise Refusal(-1044, "unknown key")
        if headers.get("ACCESS-PASSPHRASE") != self.passphrase:
            raise Refusal(-1049, "wrong passphrase")
        if not hmac.compare_digest(self._sign(stamp + signed), headers["ACCESS-SIGN"]):
            raise Refusal(-1047, "wrong signature")

    def _sign(self, text: str) -> str:
        return base64.b64encode(hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a request asks: its query, and its body with exact numbers."""

    query: Mapping[str, str]
    body: Mapping[str, object]

    def text(self, name: str) -> str | None:
        value = self.query.get(name, self.body.get(name))
        return None if value is None or value == "" else str(value)

    def number(self, name: str) -> int | None:
        text = self.text(name)
        if text is not None and not text.isdecimal():
            raise Refusal(-1142, f"{name} must be a whole number")
        return None if text is None else int(text)

    def required(self, name: str) -> str:
        text = self.text(name)
        if text is None:
            raise Refusal(-1141, f"{name} is required")
        return text

    def decimal(self, name: str) -> Decimal | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return Decimal(text)
        except ArithmeticError:
            raise Refusal(-1142, f"{name} is not a number") from None


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the interface; ``weight`` is what it takes of the pool of its key or, if public, its address."""

    method: str
    path: str
    answer: Callable[[Ask], object]
    weight: int = 5
    public: bool = False
    orders: bool = False


class Gate:
    """Turns routes into handlers that check, limit, answer and refuse as the habits say.

    ``before_answers`` is awaited between taking an order and answering.
    """

    def __init__(
        self,
        agenda: Agenda,
        dialect: Dialect,
        credentials: Credentials,
        before_answers: Callable[[], Awaitable[None]],
    ) -> None:
        self.before_answers = before_answers
        self._agenda, self._dialect, self._habits = agenda, dialect, dialect.habits
        self._credentials = credentials
        self._spent: dict[str, deque[tuple[int, int]]] = {}
        self.overloaded = 0
        """So many of the next requests are refused as too many."""
        self.requests: list[tuple[str, str]] = []
        """Method and path of everything asked, whatever came of it."""
        self.answered = 0

    def handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
        """What the server calls for a route."""

        async def handle(request: web.Request) -> web.Response:
            self._agenda.advance()
            self.requests.append((request.method, request.path.lstrip("/")))
            body = await request.text()
            try:
                answer = self._answer(route, request, body)
                if route.orders:
                    await self.before_answers()
                return self._response(answer, 200)
            except Refusal as refusal:
                return self._refused(refusal)
            finally:
                self.answered += 1

        return handle

    def _answer(self, route: Route, request: web.Request, body: str) -> object:
        self._refuse_flood("address" if route.public else "key", route.weight)
        if not route.public:
            signed = request.method + request.raw_path + body
            self._credentials.refuse_strangers(request.headers, signed, self._agenda.now_ms())
        return route.answer(Ask(query=dict(request.query), body=_parsed(body)))

    def _refuse_flood(self, pool: str, weight: int) -> None:
        now_ms = self._agenda.now_ms()
        spent = self._spent.setdefault(pool, deque())
        while spent and spent[0][0] <= now_ms - WINDOW_MS:
            spent.popleft()
        flooded = sum(each for _, each in spent) + weight > POOL and self._habits.limiting is not Limiting.OFF
        if flooded or self.overloaded:
            self.overloaded = max(0, self.overloaded - 1)
            raise Refusal(-1003, "too many requests", 429)
        spent.append((now_ms, weight))

    def _refused(self, refusal: Refusal) -> web.Response:
        if refusal.status == 429 and self._habits.limiting is Limiting.TEXT:
            return web.Response(status=429, text="Too Many Requests")
        answer = {"code": Ident(refusal.code), "msg": refusal.text}
        return self._response(answer, refusal.status or self._habits.refusal_status)

    def _response(self, answer: object, status: int) -> web.Response:
        return web.Response(status=status, text=self._dialect.text(answer), content_type="application/json")


def _parsed(body: str) -> dict[str, object]:
    if not body:
        return {}
    try:
        parsed = json.loads(body, parse_float=Decimal)
    except ValueError:
        raise Refusal(-1142, "the body is not JSON") from None
    if not isinstance(parsed, dict):
        raise Refusal(-1142, "the body is not a JSON object")
    return parsed
