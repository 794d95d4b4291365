"""What is entered to connect an account, and the one sentence for everything that is wrong with it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_desktop.connecting.entry import LOCKED, Entry, Money, Part, known_words, problems, request_of
from sigma_engine import ConnectionRequest, KeySource, KnownKeys

SOUND = Entry(venue="weex", key="key-ab12", secret="secret-cd34", passphrase="phrase")
PRACTICE = replace(SOUND, key="practice-ab12", money=Money.PRACTICE, address="http://127.0.0.1:8710")


def test_sound_entries_have_no_problems_and_make_requests() -> None:
    assert problems(SOUND) == problems(PRACTICE) == {}
    assert request_of(SOUND) == ConnectionRequest(
        venue="weex", key="key-ab12", secret="secret-cd34", passphrase="phrase", demo=True, venue_url=None
    )
    practice = request_of(PRACTICE)
    assert (practice.demo, practice.venue_url) == (False, "http://127.0.0.1:8710")


@pytest.mark.parametrize(
    ("changes", "part", "says"),
    [
        ({"key": ""}, Part.KEY, "The key is empty; copy it"),
        ({"secret": ""}, Part.SECRET, "The secret is empty; copy it"),
        ({"passphrase": ""}, Part.PASSPHRASE, "The passphrase is empty; copy it"),
        ({"key": "two words"}, Part.KEY, "has a space or a line break inside"),
        ({"secret": "two\nlines"}, Part.SECRET, "has a space or a line break inside"),
        ({"key": "kéy"}, Part.KEY, "has a sign in it that no key has"),
        ({"secret": "bell\x07"}, Part.SECRET, "has a sign in it that no secret has"),
        ({"secret": SOUND.key}, Part.SECRET, "the same as the key"),
        ({"money": Money.REAL}, Part.MONEY, LOCKED),
        ({"key": "practice-1"}, Part.KEY, "belong to a practice exchange; choose that"),
        ({"money": Money.PRACTICE, "address": "http://127.0.0.1:8710"}, Part.KEY, "takes only keys that begin with"),
        ({"venue": "binance"}, Part.VENUE, "Binance: market data and paper trading only"),
    ],
)
def test_whatever_is_wrong_is_one_sentence_at_its_field(changes: dict[str, object], part: Part, says: str) -> None:
    found = problems(replace(SOUND, **changes))  # type: ignore[arg-type]
    assert list(found) == [part]
    assert says in found[part]
    assert "\n" not in found[part]


@pytest.mark.parametrize("address", ["", "http://example.com:8710", "https://127.0.0.1:8710", "127.0.0.1"])
def test_a_practice_exchange_is_on_this_machine(address: str) -> None:
    found = problems(replace(PRACTICE, address=address))
    assert list(found) == [Part.ADDRESS]


@given(secret=st.text(min_size=4))
def test_no_sentence_and_no_representation_holds_what_was_typed(secret: str) -> None:
    canary = f"canary{secret}"
    entry = replace(SOUND, key=f"{canary}1", secret=f"{canary}2", passphrase=f"{canary}3")
    for text in (repr(entry), repr(request_of(entry)), *problems(entry).values()):
        assert "canary" not in text


def test_known_keys_are_told_masked() -> None:
    kept = KnownKeys(venue="weex", source=KeySource.KEYRING, shown="••••ab12", demo=True)
    assert known_words(kept) == "In the keyring: ••••ab12, demo money"
    given_ = replace(kept, source=KeySource.ENVIRONMENT)
    assert known_words(given_).startswith("From the environment: ••••ab12;")
