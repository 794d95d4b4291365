"""The keys of exchanges in the operating system's keyring, where nobody reads them who is not this person.

There is no second place: where the system has no such keyring, keys are kept nowhere, and one sentence names the
environment variables they may be given by instead.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError

from sigma_engine.domain.connection import VENUE_ACCESS
from sigma_engine.domain.keys import ApiKeys
from sigma_engine.errors import InputError, KeyringRefused

log = logging.getLogger(__name__)

SERVICE = "SIGMA"
"""Under which the keyring lists what is kept here, an entry a venue."""

TRUSTED = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.kwallet.DBusKeyringKWallet4",
)
"""The keyrings of the operating systems; whatever else calls itself one may be a text file."""

LONGEST = 1_000
"""Characters of an entry at most, which all of them can hold: Windows takes 2,560 bytes, two a character."""


class KeyringKeys:
    """Saves, finds and deletes the keys of a venue; every method may wait for the person to unlock the keyring.

    They block, so call them off the loop. Raises `KeyringRefused` where the keyring is none of ``trusted``, or does
    not let anyone in.
    """

    def __init__(self, trusted: tuple[str, ...] = TRUSTED) -> None:
        self._trusted = trusted

    def save(self, venue: str, keys: ApiKeys) -> None:
        """Keep ``keys`` as those of ``venue``, in place of any before; raises `InputError` where they are too long."""
        entry = _written(keys)
        if len(entry) > LONGEST:
            raise InputError(
                f"The keys of {_title(venue)} are longer than any exchange's: copy them again, one at a time."
            )
        with _explaining(venue):
            self._keyring(venue).set_password(SERVICE, venue, entry)

    def load(self, venue: str) -> ApiKeys | None:
        """The keys of ``venue``, None where none are kept."""
        with _explaining(venue):
            entry = self._keyring(venue).get_password(SERVICE, venue)
        return None if entry is None else _read(venue, entry)

    def delete(self, venue: str) -> bool:
        """Forget the keys of ``venue``; whether there were any."""
        with _explaining(venue):
            chosen = self._keyring(venue)
            if chosen.get_password(SERVICE, venue) is None:
                return False
            chosen.delete_password(SERVICE, venue)
            return True

    def _keyring(self, venue: str) -> KeyringBackend:
        """The system's own keyring, of several the one that is best there."""
        found = keyring.get_keyring()
        several = list(found.backends) if isinstance(found, ChainerBackend) else [found]
        trusted = [each for each in several if _name(each) in self._trusted]
        if not trusted:
            log.info("no keyring of %s is trusted", ", ".join(map(_name, several)) or _name(found))
            raise _refused(venue, "this system has no keyring that keeps keys safe; set one up")
        return trusted[0]


def environment_names(venue: str) -> tuple[str, str, str]:
    """The variables of key, secret and passphrase, in the environment or `.env`."""
    prefix = venue.upper()
    return f"{prefix}_API_KEY", f"{prefix}_API_SECRET", f"{prefix}_API_PASSPHRASE"


@contextmanager
def _explaining(venue: str) -> Iterator[None]:
    """Raise what a keyring refuses as `KeyringRefused`, without the error it came from: that may hold the entry."""
    try:
        yield
    except (KeyringError, OSError, RuntimeError, ImportError, AttributeError, ValueError) as refused:
        log.info("the keyring did not answer: %s", type(refused).__name__)
        raise _refused(venue, "the system's keyring did not answer; unlock it and try again") from None


def _refused(venue: str, reason: str) -> KeyringRefused:
    *names, last = environment_names(venue)
    return KeyringRefused(
        f"The keys of {_title(venue)} cannot be kept in the keyring: {reason}, or give {', '.join(names)} and {last} "
        "in the environment or in a .env file."
    )


def _title(venue: str) -> str:
    return next((access.title for access in VENUE_ACCESS if access.venue == venue), venue)


def _name(backend: KeyringBackend) -> str:
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"


def _written(keys: ApiKeys) -> str:
    """One entry for all three, so that they are never half another account's."""
    phrase = None if keys.passphrase is None else keys.passphrase.reveal()
    return json.dumps({"key": keys.key.reveal(), "secret": keys.secret.reveal(), "passphrase": phrase})


def _read(venue: str, entry: str) -> ApiKeys:
    try:
        kept = json.loads(entry)
        return ApiKeys.of(kept["key"], kept["secret"], kept["passphrase"] or "")
    except (ValueError, KeyError, TypeError, AttributeError, InputError):
        raise KeyringRefused(
            f"What the keyring holds as the keys of {_title(venue)} is none of SIGMA's: delete its entry {SERVICE} "
            "there, then enter the keys again."
        ) from None
