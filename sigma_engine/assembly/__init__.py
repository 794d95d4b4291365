"""Builds a session for the demo, a replay, paper or live trading: the one place that knows everything."""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import replace

from sigma_engine.assembly.markets import open_demo, open_replay, resume_demo, wanted_symbols
from sigma_engine.assembly.parts import AtExchange, put_together
from sigma_engine.assembly.workshop import PaperWorkshop, first_run
from sigma_engine.clock import Clock, ScaledClock, SystemClock, system_ms
from sigma_engine.domain.run import Mode, RunState, SessionRequest
from sigma_engine.errors import DataError, InputError, SpecError
from sigma_engine.exchanges.profiles import venue_named
from sigma_engine.session.ports import StoredRun
from sigma_engine.session.record import CANDLES_KEPT
from sigma_engine.session.session import Session
from sigma_engine.session.workshop import StrategyChoice
from sigma_engine.settings import Settings, load_settings
from sigma_engine.storage.folder import DataFolder
from sigma_engine.storage.kill_requests import KillFiles
from sigma_engine.storage.store import SqliteStore
from sigma_engine.strategy.library import load_strategy

log = logging.getLogger(__name__)

DEFAULT_STRATEGY = "sigma-fusion"


async def assemble(request: SessionRequest, wall: Clock | None = None) -> Session:
    """The session a person asked for; it owns the data folder until it is closed. ``wall`` defaults to the system's.

    Whatever takes long happens in a thread. Raises `SigmaError` with one sentence, and holds nothing then.
    """
    _check(request)
    async with AsyncExitStack() as undo:
        folder = await asyncio.to_thread(DataFolder.open, request.home)
        undo.callback(folder.close)
        settings = await asyncio.to_thread(load_settings, folder.config)
        url = settings.database_url.get_secret_value() if settings.database_url else folder.database
        store = await asyncio.to_thread(SqliteStore.open, url)
        undo.push_async_callback(store.close)
        if request.mode is Mode.LIVE:
            session = await _live(request, settings, folder, store, wall or _wall(request))
        elif request.mode is Mode.PAPER:
            session = await _paper(request, settings, store, wall or _wall(request))
        else:
            build = _demo if request.mode is Mode.DEMO else _replay
            session = await build(request, settings, store)
        undo.pop_all()
        session.kill_requests, session.release = KillFiles(folder.root), folder.close
        return session


def _check(request: SessionRequest) -> None:
    at_exchange = request.mode in (Mode.PAPER, Mode.LIVE)
    if at_exchange and request.speed not in (None, 1.0) and (request.venue_url is None or not request.speed):
        raise InputError(
            "Prices of an exchange come at their own speed: leave the speed out, or give that of a practice exchange."
        )
    if request.speed is not None and request.speed < 0:
        raise InputError(f"A speed of {request.speed:g} goes backwards: give 0 for as fast as it can, or more.")


def _wall(request: SessionRequest) -> Clock:
    """This machine's time; a practice exchange may be served faster, and then it is followed at that speed."""
    return SystemClock() if request.speed in (None, 1.0) else ScaledClock(system_ms(), request.speed or 1.0)


async def _replay(request: SessionRequest, settings: Settings, store: SqliteStore) -> Session:
    """A run of its own on candle files."""
    name = request.strategy or DEFAULT_STRATEGY
    symbols = wanted_symbols(request, load_strategy(name).symbols)
    feed = await asyncio.to_thread(open_replay, request, symbols)
    workshop = PaperWorkshop(settings, feed.timeframe, feed.instruments)
    choice = workshop.strategy(name)
    run = first_run(Mode.REPLAY, choice, feed, settings.paper_balance)
    return await put_together(run, choice, feed, store, workshop)


async def _demo(request: SessionRequest, settings: Settings, store: SqliteStore) -> Session:
    """The last demo going on where it stood, or a new one; the person is told where it could not go on."""
    stored = await store.latest_run(Mode.DEMO, CANDLES_KEPT)
    if stored is None or (request.symbols and set(wanted_symbols(request, ())) != set(stored.run.symbols)):
        return await _new_demo(request, settings, store)
    try:
        return await _resumed_demo(request, settings, store, stored)
    except (DataError, _Unusable) as reason:
        notice = f"The last demo cannot go on, a new one began; the old one is kept. {reason}"
        log.warning(notice)
        return await _new_demo(request, settings, store, notice)


