"""The addresses at which keys may be used."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from sigma_engine.domain.connection import PRACTICE_KEY
from sigma_engine.domain.keys import ApiKeys
from sigma_engine.errors import InputError


def is_practice(keys: ApiKeys) -> bool:
    """Whether they open the practice exchange and nothing else."""
    return keys.key.reveal().startswith(PRACTICE_KEY)


def require_permitted(keys: ApiKeys, base_url: str | None) -> None:
    """Raise `InputError` unless practice keys meet an address of this machine, or real keys the exchange's own."""
    if base_url is None:
        if is_practice(keys):
            raise InputError(
                f"Keys that begin with {PRACTICE_KEY} open the practice exchange only: give its address, "
                "http://127.0.0.1:PORT, or the keys of the exchange itself."
            )
        return
    require_loopback(base_url)
    if not is_practice(keys):
        raise InputError(
            f"{base_url} is on this machine and gets no keys of a real account: "
            f"give keys that begin with {PRACTICE_KEY}."
        )


def require_loopback(base_url: str) -> None:
    """Raise `InputError` unless it is ``http://127.0.0.1:PORT`` or another plain address of this machine."""
    parts = _split(base_url)
    if parts is None or parts.scheme not in ("http", "https") or parts.username is not None or not _is_bare(parts):
        raise InputError(f"{base_url!r} is no address of an exchange: write it like http://127.0.0.1:8080.")
    if not _is_loopback(parts.hostname or ""):
        raise InputError(
            f"{base_url!r} is not on this machine, where alone an exchange may be stood in for: "
            "write it like http://127.0.0.1:8080, or leave it out to reach the exchange itself."
        )


def _split(base_url: str) -> SplitResult | None:
    try:
        parts = urlsplit(base_url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _is_bare(parts: SplitResult) -> bool:
    return parts.path in ("", "/") and not parts.query and not parts.fragment


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
