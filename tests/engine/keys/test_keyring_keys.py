"""Keys in the operating system's keyring, and the sentence where there is none."""

import json
import traceback
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from sigma_engine.domain.keys import ApiKeys
from sigma_engine.errors import InputError, KeyringRefused
from sigma_engine.keys.keyring_keys import LONGEST, SERVICE, TRUSTED, KeyringKeys, environment_names
from sigma_engine.settings import Credentials

CANARY = "canary-5d41402a"
KEYS = ApiKeys.of(f"{CANARY}-key", f"{CANARY}-secret", f"{CANARY}-phrase")
WAY_OUT = "give WEEX_API_KEY, WEEX_API_SECRET and WEEX_API_PASSPHRASE in the environment or in a .env file."


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
        if (service, username) not in self.entries:
            raise PasswordDeleteError("not found")
        del self.entries[service, username]


class TextFile(Vault):
    """One that keeps what it is given where anyone reads it."""


class Locked(Vault):
    """One whose person said no, and which repeats what it was given."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("no")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"not unlocked for {password}")


class Chain(ChainerBackend):
    """Several keyrings at once, best first."""

    priority = -1.0
    backends: tuple[KeyringBackend, ...] = ()


def trusting(*kinds: type[KeyringBackend]) -> KeyringKeys:
    return KeyringKeys(tuple(f"{kind.__module__}.{kind.__qualname__}" for kind in kinds))


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def vault() -> Vault:
    vault = Vault()
    keyring.set_keyring(vault)
    return vault


def test_keys_return_as_they_were(vault: Vault) -> None:
    kept = trusting(Vault)
    kept.save("weex", KEYS)
    assert kept.load("weex") == KEYS
    assert kept.load("binance") is None


def test_a_venue_without_passphrase_keeps_none(vault: Vault) -> None:
    kept = trusting(Vault)
    kept.save("binance", ApiKeys.of("key", "secret"))
    assert kept.load("binance") == ApiKeys.of("key", "secret")


def test_keys_of_two_venues_are_apart_and_later_ones_replace(vault: Vault) -> None:
    kept, later = trusting(Vault), ApiKeys.of("later", "secret", "phrase")
    for venue, keys in (("weex", KEYS), ("bybit", KEYS), ("weex", later)):
        kept.save(venue, keys)
    assert (kept.load("weex"), kept.load("bybit")) == (later, KEYS)
    assert set(vault.entries) == {(SERVICE, "weex"), (SERVICE, "bybit")}


def test_deleting_says_whether_there_were_any(vault: Vault) -> None:
    kept = trusting(Vault)
    kept.save("weex", KEYS)
    assert [kept.delete("weex"), kept.delete("weex"), kept.load("weex")] == [True, False, None]
    assert vault.entries == {}


@pytest.mark.parametrize("untrusted", [fail.Keyring, null.Keyring, TextFile])
@pytest.mark.parametrize("use", ["save", "load", "delete"])
def test_no_other_keyring_is_a_place_for_keys(untrusted: type[KeyringBackend], use: str) -> None:
    """Not even where it would answer: null forgets what it is given without a word."""
    found = untrusted()
    keyring.set_keyring(found)
    kept = trusting(Vault)
    call = {
        "save": lambda: kept.save("weex", KEYS),
        "load": lambda: kept.load("weex"),
        "delete": lambda: kept.delete("weex"),
    }[use]
    with pytest.raises(
        KeyringRefused, match=r"^The keys of WEEX cannot be kept in the keyring: .*no keyring"
    ) as refusal:
        call()
    assert str(refusal.value).endswith(WAY_OUT)
    assert "\n" not in str(refusal.value)
    assert getattr(found, "entries", {}) == {}


def test_the_systems_own_keyrings_are_trusted_and_no_other() -> None:
    for name in TRUSTED:
        assert name.startswith("keyring.backends.")
        assert not any(word in name for word in ("fail", "null", "chainer", "file", "Plain"))
    keyring.set_keyring(Vault())
    with pytest.raises(KeyringRefused):
        KeyringKeys().load("weex")


def test_of_several_keyrings_the_best_that_is_trusted_is_used_and_the_others_never_see_them() -> None:
    open_to_all, vault = TextFile(), Vault()
    Chain.backends = (open_to_all, vault)
    keyring.set_keyring(Chain())
    kept = trusting(Vault)
    kept.save("weex", KEYS)
    assert kept.load("weex") == KEYS
    assert open_to_all.entries == {}
    assert list(vault.entries) == [(SERVICE, "weex")]


def test_several_keyrings_of_which_none_is_trusted_are_refused() -> None:
    Chain.backends = (TextFile(), fail.Keyring())
    keyring.set_keyring(Chain())
    with pytest.raises(KeyringRefused, match="no keyring that keeps keys safe"):
        trusting(Vault).save("weex", KEYS)


def test_a_locked_keyring_is_told_in_one_sentence_without_what_it_was_given() -> None:
    keyring.set_keyring(Locked())
    with pytest.raises(
        KeyringRefused, match=r"the system's keyring did not answer; unlock it and try again, or give WEEX"
    ) as refusal:
        trusting(Locked).save("weex", KEYS)
    assert CANARY not in str(refusal.value)
    assert CANARY not in "".join(traceback.format_exception(refusal.value))


def test_a_keyring_that_is_named_and_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "nowhere.Keyring")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    with pytest.raises(KeyringRefused, match="did not answer"):
        KeyringKeys().load("weex")


@pytest.mark.parametrize(
    "entry", ["", "x", "[]", "{}", "null", '{"key": 1, "secret": "s", "passphrase": null}', f'{{"key": "{CANARY}"}}']
)
def test_what_another_program_left_there_is_not_taken_for_keys(vault: Vault, entry: str) -> None:
    vault.set_password(SERVICE, "weex", entry)
    with pytest.raises(KeyringRefused, match="none of SIGMA's: delete its entry SIGMA there") as refusal:
        trusting(Vault).load("weex")
    assert CANARY not in "".join(traceback.format_exception(refusal.value))


def test_keys_no_keyring_can_hold_are_refused_before_it_is_asked(vault: Vault) -> None:
    with pytest.raises(InputError, match="longer than any exchange's"):
        trusting(Vault).save("weex", ApiKeys.of("k" * LONGEST, "secret"))
    assert vault.entries == {}


def test_an_entry_is_small_enough_for_windows(vault: Vault) -> None:
    """A Windows credential holds 2,560 bytes of UTF-16; the keys of exchanges are 64 characters, some 128."""
    trusting(Vault).save("weex", ApiKeys.of("k" * 128, "s" * 128, "p" * 64))
    [entry] = vault.entries.values()
    assert len(entry.encode("utf-16-le")) < 2_560
    assert set(json.loads(entry)) == {"key", "secret", "passphrase"}


def test_the_way_out_is_what_the_settings_read() -> None:
    assert {name.lower() for name in environment_names("weex")} <= set(Credentials.model_fields)
