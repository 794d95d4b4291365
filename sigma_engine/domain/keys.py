"""The keys of an account at an exchange: held, handed on, never shown."""

from dataclasses import dataclass
from hashlib import blake2s
from hmac import compare_digest
from typing import NoReturn, Self

from sigma_engine.errors import DomainError, InputError

_HIDDEN = "••••••••"


class Secret:
    """A text that is never shown: printing, formatting and logging it give dots, and it cannot be pickled or copied.

    `reveal` is the one way to it. Raises `DomainError` for an empty text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not text:
            raise DomainError("a secret is a text of at least one character, was empty")
        self._text = text

    def reveal(self) -> str:
        """The text itself, for whoever signs or keeps it."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({_HIDDEN})"

    def __str__(self) -> str:
        return _HIDDEN

    def __format__(self, _: str) -> str:
        return _HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(Secret)  # one for all: a hash of the text would tell something of it

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError("a secret is neither pickled nor copied: hand it on as it is")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeys:
    """What an exchange signs its requests with; ``passphrase`` is None where it asks for none."""

    key: Secret
    secret: Secret
    passphrase: Secret | None = None

    @classmethod
    def of(cls, key: str, secret: str, passphrase: str = "") -> Self:
        """The keys as a person pasted them; raises `InputError` where one is missing or cannot be one."""
        return cls(
            key=Secret(_pasted("API key", key)),
            secret=Secret(_pasted("API secret", secret)),
            passphrase=Secret(_pasted("passphrase", passphrase)) if passphrase.strip() else None,
        )

    @property
    def fingerprint(self) -> str:
        """Eight characters that tell one key from another and say nothing of it."""
        return blake2s(self.key.reveal().encode(), digest_size=4, person=b"sigmakey").hexdigest()


def _pasted(name: str, text: str) -> str:
    """The text without what was copied along around it."""
    bare = text.strip()
    if not bare:
        raise InputError(f"The {name} is empty: copy it from the exchange's page of API keys.")
    if not (bare.isascii() and bare.isprintable()):
        raise InputError(f"The {name} holds signs no key has: copy it again from the exchange's page of API keys.")
    return bare
