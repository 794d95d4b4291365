"""The keys of an account, which nothing prints, and the addresses they may be used at."""

import ipaddress
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from sigma_engine.errors import InputError

PRACTICE = "practice-"


@dataclass(frozen=True, slots=True, repr=False)
class ApiKeys:
    """An exchange's API key, its secret and its passphrase; no text of it shows any of the three."""

    key: SecretStr
    secret: SecretStr
    passphrase: SecretStr

    @classmethod
    def of(cls, key: str, secret: str, passphrase: str) -> Self:
        """The keys as a person pasted them; raises `InputError` where one is empty or cannot be a key."""
        given = {"API key": key.strip(), "API secret": secret.strip(), "passphrase": passphrase.strip()}
        for name, text in given.items():
            if not text:
                raise InputError(f"The {name} is empty: copy it from the exchange's page of API keys.")
            if not (text.isascii() and text.isprintable()):
                raise InputError(f"The {name} holds signs no key has: copy it again from the exchange's page.")
        return cls(*(SecretStr(text) for text in given.values()))

    @property
    def is_practice(self) -> bool:
        """Whether they open the practice exchange and nothing else."""
        return self.key.get_secret_value().startswith(PRACTICE)

    def __repr__(self) -> str:
        return "ApiKeys(hidden)"


def require_permitted(keys: ApiKeys, base_url: str | None) -> None:
    """Raise `InputError` unless practice keys meet an address of this machine, or real keys the exchange's own."""
    if base_url is None:
        if keys.is_practice:
            raise InputError(
                f"Keys that begin with {PRACTICE} open the practice exchange only: give its address, "
                "http://127.0.0.1:PORT, or the keys of the exchange itself."
            )
        return
    require_loopback(base_url)
    if not keys.is_practice:
        raise InputError(
            f"{base_url} is on this machine and gets no keys of a real account: use keys that begin with {PRACTICE}."
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
