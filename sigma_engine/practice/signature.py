"""Who is asking: WEEX's four headers, checked in the order WEEX checks them."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from sigma_engine.practice.nouns import Refusal

WINDOW_MS = 30_000
"""How far a signature's time may lie from the exchange's clock."""
PREFIX = "practice-"
"""How every key of a practice exchange begins, so that none is ever taken for a real one."""


class Barred(IntEnum):
    """Why a key that is known may do nothing at all."""

    USER_ABNORMAL = -1050
    NOT_SAFE = -1055
    ILLEGAL_ADDRESS = -1056
    LOCKED = -1057


BARRED_TEXT = {
    Barred.USER_ABNORMAL: "User status is abnormal.",
    Barred.NOT_SAFE: "User must bind phone or Google authenticator.",
    Barred.ILLEGAL_ADDRESS: "Invalid IP address.",
    Barred.LOCKED: "User account is locked.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key to the practice account; ``may_trade`` False reads only, ``barred`` is refused whatever it asks."""

    key: str
    secret: str = field(repr=False)
    passphrase: str = field(repr=False)
    may_trade: bool = True
    barred: Barred | None = None

    def __post_init__(self) -> None:
        if not self.key.startswith(PREFIX):
            raise ValueError(f"a key here begins with {PREFIX!r}: never give a practice exchange a real one")


def signed(key: Key, stamp: str, text: str) -> str:
    """What ACCESS-SIGN has to be for ``text`` (method, path, query, body; for streams their constant path)."""
    digest = hmac.new(key.secret.encode(), (stamp + text).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def admit(headers: Mapping[str, str], text: str, keys: Sequence[Key], now_ms: int) -> Key:
    """The key that signed ``text``; raises `Refusal` with WEEX's code for the first thing that is wrong."""
    stamp = _stamp(headers, now_ms)
    key = next((known for known in keys if known.key == headers["ACCESS-KEY"]), None)
    if key is None:
        raise Refusal(-1044, "Invalid ACCESS_KEY.")
    if not _same(headers.get("ACCESS-PASSPHRASE", ""), key.passphrase):
        raise Refusal(-1049, "API key or passphrase incorrect.")
    if not _same(headers["ACCESS-SIGN"], signed(key, stamp, text)):
        raise Refusal(-1047, "API authentication failed.")
    if key.barred is not None:
        raise Refusal(key.barred, BARRED_TEXT[key.barred])
    return key


def may_trade(key: Key) -> None:
    """Raise `Refusal` where ``key`` only reads."""
    if not key.may_trade:
        raise Refusal(-1052, "Insufficient permissions for this action.")


def _stamp(headers: Mapping[str, str], now_ms: int) -> str:
    for code, name in ((-1040, "ACCESS-KEY"), (-1041, "ACCESS-SIGN"), (-1042, "ACCESS-TIMESTAMP")):
        if not headers.get(name):
            raise Refusal(code, f"{name.replace('-', '_')} header is required.")
    stamp = headers["ACCESS-TIMESTAMP"]
    if not (stamp.isascii() and stamp.isdigit()):
        raise Refusal(-1043, "Invalid ACCESS_TIMESTAMP.")
    if abs(now_ms - int(stamp)) > WINDOW_MS:
        raise Refusal(-1046, "Request timestamp expired.")
    return stamp


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogateescape"), right.encode())
