"""What a person entered to connect an account, what is wrong with it, and the request it makes."""

from dataclasses import dataclass, field
from enum import Enum, auto

from sigma_engine import (
    PRACTICE_KEY,
    VENUE_ACCESS,
    ConnectionRequest,
    InputError,
    KeySource,
    KnownKeys,
    VenueAccess,
    practice_address,
)

ACCESS: dict[str, VenueAccess] = {access.venue: access for access in VENUE_ACCESS}
MASK = "\u2022"
"""What hides the rest of a known key."""
LOCKED = (
    "Live trading opens once this account is certified, which this version cannot do yet; "
    "use demo money or the practice exchange."
)


class Money(Enum):
    """What the keys move."""

    DEMO = auto()
    PRACTICE = auto()
    REAL = auto()


MONEY_WORDS = {
    Money.DEMO: "Demo money at the exchange",
    Money.PRACTICE: "Practice exchange on this machine",
    Money.REAL: "Real money (locked)",
}


class Part(Enum):
    """A field of the dialog, by the word an error calls it."""

    VENUE = "exchange"
    KEY = "key"
    SECRET = "secret"
    PASSPHRASE = "passphrase"
    MONEY = "money"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The fields as they stand; the secrets are in no representation of it."""

    venue: str
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)
    money: Money = Money.DEMO
    address: str = ""

    @property
    def access(self) -> VenueAccess:
        """What SIGMA can do at the exchange."""
        return ACCESS[self.venue]

    @property
    def has_keys(self) -> bool:
        """Whether any of the secrets was entered."""
        return bool(self.key or self.secret or self.passphrase)

    def is_key_of(self, known: KnownKeys) -> bool:
        """Whether the key entered ends like the ``known`` one."""
        return known.venue == self.venue and self.key.endswith(known.shown.lstrip(MASK))


def market_only(access: VenueAccess) -> str:
    """Why an exchange cannot be connected; empty where it can."""
    if access.trades:
        return ""
    return f"{access.title}: market data and paper trading only; choose Open paper trading from the File menu."


def problems(entry: Entry) -> dict[Part, str]:
    """One sentence for each field that cannot be used."""
    if unconnectable := market_only(entry.access):
        return {Part.VENUE: unconnectable}
    found = {part: wrong for part, text in _secrets(entry).items() if (wrong := _unreadable(part, text))}
    if entry.money is Money.REAL:
        found[Part.MONEY] = LOCKED
    if entry.money is Money.PRACTICE and (wrong := address_problem(entry.address)):
        found[Part.ADDRESS] = wrong
    if Part.KEY not in found and (wrong := _wrong_place(entry)):
        found[Part.KEY] = wrong
    if entry.secret and entry.secret == entry.key:
        found[Part.SECRET] = "The secret is the same as the key; copy the other of the two."
    return found


def address_problem(text: str) -> str:
    """What is wrong with the address of a practice exchange; empty where nothing is."""
    try:
        practice_address(text)
    except InputError as error:
        return str(error)
    return ""


def request_of(entry: Entry) -> ConnectionRequest:
    """The request of an entry without problems."""
    is_practice = entry.money is Money.PRACTICE
    return ConnectionRequest(
        venue=entry.venue,
        key=entry.key,
        secret=entry.secret,
        passphrase=entry.passphrase if entry.access.has_passphrase else "",
        demo=not is_practice,
        venue_url=practice_address(entry.address) if is_practice else None,
    )


def known_words(known: KnownKeys) -> str:
    """``In the keyring: ••••ab12, demo money``."""
    if known.source is KeySource.ENVIRONMENT:
        return f"From the environment: {known.shown}; only whoever set it there can remove it."
    return f"In the keyring: {known.shown}{', demo money' if known.demo else ''}"


def _secrets(entry: Entry) -> dict[Part, str]:
    texts = {Part.KEY: entry.key, Part.SECRET: entry.secret}
    return {**texts, Part.PASSPHRASE: entry.passphrase} if entry.access.has_passphrase else texts


def _unreadable(part: Part, text: str) -> str:
    if not text:
        return f"The {part.value} is empty; copy it from the exchange's page of API keys."
    if any(sign.isspace() for sign in text):
        return f"The {part.value} has a space or a line break inside; copy it again, alone."
    if not (text.isascii() and text.isprintable()):
        return f"The {part.value} has a sign in it that no {part.value} has; copy it again from the exchange."
    return ""


def _wrong_place(entry: Entry) -> str:
    is_practice_key = entry.key.startswith(PRACTICE_KEY)
    if entry.money is Money.PRACTICE and not is_practice_key:
        return f"A practice exchange takes only keys that begin with {PRACTICE_KEY}; use those it printed at its start."
    if entry.money is not Money.PRACTICE and is_practice_key:
        return f"Keys that begin with {PRACTICE_KEY} belong to a practice exchange; choose that as the money."
    return ""
