"""Venues on this machine; nothing here can reach another one, and nothing waits."""

import socket
import time
from collections.abc import Iterator

import pytest

from tests.servers.venues import Venue, WeexVenue, serving


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that would leave the machine fails the test that opened it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] == "127.0.0.1", f"a test tried to reach {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds somebody wanted to sleep, instead of sleeping."""
    asked: list[float] = []
    monkeypatch.setattr(time, "sleep", asked.append)
    return asked


@pytest.fixture
def weex() -> Iterator[Venue]:
    """WEEX as its unmodified ccxt client meets it."""
    with serving(WeexVenue()) as venue:
        yield venue