async def _live(
    request: SessionRequest, settings: Settings, folder: DataFolder, store: SqliteStore, wall: Clock
) -> Session:
    from sigma_engine.assembly.live import open_live  # ccxt takes its third of a second only now

    return await open_live(request, settings, folder.config, store, DEFAULT_STRATEGY, wall)


async def _paper(request: SessionRequest, settings: Settings, store: SqliteStore, wall: Clock) -> Session:
    """The last paper run in this market going on where it stood, or a new one."""
    from sigma_engine.assembly.paper import open_market, source_of  # ccxt takes its third of a second only now

    profile = venue_named(request.venue)
    name = request.strategy or DEFAULT_STRATEGY
    spec = load_strategy(name)
    last = await store.latest_run(Mode.PAPER, 0)
    stored = last if last is not None and _goes_on(last.run, request, source_of(profile, request)) else None
    timeframe = spec.timeframe if stored is None else stored.run.timeframe
    symbols = wanted_symbols(request, spec.symbols) if stored is None else stored.run.symbols
    resumed = None if stored is None else stored.run
    feed = await open_market(profile, request, timeframe, symbols, store, wall, resumed)
    workshop = PaperWorkshop(settings, timeframe, feed.instruments, feed.funding)
    if stored is None:
        choice = workshop.strategy(name)
        run = first_run(Mode.PAPER, choice, feed, settings.paper_balance)
        return await put_together(run, choice, feed, store, workshop, exchange=AtExchange(venue=profile.title))
    choice, notice = _paper_strategy(workshop, request, stored.run)
    run = replace(stored.run, strategy_name=choice.name, strategy=choice.document)
    exchange = AtExchange(venue=profile.title)
    return await put_together(run, choice, feed, store, workshop, stored, notice, exchange)


def _goes_on(run: RunState, request: SessionRequest, source: str) -> bool:
    """Whether a stored run is what was asked for: the same market, and what was named of it."""
    same_symbols = not request.symbols or set(wanted_symbols(request, ())) == set(run.symbols)
    same_timeframe = request.strategy is None or load_strategy(request.strategy).timeframe is run.timeframe
    return run.source == source and same_symbols and same_timeframe


def _paper_strategy(workshop: PaperWorkshop, request: SessionRequest, run: RunState) -> tuple[StrategyChoice, str]:
    """The strategy named, or the run's own; where that cannot be read any more, the default one and a word about it."""
    if request.strategy is not None:
        return workshop.strategy(request.strategy), ""
    try:
        return _stored_strategy(workshop, run), ""
    except _Unusable as reason:
        return workshop.strategy(DEFAULT_STRATEGY), f"{DEFAULT_STRATEGY} takes over from {run.strategy_name}. {reason}"


class _Unusable(Exception):
    """The stored strategy is none that this version reads."""


async def _new_demo(request: SessionRequest, settings: Settings, store: SqliteStore, notice: str = "") -> Session:
    name = request.strategy or DEFAULT_STRATEGY
    symbols = wanted_symbols(request, load_strategy(name).symbols)
    feed = await asyncio.to_thread(open_demo, request, settings, symbols)
    for symbol, candles in feed.history().items():
        await store.save_candles(feed.source, symbol, feed.timeframe, candles)
    workshop = PaperWorkshop(settings, feed.timeframe, feed.instruments)
    choice = workshop.strategy(name)
    run = first_run(Mode.DEMO, choice, feed, settings.paper_balance)
    return await put_together(run, choice, feed, store, workshop, notice=notice)


async def _resumed_demo(request: SessionRequest, settings: Settings, store: SqliteStore, stored: StoredRun) -> Session:
    feed = await asyncio.to_thread(resume_demo, request, settings, stored)
    workshop = PaperWorkshop(settings, feed.timeframe, feed.instruments)
    choice = workshop.strategy(request.strategy) if request.strategy else _stored_strategy(workshop, stored.run)
    run = replace(stored.run, strategy_name=choice.name, strategy=choice.document)
    return await put_together(run, choice, feed, store, workshop, stored)


def _stored_strategy(workshop: PaperWorkshop, run: RunState) -> StrategyChoice:
    try:
        return workshop.restored(run.strategy_name, run.strategy)
    except SpecError as reason:
        raise _Unusable(str(reason)) from reason
