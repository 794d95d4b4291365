"""The HTTP session under ccxt: it follows no redirect and never takes one question's answer for another's."""

import socket
import ssl
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import aiohttp
import certifi
from aiohttp.connector import Connection


@dataclass(slots=True)
class Answer:
    """What came back over HTTP while somebody listened; ``status`` is None where nothing did.

    ``signed`` says that the request was written at all; ``sent`` holds what went out.
    """

    signed: bool = False
    sent: set[str] = field(default_factory=set)
    status: int | None = None
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def retry_after_ms(self) -> int | None:
        """For how long the exchange wants silence, where it says so."""
        text = next((value for name, value in self.headers.items() if name.lower() == "retry-after"), "").strip()
        return int(text) * 1000 if text.isdecimal() else None


LISTENER: ContextVar[Answer | None] = ContextVar("LISTENER", default=None)
"""Where the answer to this task's question is written down, raw."""


class SpoiltConnection(aiohttp.ClientConnectionError):
    """A kept connection held bytes nobody had asked for; nothing was sent over it."""


class _Request(aiohttp.ClientRequest):
    """A request that goes out once, over a connection in which nothing waits.

    aiohttp sends readings and cancellations again by itself where a connection ends. A reply that came twice would
    answer the next question over a kept connection, and every question after it.
    """

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        if conn.protocol is None or conn.protocol.should_close:
            raise SpoiltConnection("the connection holds an answer to nothing")
        if (answer := LISTENER.get()) is not None:
            question = f"{self.method} {self.url}"
            if question in answer.sent:
                raise aiohttp.ClientConnectionError("the connection ended, and it was sent already")
            answer.sent.add(question)
        return await super().send(conn)


class Session:
    """aiohttp's session, but it follows no redirect: keys go to no other host, and nothing is sent twice.

    Every reading has a connection of its own: a list of orders bears no mark of the question it answers, and on a
    kept connection a late copy of another answer could pass for it. What is sent keeps its connection, for speed; its
    answers name their order.
    """

    def __init__(self, trust_environment: bool) -> None:
        self._kept = _session(trusted(), trust_environment, force_close=False)
        self._fresh = _session(trusted(), trust_environment, force_close=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)

    def get(self, url: Any, **options: Any) -> Any:
        """Ask.

        The connection is closed by us, unannounced: after an announced end a second copy would spoil the first.
        """
        options["headers"] = {**(options.get("headers") or {}), "Connection": "keep-alive"}
        return self._fresh.get(url, allow_redirects=False, **options)

    def post(self, url: Any, **options: Any) -> Any:
        """Send."""
        return self._kept.post(url, allow_redirects=False, **options)

    def put(self, url: Any, **options: Any) -> Any:
        """Send."""
        return self._kept.put(url, allow_redirects=False, **options)

    def delete(self, url: Any, **options: Any) -> Any:
        """Take back."""
        return self._kept.delete(url, allow_redirects=False, **options)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._kept.close()
        await self._fresh.close()


@cache
def trusted() -> ssl.SSLContext:
    """Whom every connection trusts; reading it takes long enough to keep an order waiting, so it is read once."""
    return ssl.create_default_context(cafile=certifi.where())


def _session(trusted: ssl.SSLContext, trust_environment: bool, force_close: bool) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            ssl=trusted,
            family=socket.AF_UNSPEC,
            happy_eyeballs_delay=0,
            force_close=force_close,
        ),
        request_class=_Request,
        trust_env=trust_environment,
        cookie_jar=aiohttp.DummyCookieJar(),
    )
