"""Opening the way to an account, and looking at keys before they are used."""

import contextlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sigma_engine.clock import Clock
from sigma_engine.domain.connection import KeyLine, KeyReport, KeyVerdict
from sigma_engine.domain.instrument import Instrument, practice_instrument
from sigma_engine.domain.keys import ApiKeys
from sigma_engine.domain.symbol import unified
from sigma_engine.domain.venue import VenueWallet
from sigma_engine.errors import InputError, VenueError
from sigma_engine.exchanges.budget import Budget, Lane, Rate
from sigma_engine.exchanges.client import trading_client
from sigma_engine.exchanges.fitness import Sizes
from sigma_engine.exchanges.gateway import CcxtGateway
from sigma_engine.exchanges.line import Line
from sigma_engine.exchanges.outcomes import left_to_people, refusal
from sigma_engine.exchanges.profiles import VenueProfile
from sigma_engine.exchanges.trading import TradingProfile
from sigma_engine.exchanges.venue_clock import VenueClock
from sigma_engine.exchanges.weex_reading import number

LEVERAGE_CAP = 20
_MARKETS_WEIGHT = 30


async def open_gateway(
    profile: VenueProfile, keys: ApiKeys, wall: Clock, base_url: str | None = None, demo: bool = False
) -> CcxtGateway:
    """A gateway that knows the exchange's markets and its clock; close it when done.

    ``base_url`` stands in for the exchange (this machine, practice keys), ``demo`` is its own play money. Raises
    `InputError` where the keys may not go there, `VenueError` and its kin where the exchange does not let us in.
    """
    terms = profile.trading_terms(demo)
    clock = VenueClock(wall, practice=base_url is not None)
    client = trading_client(profile, keys, clock.now_ms, base_url, demo)
    budget = Budget(_rate(terms), clock)
    async with contextlib.AsyncExitStack() as unopened:
        unopened.push_async_callback(client.close)
        unopened.push_async_callback(budget.close)
        line = Line(profile.title, client, clock, budget, terms.public_weight)
        await line.compare_clocks()
        listed = await _markets(line, profile)
        unopened.pop_all()

    def make_stream_client() -> Any:
        stream = trading_client(profile, keys, clock.now_ms, base_url, demo)
        stream.set_markets_from_exchange(client)
        return stream

    return CcxtGateway(
        profile,
        client,
        clock,
        budget,
        {symbol: _instrument(symbol, market) for symbol, market in listed.items()},
        sizes={symbol: _sizes(market) for symbol, market in listed.items()},
        names=_names(listed),
        make_stream_client=make_stream_client,
    )


async def examine_keys(
    profile: VenueProfile, keys: ApiKeys, wall: Clock, base_url: str | None = None, demo: bool = False
) -> KeyReport:
    """What the keys open, found out by reading alone; every failure is a sentence of the report.

    Raises `InputError` where the keys may not go to that address, or SIGMA sends no orders there.
    """
    try:
        gateway = await open_gateway(profile, keys, wall, base_url, demo)
    except VenueError as refused:
        return _refused(refused, base_url)
    try:
        wallet, may_trade = await gateway.wallet(), await gateway.may_trade()
    except VenueError as refused:
        return _refused(refused, base_url)
    finally:
        await gateway.close()
    lines = (
        _right(profile, may_trade),
        _money(wallet),
        _clock(gateway.complaint),
        _address(profile, keys, base_url, demo),
    )
    return KeyReport(ok=may_trade is not False, lines=lines)


def _refused(refused: VenueError, address: str | None) -> KeyReport:
    text = str(left_to_people(refused, "test the keys again", address))
    return KeyReport(ok=False, lines=(KeyLine(text=text, verdict=KeyVerdict.BAD),))


def _right(profile: VenueProfile, may_trade: bool | None) -> KeyLine:
    if may_trade is None:
        text = f"{profile.title} does not say whether the key may trade: the first order will show it."
        return KeyLine(text=text, verdict=KeyVerdict.NOTE)
    if may_trade:
        return KeyLine(text=f"{profile.title} accepts the key, and it may trade.", verdict=KeyVerdict.GOOD)
    step = f"Give it the right to trade futures at {profile.title}."
    return KeyLine(text="The key may read but not trade.", verdict=KeyVerdict.BAD, next_step=step)


