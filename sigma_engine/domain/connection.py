"""Connecting an account of an exchange: what a person gives, what the test of the keys found, which keys are kept."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from sigma_engine.domain.fees import VENUE_FEES
from sigma_engine.errors import InputError

PRACTICE_KEY = "practice-"
"""Keys that begin so are a practice exchange's; such an exchange accepts no others, and no other accepts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueAccess:
    """What SIGMA can do at a venue: ``trades`` orders there, or reads its market alone; its keys have a passphrase."""

    venue: str
    title: str
    trades: bool
    has_passphrase: bool


_TRADED, _WITH_PASSPHRASE = {"weex"}, {"weex", "okx"}
VENUE_ACCESS: tuple[VenueAccess, ...] = tuple(
    VenueAccess(
        venue=fees.venue,
        title=fees.title,
        trades=fees.venue in _TRADED,
        has_passphrase=fees.venue in _WITH_PASSPHRASE,
    )
    for fees in VENUE_FEES
)
"""The venues there are, those that can be traded first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRequest:
    """An account to connect; ``demo`` is the exchange's own demo money, ``venue_url`` a practice exchange's address.

    The three secrets are in no representation of it.
    """

    venue: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    passphrase: str = field(default="", repr=False)
    demo: bool = True
    venue_url: str | None = None


class KeyVerdict(StrEnum):
    """How one thing that was tested came out."""

    GOOD = "good"
    NOTE = "note"
    """Nothing stands in the way, and a person should know of it."""
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One finding in words, and what to do about it; nothing where nothing is to be done."""

    text: str
    verdict: KeyVerdict
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReport:
    """What a test of keys found; ``ok`` says that SIGMA can trade with them."""

    ok: bool
    lines: tuple[KeyLine, ...]


class KeySource(StrEnum):
    """Where keys are kept."""

    KEYRING = "keyring"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKeys:
    """Keys SIGMA has for a venue; ``shown`` is the key masked but for its last four characters."""

    venue: str
    source: KeySource
    shown: str
    demo: bool


def practice_address(text: str) -> str:
    """``http://127.0.0.1:8710``, of what a person wrote; raises `InputError` where it is not on this machine."""
    wrong = InputError(
        f"{text.strip() or 'Nothing'} is no address of this machine: "
        "a practice exchange runs here, under an address such as http://127.0.0.1:8710."
    )
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme != "http" or port is None or not _is_here(host) or parts.path not in ("", "/") or parts.username:
        raise wrong
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
