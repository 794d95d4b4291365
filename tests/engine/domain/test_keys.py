"""A secret is handed on and never shown."""

import copy
import json
import logging
import pickle

import pytest

from sigma_engine.domain.keys import ApiKeys, Secret
from sigma_engine.errors import DomainError, InputError

CANARY = "canary-5d41402a"
KEYS = ApiKeys(key=Secret(f"{CANARY}-key"), secret=Secret(f"{CANARY}-secret"), passphrase=Secret(f"{CANARY}-phrase"))
SHOWN = [KEYS, KEYS.key, [KEYS], {"keys": KEYS}, (KEYS.secret,)]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: type(shown).__name__)
def test_no_way_of_printing_shows_it(shown):
    printed = [repr(shown), str(shown), f"{shown}", f"{shown!r}", f"{shown!a}", str([shown]), ascii(shown)]
    assert CANARY not in "".join(printed)


def test_no_format_shows_it():
    assert CANARY not in f"{KEYS.secret:>40}" + format(KEYS.secret, "s") + f"{KEYS.secret:.3}"


def test_no_log_and_no_error_shows_it(caplog):
    logging.getLogger("sigma").warning("signing with %s and %r", KEYS.secret, KEYS)
    with pytest.raises(ZeroDivisionError) as raised:
        raise ZeroDivisionError(KEYS, KEYS.secret)
    assert CANARY not in caplog.text + str(raised.value) + repr(raised.value)


WRITERS = [pickle.dumps, copy.deepcopy, json.dumps]


@pytest.mark.parametrize(
    ("write", "kept"),
    [(copy.copy, KEYS.secret), *((write, kept) for write in WRITERS for kept in (KEYS, KEYS.secret))],
)
def test_it_cannot_be_written_down(write, kept):
    with pytest.raises(TypeError) as refusal:
        write(kept)
    assert CANARY not in str(refusal.value)


def test_it_has_no_dictionary_to_read_it_from():
    assert not hasattr(KEYS, "__dict__")
    assert not hasattr(KEYS.secret, "__dict__")


def test_revealing_it_is_the_one_way_to_it():
    assert KEYS.secret.reveal() == f"{CANARY}-secret"


def test_secrets_are_equal_by_their_text_and_share_one_hash():
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert hash(Secret("a")) == hash(Secret("b"))


def test_an_empty_secret_is_none():
    with pytest.raises(DomainError, match="was empty"):
        Secret("")


def test_the_fingerprint_tells_keys_apart_and_says_nothing_of_them():
    other = ApiKeys(key=Secret("another"), secret=KEYS.secret)
    assert KEYS.fingerprint != other.fingerprint
    assert len(KEYS.fingerprint) == 8
    assert KEYS.fingerprint == ApiKeys(key=KEYS.key, secret=Secret("rotated")).fingerprint


def test_pasted_keys_lose_what_was_copied_along() -> None:
    keys = ApiKeys.of(" key\n", "\tsecret ", "a phrase ")
    assert keys == ApiKeys(key=Secret("key"), secret=Secret("secret"), passphrase=Secret("a phrase"))
    assert ApiKeys.of("key", "secret").passphrase is None


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        (("", f"{CANARY}"), "The API key is empty: copy it"),
        ((f"{CANARY}", " "), "The API secret is empty: copy it"),
        ((f"{CANARY}\u200b", "secret"), "The API key holds signs no key has: copy it again"),
        (("key", f"{CANARY}\nsecond line"), "The API secret holds signs no key has"),
        (("key", "secret", f"{CANARY}é"), "The passphrase holds signs no key has"),
    ],
)
def test_what_cannot_be_a_key_is_refused_without_repeating_it(pasted: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as refusal:
        ApiKeys.of(*pasted)
    assert CANARY not in str(refusal.value)
