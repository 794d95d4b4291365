"""Keys show nothing, and go only where they belong."""

import pytest

from sigma_engine.domain.keys import ApiKeys
from sigma_engine.errors import InputError
from sigma_engine.exchanges.keys import is_practice, require_permitted

PRACTICE = ApiKeys.of("practice-key", "hidden-secret", "hidden-phrase")
REAL = ApiKeys.of("weex-key", "hidden-secret", "hidden-phrase")
HERE = ["http://127.0.0.1:8080", "http://127.9.0.1:1/", "http://[::1]:8080", "http://localhost:8080"]


@pytest.mark.parametrize("show", [repr, str, "{}".format, lambda keys: f"{[keys]}"])
def test_no_text_of_the_keys_shows_one(show) -> None:
    shown = show(REAL)
    assert "hidden-secret" not in shown
    assert "hidden-phrase" not in shown
    assert "weex-key" not in shown


@pytest.mark.parametrize("address", HERE)
def test_practice_keys_open_this_machine(address: str) -> None:
    require_permitted(PRACTICE, address)


@pytest.mark.parametrize("address", HERE)
def test_this_machine_gets_no_real_keys(address: str) -> None:
    with pytest.raises(InputError, match="gets no keys of a real account"):
        require_permitted(REAL, address)


def test_real_keys_open_the_exchange() -> None:
    require_permitted(REAL, None)


def test_the_exchange_gets_no_practice_keys() -> None:
    with pytest.raises(InputError, match="practice exchange only"):
        require_permitted(PRACTICE, None)


@pytest.mark.parametrize("keys", [PRACTICE, REAL])
@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1.evil.example:80", "http://127.0.0.1@evil.example", "https://evil.example", "http://0.0.0.0:80",
        "http://10.0.0.1", "http://127.1:80", "ftp://127.0.0.1", "127.0.0.1:80", "http://127.0.0.1:80/path",
        "http://127.0.0.1:80?to=evil", "http://127.0.0.1:99999", "http://[::1", "", "http://2130706433:80",
        "http://[::ffff:8.8.8.8]:80",
    ],
)  # fmt: skip
def test_no_other_address_stands_in_for_an_exchange(keys: ApiKeys, address: str) -> None:
    with pytest.raises(InputError):
        require_permitted(keys, address)


@pytest.mark.parametrize("text", ["", "  ", "kéy", "two\nlines"])
def test_what_cannot_be_a_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(InputError) as refused:
        ApiKeys.of("practice-key", text, "phrase")
    assert "API secret" in str(refused.value)
    assert not text.strip() or text not in str(refused.value)


def test_pasted_blanks_are_left_out() -> None:
    assert is_practice(ApiKeys.of(" practice-key\n", "s", "p"))