def _money(wallet: VenueWallet) -> KeyLine:
    text = f"The futures account holds {wallet.total:,.2f} USDT, {wallet.free:,.2f} of it free."
    return KeyLine(text=text, verdict=KeyVerdict.GOOD if wallet.total else KeyVerdict.NOTE)


def _clock(complaint: str | None) -> KeyLine:
    if complaint is None:
        return KeyLine(text="The clocks agree.", verdict=KeyVerdict.GOOD)
    return KeyLine(text=complaint, verdict=KeyVerdict.NOTE)


def _address(profile: VenueProfile, keys: ApiKeys, base_url: str | None, demo: bool) -> KeyLine:
    text = f"Reached at {base_url or _host(profile, keys, demo)}."
    return KeyLine(text=text, verdict=KeyVerdict.GOOD)


async def _markets(line: Line, profile: VenueProfile) -> Mapping[str, Mapping[str, Any]]:
    """ccxt's markets that settle as SIGMA trades, by our symbol."""
    answer, error = await line.heard(Lane.RECONCILE, _MARKETS_WEIGHT, lambda: line.client.load_markets(True))
    if error is not None:
        raise refusal(line.title, "its markets", answer, error, line.clock.now_ms())
    markets = (line.client.markets or {}).values()
    listed = {
        symbol: market
        for market in markets
        if market.get("swap") and market.get("linear") and market.get("settle") == profile.quote
        if (symbol := _symbol(market)) is not None and _is_whole(market)
    }
    if not listed:
        raise VenueError(f"{line.title} lists no {profile.quote} perpetual SIGMA can read: try again later.")
    return listed


def _symbol(market: Mapping[str, Any]) -> str | None:
    try:
        return unified(str(market["base"]))
    except InputError:
        return None


def _is_whole(market: Mapping[str, Any]) -> bool:
    return all(_figure(market, *path) for path in (("precision", "price"), ("precision", "amount")))


def _figure(market: Mapping[str, Any], group: str, name: str) -> Decimal | None:
    return number(market[group].get(name)) or None


def _instrument(symbol: str, market: Mapping[str, Any]) -> Instrument:
    """Its grid and leverage by the exchange; the maintenance rate, which it does not tell, by SIGMA's own table."""
    tick, step = _figure(market, "precision", "price"), _figure(market, "precision", "amount")
    assert tick is not None
    assert step is not None
    most = number((market["limits"].get("leverage") or {}).get("max"))
    return Instrument(
        symbol,
        tick=tick,
        step=step,
        maintenance_rate=practice_instrument(symbol, 1.0).maintenance_rate,
        max_leverage=LEVERAGE_CAP if most is None else max(1, min(LEVERAGE_CAP, int(most))),
    )


def _sizes(market: Mapping[str, Any]) -> Sizes:
    raw = market["info"]
    return Sizes(
        smallest=number(raw.get("minOrderSize")) or _figure(market, "precision", "amount") or Decimal(0),
        largest=number(raw.get("maxOrderSize")) or None,
        largest_entry=number(raw.get("marketOpenLimitSize")) or None,
    )


def _names(listed: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Our symbols by the exchange's names, those of its demo account too."""
    live = {str(market["id"]): symbol for symbol, market in listed.items()}
    demo = {f"{market['baseId']}SUSDT": symbol for symbol, market in listed.items()}
    return {**demo, **live}


def _rate(terms: TradingProfile) -> Rate:
    return Rate(weight=terms.weight_per_window, window_ms=terms.window_ms, entries_per_minute=terms.entries_per_minute)


def _host(profile: VenueProfile, keys: ApiKeys, demo: bool) -> str:
    client = trading_client(profile, keys, lambda: 0, None, demo)
    return str(urlsplit(client.urls["api"]["contractPrivate"]).netloc)
