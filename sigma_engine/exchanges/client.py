"""ccxt's own asynchronous clients, tamed: no clock, throttle, log, redirect or signature but what SIGMA allows."""

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import ccxt.pro
from ccxt.base.errors import NetworkError

from sigma_engine.domain.keys import ApiKeys
from sigma_engine.errors import DomainError
from sigma_engine.exchanges.http_session import LISTENER, Session, trusted
from sigma_engine.exchanges.keys import require_loopback, require_permitted
from sigma_engine.exchanges.profiles import VenueProfile

NowMs = Callable[[], int]
Signable = frozenset[tuple[str, str]]
"""Method and path of every private call that may be signed."""

_HOST = re.compile(r"^(https?|wss?)://[^/]+")
_PRIVATE = ("private", "contractPrivate")
_KEEP_ALIVE_MS = 5_000
_CLOSINGS = 5

# At DEBUG ccxt writes the headers, keys and all: nothing below a warning passes, whatever level anybody sets.
_log = logging.getLogger("sigma_engine.exchanges.ccxt")
_log.setLevel(logging.WARNING)
_log.addFilter(lambda record: record.levelno >= logging.WARNING)


def trading_client(
    profile: VenueProfile, keys: ApiKeys, now_ms: NowMs, base_url: str | None = None, demo: bool = False
) -> Any:
    """A ccxt.pro client that signs with ``keys``, by the time of ``now_ms``, what the profile lets it.

    ``base_url`` stands in for the exchange (this machine only), ``demo`` is the exchange's own play money. Raises
    `InputError` where the keys may not go to that address, or SIGMA cannot trade there.
    """
    require_permitted(keys, base_url)
    terms = profile.trading_terms(demo)
    credentials = {
        "apiKey": keys.key.reveal(),
        "secret": keys.secret.reveal(),
        "password": keys.passphrase.reveal() if keys.passphrase else "",
    }
    client = _client(profile, now_ms, base_url, credentials, terms.signable)
    if demo:
        client.set_sandbox_mode(True)
    return client


def data_client(profile: VenueProfile, now_ms: NowMs, base_url: str | None = None) -> Any:
    """A ccxt.pro client of the public market data, without keys; it signs nothing."""
    if base_url is not None:
        require_loopback(base_url)
    return _client(profile, now_ms, base_url, {}, frozenset())


async def shut(client: Any) -> None:
    """Close every connection of a client, one too that was being opened at that very moment."""
    for _ in range(_CLOSINGS):
        await client.close()
        for _ in range(_CLOSINGS):
            await asyncio.sleep(0)
        if client.session is None:
            return


def _client(
    profile: VenueProfile, now_ms: NowMs, base_url: str | None, credentials: Mapping[str, str], signable: Signable
) -> Any:
    client = getattr(ccxt.pro, profile.ccxt_id)(
        {
            **credentials,
            "enableRateLimit": False,
            "verbose": False,
            "logger": _log,
            "aiohttp_trust_env": base_url is None,
            "has": {"fetchCurrencies": False},
            "options": {
                **profile.options,
                # Its first answer would be a reading of its own, and events until the second call be lost.
                "watchPositions": {"fetchPositionsSnapshot": False, "awaitPositionsSnapshot": False},
                "watchBalance": {"fetchBalanceSnapshot": False, "awaitBalanceSnapshot": False},
            },
            "streaming": {"keepAlive": _KEEP_ALIVE_MS, "maxPingPongMisses": 2},
        }
    )
    if base_url is not None:
        _redirect(client, base_url.rstrip("/"))
        client.timeout_on_exit = 0  # Its pause at the end is for encrypted connections.
    client.milliseconds = now_ms
    client.ssl_context = trusted()  # it would read all certificates anew, for longer than the loop may stand still
    client.on_json_response = _read_json
    client.sign = _guarded(client.sign, signable)
    if hasattr(client, "pong"):
        client.pong = _unless_gone(client.pong)
    client.open = _opened(client, client.open, trust_environment=base_url is None)
    client.on_rest_response = _told(client)
    return client


def _redirect(client: Any, base_url: str) -> None:
    """Let the server at ``base_url`` stand in for all hosts, streams too."""
    for kind in ("api", "test"):
        if kind in client.urls:
            client.urls[kind] = _at(client.urls[kind], base_url)
    streams = client.urls["api"].get("ws") if isinstance(client.urls["api"], dict) else None
    if client.id == "weex" and isinstance(streams, dict):
        # ccxt tells the two markets apart by this word of the address.
        base = base_url.replace("http", "ws", 1)
        client.urls["api"]["ws"] = {"spot": f"{base}/spot/v3/ws", "contract": f"{base}/contract/v3/ws"}


def _at(urls: Any, base_url: str) -> Any:
    if isinstance(urls, dict):
        return {name: _at(url, base_url) for name, url in urls.items()}
    if not isinstance(urls, str):
        return urls
    streams = urls.startswith("ws")
    return _HOST.sub(base_url.replace("http", "ws", 1) if streams else base_url, urls)


def _read_json(text: str) -> Any:
    """JSON whose fractions stay the text they were, so that no amount passes through a float."""
    return json.loads(text, parse_float=str, parse_constant=_no_number)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _unless_gone(pong: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """ccxt answers pings behind everybody's back: that the socket is gone, whoever listens on it is told anyway."""

    async def answered(*arguments: Any) -> None:
        with contextlib.suppress(OSError, NetworkError):
            await pong(*arguments)

    return answered


def _guarded(sign: Callable[..., Any], signable: Signable) -> Callable[..., Any]:
    """ccxt's signing, but only of what is on the list: nothing that moves money out can ever be sent."""

    def guarded(path: str, api: Any = "public", method: str = "GET", *rest: Any, **more: Any) -> Any:
        name = api if isinstance(api, str) else api[0]
        if name in _PRIVATE and (method, path) not in signable:
            raise DomainError(f"SIGMA signs no {method} {path}: it is not among the calls its orders need.")
        request = sign(path, api, method, *rest, **more)
        if (answer := LISTENER.get()) is not None:
            answer.signed = True
        return request

    return guarded


def _opened(client: Any, open_session: Callable[..., None], trust_environment: bool) -> Callable[..., None]:
    """ccxt's opening, but with a session of our own."""

    def opened(lazy: bool = False) -> None:
        if client.session is None and not (lazy and client.closed_by_user):
            client.session = Session(trust_environment)
        open_session(lazy)

    return opened


def _told(client: Any) -> Callable[..., Any]:
    """Write every answer down for whoever listens, without what must not be read anywhere."""
    secrets = [text for text in (client.apiKey, client.secret, client.password) if text]

    def told(status: int, _reason: str, _url: str, _method: str, headers: dict[str, str], body: str, *_: Any) -> str:
        answer = LISTENER.get()
        if answer is not None:
            answer.status, answer.body, answer.headers = status, _hidden(body, secrets), headers
        return body.strip()

    return told


def _hidden(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "…")
    return text
