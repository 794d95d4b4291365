"""ccxt's own asynchronous clients, tamed: no clock, throttle, log, redirect or signature but what SIGMA allows."""

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import ccxt.pro

from sigma_engine.errors import DomainError
from sigma_engine.exchanges.keys import ApiKeys, require_loopback, require_permitted
from sigma_engine.exchanges.profiles import VenueProfile

NowMs = Callable[[], int]
Signable = frozenset[tuple[str, str]]
"""Method and path of every private call that may be signed."""

_HOST = re.compile(r"^(https?|wss?)://[^/]+")
_PRIVATE = ("private", "contractPrivate")
_KEEP_ALIVE_MS = 5_000

# With a level of its own: at DEBUG ccxt writes the headers, keys and all, whatever the root logger is set to.
_log = logging.getLogger("sigma_engine.exchanges.ccxt")
_log.setLevel(logging.WARNING)


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
        "apiKey": keys.key.get_secret_value(),
        "secret": keys.secret.get_secret_value(),
        "password": keys.passphrase.get_secret_value(),
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
    client.milliseconds = now_ms
    client.on_json_response = _read_json
    client.sign = _guarded(client.sign, signable)
    client.open = _unredirected(client, client.open)
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


def _guarded(sign: Callable[..., Any], signable: Signable) -> Callable[..., Any]:
    """ccxt's signing, but only of what is on the list: nothing that moves money out can ever be sent."""

    def guarded(path: str, api: Any = "public", method: str = "GET", *rest: Any, **more: Any) -> Any:
        name = api if isinstance(api, str) else api[0]
        if name in _PRIVATE and (method, path) not in signable:
            raise DomainError(f"SIGMA signs no {method} {path}: it is not among the calls its orders need.")
        return sign(path, api, method, *rest, **more)

    return guarded


class _Session:
    """aiohttp's session, but it follows no redirect: keys go to no other host, and nothing is sent twice."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def get(self, url: Any, **options: Any) -> Any:
        return self._session.get(url, allow_redirects=False, **options)

    def post(self, url: Any, **options: Any) -> Any:
        return self._session.post(url, allow_redirects=False, **options)

    def put(self, url: Any, **options: Any) -> Any:
        return self._session.put(url, allow_redirects=False, **options)

    def delete(self, url: Any, **options: Any) -> Any:
        return self._session.delete(url, allow_redirects=False, **options)


def _unredirected(client: Any, open_session: Callable[..., None]) -> Callable[..., None]:
    def opened(lazy: bool = False) -> None:
        open_session(lazy)
        if isinstance(client.session, aiohttp.ClientSession):
            client.session = _Session(client.session)

    return opened
