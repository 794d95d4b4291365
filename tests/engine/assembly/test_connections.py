"""The door to accounts: keys are kept, forgotten and listed, and only their last signs are ever told."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

import sigma_engine
from sigma_engine import ConnectionRequest, InputError, KeySource, KnownKeys, SigmaError
from sigma_engine.assembly.connections import forget_keys, known_keys, save_keys
from sigma_engine.keys.keyring_keys import KeyringKeys

CANARY = "canary-5d41402abc4b"
REQUEST = ConnectionRequest(venue="weex", key=f" {CANARY}ab12\n", secret=f"{CANARY}-s", passphrase=f"{CANARY}-p")


class Vault(KeyringBackend):
    """The outermost edge: a keyring of an operating system, in memory; no other test finds it by itself."""

    priority = -1.0

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


KEPT = KeyringKeys((f"{Vault.__module__}.{Vault.__qualname__}",))


@pytest.fixture(autouse=True)
def vault() -> Iterator[Vault]:
    before, made = keyring.get_keyring(), Vault()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def known(home: Path) -> tuple[KnownKeys, ...]:
    return asyncio.run(known_keys(home, KEPT))


def test_saved_keys_are_listed_by_their_last_signs_and_forgotten(tmp_path: Path, vault: Vault) -> None:
    assert known(tmp_path) == ()
    asyncio.run(save_keys(REQUEST, KEPT))
    assert known(tmp_path) == (KnownKeys(venue="weex", source=KeySource.KEYRING, shown="••••ab12", demo=True),)
    asyncio.run(forget_keys("weex", KEPT))
    assert (known(tmp_path), vault.entries) == ((), {})


def test_of_a_short_key_nothing_is_shown_and_a_practice_key_is_not_demo_money(tmp_path: Path) -> None:
    asyncio.run(save_keys(ConnectionRequest(venue="weex", key="practice-1", secret="s", passphrase="p"), KEPT))
    assert known(tmp_path) == (KnownKeys(venue="weex", source=KeySource.KEYRING, shown="••••", demo=False),)


def test_keys_of_the_environment_are_listed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEEX_API_KEY", f"{CANARY}cd34")
    monkeypatch.setenv("WEEX_TESTNET", "true")
    assert known(tmp_path) == (KnownKeys(venue="weex", source=KeySource.ENVIRONMENT, shown="••••cd34", demo=True),)
    keyring.set_keyring(fail.Keyring())
    assert [each.source for each in known(tmp_path)] == [KeySource.ENVIRONMENT]


def test_without_any_keys_a_system_without_a_keyring_says_so_at_the_door(tmp_path: Path) -> None:
    keyring.set_keyring(fail.Keyring())
    with pytest.raises(SigmaError, match="no keyring that keeps keys safe"):
        asyncio.run(sigma_engine.known_keys(tmp_path))


def test_what_cannot_be_kept_or_forgotten_is_one_sentence(vault: Vault) -> None:
    with pytest.raises(InputError, match="SIGMA trades no account at 'binance'"):
        asyncio.run(save_keys(ConnectionRequest(venue="binance", key="k", secret="s"), KEPT))
    with pytest.raises(InputError, match="holds no keys of WEEX"):
        asyncio.run(forget_keys("weex", KEPT))
    with pytest.raises(InputError, match="The API secret is empty"):
        asyncio.run(save_keys(ConnectionRequest(venue="weex", key="k", secret=" "), KEPT))
    assert vault.entries == {}
