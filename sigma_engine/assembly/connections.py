"""Accounts of exchanges for whoever stands at the door: which keys there are, keeping them, forgetting them."""

import asyncio
import importlib
from pathlib import Path

from pydantic import SecretStr

from sigma_engine.clock import SystemClock
from sigma_engine.domain.connection import (
    PRACTICE_KEY,
    VENUE_ACCESS,
    ConnectionRequest,
    KeyReport,
    KeySource,
    KnownKeys,
    VenueAccess,
    practice_address,
)
from sigma_engine.domain.keys import ApiKeys
from sigma_engine.errors import InputError, KeyringRefused
from sigma_engine.exchanges.profiles import venue_named
from sigma_engine.keys.keyring_keys import KeyringKeys, environment_names
from sigma_engine.settings import Credentials, load_credentials
from sigma_engine.storage.folder import DataFolder

_SHOWN, _SHORTEST = 4, 12
"""Characters of a key that are shown, and how long it must be for that."""


async def examine_keys(request: ConnectionRequest) -> KeyReport:
    """What the request's keys open, found out by reading alone; raises `InputError` where they cannot be keys."""
    access = _access(request.venue)
    keys = ApiKeys.of(request.key, request.secret, request.passphrase if access.has_passphrase else "")
    connect = await asyncio.to_thread(importlib.import_module, "sigma_engine.exchanges.connect")
    address = None if request.venue_url is None else practice_address(request.venue_url)
    report: KeyReport = await connect.examine_keys(
        venue_named(access.venue), keys, SystemClock(), address, request.demo and address is None
    )
    return report


async def save_keys(request: ConnectionRequest, kept: KeyringKeys | None = None) -> None:
    """Keep the request's keys in the keyring; raises `InputError` where they cannot be keys, or it refuses."""
    access = _access(request.venue)
    keys = ApiKeys.of(request.key, request.secret, request.passphrase if access.has_passphrase else "")
    await asyncio.to_thread((kept or KeyringKeys()).save, access.venue, keys)


async def forget_keys(venue: str, kept: KeyringKeys | None = None) -> None:
    """Remove the venue's keys from the keyring; raises `InputError` where there are none."""
    access = _access(venue)
    if not await asyncio.to_thread((kept or KeyringKeys()).delete, access.venue):
        raise InputError(f"The keyring holds no keys of {access.title}; there is nothing to remove.")


async def known_keys(home: Path | None = None, kept: KeyringKeys | None = None) -> tuple[KnownKeys, ...]:
    """The keys in the environment, or in `.env` of ``home``'s settings, and in the keyring, masked.

    Raises `KeyringRefused` where the keyring does not answer and the environment has none.
    """
    return await asyncio.to_thread(_known, home, kept or KeyringKeys())


def _known(home: Path | None, kept: KeyringKeys) -> tuple[KnownKeys, ...]:
    credentials = load_credentials(DataFolder.locate(home).config)
    traded = [access.venue for access in VENUE_ACCESS if access.trades]
    given = [known for venue in traded if (known := _given(venue, credentials)) is not None]
    try:
        return (*given, *(known for venue in traded if (known := _kept(venue, kept)) is not None))
    except KeyringRefused:
        if not given:
            raise
        return tuple(given)


def _given(venue: str, credentials: Credentials) -> KnownKeys | None:
    name = environment_names(venue)[0].lower()
    key: SecretStr | None = getattr(credentials, name)
    if key is None or not key.get_secret_value():
        return None
    return _masked(venue, KeySource.ENVIRONMENT, key.get_secret_value(), demo=credentials.weex_testnet)


def _kept(venue: str, kept: KeyringKeys) -> KnownKeys | None:
    keys = kept.load(venue)
    # Only keys for demo money and practice keys are ever saved while live trading is locked.
    return None if keys is None else _masked(venue, KeySource.KEYRING, keys.key.reveal(), demo=True)


def _masked(venue: str, source: KeySource, key: str, demo: bool) -> KnownKeys:
    shown = f"••••{key[-_SHOWN:]}" if len(key) >= _SHORTEST else "••••"
    return KnownKeys(venue=venue, source=source, shown=shown, demo=demo and not key.startswith(PRACTICE_KEY))


def _access(venue: str) -> VenueAccess:
    found = next((access for access in VENUE_ACCESS if access.venue == venue and access.trades), None)
    if found is None:
        raise InputError(f"SIGMA trades no account at {venue!r}: choose an exchange it can connect.")
    return found
