"""Every venue SIGMA knows: what its clients can stream, and what its markets become."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from sigma_engine.clock import SystemClock
from sigma_engine.exchanges.client import data_client
from sigma_engine.exchanges.market_data import MarketData
from sigma_engine.exchanges.profiles import VENUES, VenueProfile, venue_named

BTC = "BTC/USDT:USDT"


@pytest.mark.parametrize("profile", VENUES, ids=lambda profile: profile.name)
def test_every_venue_streams_candles_and_tells_time_and_funding(profile: VenueProfile) -> None:
    async def ask() -> Any:
        client = data_client(profile, SystemClock().now_ms)
        try:
            return client.has
        finally:
            await client.close()

    can = asyncio.run(ask())
    assert all(can[name] for name in ("watchOHLCV", "fetchOHLCV", "fetchFundingRate", "fetchTime", "fetchMarkets"))


def market(**more: Any) -> dict[str, Any]:
    listed: dict[str, Any] = {
        "precision": {"price": 0.1, "amount": 0.001},
        "limits": {"amount": {"min": 0.001}, "cost": {"min": None}, "leverage": {"max": 125}},
        "contractSize": 1.0,
    }
    return {**listed, **more}


def instrument(venue: str, listed: dict[str, Any]) -> Any:
    async def made() -> Any:
        async with MarketData(venue_named(venue), SystemClock()) as data:
            return data._instrument(BTC, listed)

    return asyncio.run(made())


def test_an_instrument_has_the_venues_grid_and_sigmas_caution() -> None:
    made = instrument("bybit", market())
    assert (made.tick, made.step, made.max_leverage) == (Decimal("0.1"), Decimal("0.001"), 20)
    assert (made.min_cost, made.maintenance_rate) == (Decimal(5), Decimal("0.005"))


def test_the_smallest_order_is_the_step_where_it_is_larger() -> None:
    limits = {"amount": {"min": 0.005}, "cost": {"min": 100}, "leverage": {"max": 10}}
    made = instrument("binance", market(limits=limits))
    assert (made.step, made.min_cost, made.max_leverage) == (Decimal("0.005"), Decimal(100), 10)


def test_contracts_are_counted_in_coins() -> None:
    assert instrument("okx", market(contractSize=0.01, precision={"price": 0.1, "amount": 1})).step == Decimal("0.01")
    assert instrument("weex", market(contractSize=0.0001)).step == Decimal("0.001"), "WEEX counts coins already"
