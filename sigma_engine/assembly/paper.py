"""A venue's live market, opened for trading on paper."""

from collections.abc import Sequence

import numpy as np

from sigma_engine.assembly.past import past_candles
from sigma_engine.clock import Clock, as_datetime
from sigma_engine.domain.run import RunState, SessionRequest
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import InputError, VenueError
from sigma_engine.exchanges.budget import Budget
from sigma_engine.exchanges.feed import ExchangeFeed
from sigma_engine.exchanges.market_data import MarketData
from sigma_engine.exchanges.outcomes import left_to_people
from sigma_engine.exchanges.profiles import VenueProfile
from sigma_engine.exchanges.venue_clock import TOLERATED_MS, VenueClock
from sigma_engine.execution.funding import AnnouncedFunding
from sigma_engine.market import quality
from sigma_engine.storage.store import SqliteStore


def source_of(profile: VenueProfile, request: SessionRequest) -> str:
    """The name under which a market's candles are kept: those of a stand-in never mix with the exchange's own."""
    return profile.name if request.venue_url is None else f"practice-{profile.name}"


async def open_market(
    profile: VenueProfile,
    request: SessionRequest,
    timeframe: Timeframe,
    symbols: Sequence[str],
    store: SqliteStore,
    wall: Clock,
    resumed: RunState | None = None,
    *,
    clock: VenueClock | None = None,
    budget: Budget | None = None,
) -> ExchangeFeed:
    """The market of ``symbols`` at a venue from now on, or from where ``resumed`` stood; holds no connection yet.

    Raises `InputError` where the venue has no such candles or symbols, `VenueError` in one sentence where it cannot
    be reached. ``clock`` and ``budget`` are an account's, where there is one: both sides count as one asker.
    """
    profile.require(timeframe)
    source = source_of(profile, request)
    stood_ms = None if resumed is None else _stood_ms(resumed)
    async with MarketData(profile, wall, request.venue_url, clock=clock, budget=budget) as market:
        try:
            await market.measure_clock()
            if request.venue_url is not None:
                await _require_later(market.clock.now_ms(), store, source, resumed)
            instruments = await market.instruments(symbols)
            past = await past_candles(market, store, source, timeframe, symbols, stood_ms)
        except VenueError as refused:
            raise left_to_people(refused, "start again", request.venue_url) from None
    history, backlog = past, {}
    if stood_ms is not None:
        cuts = {symbol: int(np.searchsorted(block.open_ms, stood_ms)) for symbol, block in past.items()}
        history = {symbol: block.slice(0, cuts[symbol]) for symbol, block in past.items()}
        backlog = {symbol: block.slice(cuts[symbol]) for symbol, block in past.items()}
    return ExchangeFeed(
        market, source, timeframe, instruments, history, quality.check, AnnouncedFunding(), backlog=backlog
    )


async def _require_later(now_ms: int, store: SqliteStore, source: str, resumed: RunState | None) -> None:
    """Refuse a practice exchange that lives before what is kept of it: the past cannot be traded again there."""
    kept_ms = await store.newest_candle_ms(source)
    last_ms = max(0 if kept_ms is None else kept_ms, 0 if resumed is None else resumed.market_ms)
    if now_ms < last_ms - TOLERATED_MS:
        raise InputError(
            f"The practice exchange's clock says {_shown(now_ms)}, earlier than what this data folder last saw there, "
            f"at {_shown(last_ms)}: use a new data folder (--home), or serve a later market."
        )


def _shown(at_ms: int) -> str:
    return f"{as_datetime(at_ms):%Y-%m-%d %H:%M} UTC"


def _stood_ms(run: RunState) -> int:
    """When the candles closed that ``run`` decided on last."""
    return int(run.feed_checkpoint) if run.feed_checkpoint.isdecimal() else run.market_ms
