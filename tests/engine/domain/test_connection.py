"""What a person gives to connect an account: hidden in every representation, and local where it must be."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine import VENUE_ACCESS, VENUE_FEES, ConnectionRequest, InputError, practice_address

CANARY = "canary-7f3a9c"


@given(host=st.ip_addresses(v=4, network="127.0.0.0/8"), port=st.integers(1, 65_535))
def test_every_address_of_this_machine_is_taken(host: ipaddress.IPv4Address, port: int) -> None:
    assert practice_address(f" http://{host}:{port}/ ") == f"http://{host}:{port}"


@given(host=st.ip_addresses().filter(lambda address: not address.is_loopback), port=st.integers(1, 65_535))
def test_no_address_of_another_machine_is_taken(host: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> None:
    with pytest.raises(InputError, match="no address of this machine"):
        practice_address(f"http://{f'[{host}]' if host.version == 6 else host}:{port}")


@pytest.mark.parametrize("text", ["http://localhost:8710", "http://[::1]:8710"])
def test_this_machine_has_names_too(text: str) -> None:
    assert practice_address(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.0.0.1:8710",
        "https://127.0.0.1:8710",
        "http://127.0.0.1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:8710/contract",
        "http://127.0.0.1.example.com:8710",
        "http://somebody@127.0.0.1:8710",
        "http://[::1:8710",
    ],
)
def test_anything_else_is_refused_in_one_sentence_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as refused:
        practice_address(text)
    assert "http://127.0.0.1:8710" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_secret_is_in_a_representation() -> None:
    request = ConnectionRequest(venue="weex", key=f"{CANARY}-key", secret=f"{CANARY}-secret", passphrase=CANARY)
    assert CANARY not in f"{request} {request!r} {request.venue!r}"


def test_every_venue_with_fees_says_what_sigma_can_do_there() -> None:
    assert [access.venue for access in VENUE_ACCESS] == [fees.venue for fees in VENUE_FEES]
    assert [access.title for access in VENUE_ACCESS if access.trades] == ["WEEX"]
