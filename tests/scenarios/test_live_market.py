"""The whole engine in live mode, streams and readings, hours in seconds: what it wrote down is the exchange's truth."""

import asyncio
from pathlib import Path

import pytest

from sigma_engine.events import DecisionMade, OrderFilled, PositionClosed
from sigma_engine.practice.generated import generated
from sigma_engine.practice.listings import usual_listings
from sigma_engine.practice.server import Heard
from tests.servers.agreement import disagreements
from tests.servers.live_market import LiveMarket, live_market
from tests.servers.practice import KEY

START_MS = 1_767_571_200_000  # 2026-01-05 00:00:00 UTC
HOUR_MS = 3_600_000
STEP_MS = 60_000
CANDLE_MS = 300_000
THREE = ("BTCUSDT", "ETHUSDT", "SOLUSDT")


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEEX_API_KEY", KEY.key)
    monkeypatch.setenv("WEEX_API_SECRET", KEY.secret)
    monkeypatch.setenv("WEEX_API_PASSPHRASE", KEY.passphrase)


async def lived(folder: Path, milliseconds: int, *, sittings: int = 1) -> list[LiveMarket]:
    """One account over ``sittings`` of equal length on one exchange."""
    listings = [listing for listing in usual_listings() if listing.symbol in THREE]
    sources = generated(listings, START_MS, seed=7, step_ms=STEP_MS)
    symbols = tuple(listing.base for listing in listings)
    async with live_market(folder, listings, sources, START_MS, symbols=symbols) as world:
        for sitting in range(sittings):
            if sitting:
                await world.restart()
            await world.wait(milliseconds // sittings)
        await world.wait(30_000)
        assert disagreements(world) == []
        return [world]


def test_sigma_fusion_ends_with_the_exchanges_own_history_in_the_database_also_over_a_restart(tmp_path: Path) -> None:
    (world,) = asyncio.run(lived(tmp_path, HOUR_MS, sittings=2))
    assert sum(isinstance(fact, DecisionMade) for fact in world.facts) >= 3 * 11
    assert sum(isinstance(fact, OrderFilled) for fact in world.facts) >= 2
    assert any(isinstance(fact, PositionClosed) for fact in world.facts)
    assert entries_that_waited_for_terms(world) == []


def entries_that_waited_for_terms(world: LiveMarket) -> list[Heard]:
    """Entries before which the exchange was asked, after their candle had closed, how their market is traded."""
    asked = [heard for heard in world.server.requests if heard.path.startswith("/capi/v3/account/symbolConfig")]
    entries = [
        heard
        for heard in world.server.requests
        if (heard.method, heard.path) == ("POST", "/capi/v3/order") and not heard.given.get("reduceOnly")
    ]
    assert entries
    return [
        entry
        for entry in entries
        if any(
            entry.at_ms - entry.at_ms % CANDLE_MS <= terms.at_ms <= entry.at_ms
            and terms.given.get("symbol") == entry.given.get("symbol")
            for terms in asked
        )
    ]
