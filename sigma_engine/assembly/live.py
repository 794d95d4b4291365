"""Opens a live session: keys, the account behind them, its market, and the order protocol between them."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from sigma_engine.assembly.live_account import LiveWorkshop, open_account
from sigma_engine.assembly.markets import wanted_symbols
from sigma_engine.assembly.paper import open_market, source_of
from sigma_engine.assembly.parts import AtExchange, put_together
from sigma_engine.assembly.workshop import first_run
from sigma_engine.clock import Clock
from sigma_engine.domain.keys import ApiKeys
from sigma_engine.domain.run import Funds, Mode, RunState, SessionRequest
from sigma_engine.errors import InputError, KeyringRefused, KeysRefused, SpecError, VenueError
from sigma_engine.exchanges.connect import open_gateway
from sigma_engine.exchanges.gateway import CcxtGateway
from sigma_engine.exchanges.keys import require_permitted
from sigma_engine.exchanges.outcomes import left_to_people
from sigma_engine.exchanges.profiles import VenueProfile, venue_named
from sigma_engine.execution.standings import Standings
from sigma_engine.keys.keyring_keys import KeyringKeys, environment_names
from sigma_engine.session.ports import StoredRun
from sigma_engine.session.record import CANDLES_KEPT
from sigma_engine.session.session import Session
from sigma_engine.session.workshop import StrategyChoice
from sigma_engine.settings import Credentials, Settings, load_credentials
from sigma_engine.storage.store import SqliteStore
from sigma_engine.strategy.library import load_strategy

LOCKED = (
    "Live trading with real money opens once its account is certified, which this version cannot do yet: trade the "
    "exchange's demo money (WEEX_TESTNET=true), a practice exchange (--venue-url), or on paper."
)


async def open_live(
    request: SessionRequest, settings: Settings, config: Path, store: SqliteStore, strategy: str, wall: Clock
) -> Session:
    """The account's run going on where it stood, or its first one; it is compared with the exchange before it trades.

    Raises `InputError` where keys are missing or may not go there, `VenueError` where the exchange lets nobody in.
    """
    profile = venue_named(request.venue)
    profile.trading_terms()  # whose keys would be asked for in vain
    credentials = await asyncio.to_thread(load_credentials, config)
    funds = funds_of(request, credentials)
    keys = await asyncio.to_thread(keys_of, profile, credentials)
    require_permitted(keys, request.venue_url)
    try:
        async with AsyncExitStack() as undo:
            gateway = await open_gateway(profile, keys, wall, request.venue_url, funds is Funds.DEMO)
            undo.push_async_callback(gateway.close)
            await _require_right_to_trade(gateway)
            session = await _opened(request, settings, profile, keys, gateway, funds, store, strategy, wall)
            undo.pop_all()
            return session
    except VenueError as refused:
        raise left_to_people(refused, "start again", request.venue_url) from None


async def _require_right_to_trade(gateway: CcxtGateway) -> None:
    """A key that may only read could not even protect what is held; where nobody says, the first order shows it."""
    await gateway.wallet()  # says what else is wrong with the keys
    if await gateway.may_trade() is False:
        title = gateway.profile.title
        raise KeysRefused(
            f"The key may read at {title} but not trade: give it the right to trade futures on the page of API keys."
        )


def funds_of(request: SessionRequest, credentials: Credentials) -> Funds:
    """Whose money it would be; raises `InputError` for real money, which is locked."""
    if request.venue_url is not None:
        return Funds.PRACTICE
    if credentials.weex_testnet:
        return Funds.DEMO
    raise InputError(LOCKED)


def keys_of(profile: VenueProfile, credentials: Credentials) -> ApiKeys:
    """The keys in the environment or `.env`, else those in the keyring; raises `InputError` where there are none."""
    given = (credentials.weex_api_key, credentials.weex_api_secret, credentials.weex_api_passphrase)
    if profile.name == "weex" and any(given):
        return _whole(profile, *("" if part is None else part.get_secret_value() for part in given))
    missing = InputError(
        f"There are no keys of {profile.title}: connect the exchange from the File menu, or set WEEX_API_KEY, "
        "WEEX_API_SECRET and WEEX_API_PASSPHRASE."
    )
    try:
        kept = KeyringKeys().load(profile.name)
    except KeyringRefused:
        raise missing from None
    if kept is None:
        raise missing
    return kept


def _whole(profile: VenueProfile, *given: str) -> ApiKeys:
    """Keys of the environment; raises `InputError` where one of the three is missing."""
    missing = [name for name, text in zip(environment_names(profile.name), given, strict=True) if not text.strip()]
    if missing:
        verb, them = ("is", "it") if len(missing) == 1 else ("are", "them")
        raise InputError(
            f"{' and '.join(missing)} {verb} not set, and {profile.title} wants key, secret and passphrase together: "
            f"set {them} too, or none of the three to use the keys in the keyring."
        )
    return ApiKeys.of(*given)


async def _opened(
    request: SessionRequest,
    settings: Settings,
    profile: VenueProfile,
    keys: ApiKeys,
    gateway: CcxtGateway,
    funds: Funds,
    store: SqliteStore,
    strategy: str,
    wall: Clock,
) -> Session:
    spec = load_strategy(request.strategy or strategy)
    stored = await store.latest_run(Mode.LIVE, CANDLES_KEPT, source_of(profile, request), keys.fingerprint)
    symbols = _symbols(request, spec.symbols, stored)
    resumed = None if stored is None else stored.run
    timeframe = spec.timeframe if resumed is None else resumed.timeframe
    feed = await open_market(
        profile, request, timeframe, symbols, store, wall, resumed, clock=gateway.clock, budget=gateway.budget
    )
    workshop = LiveWorkshop(settings, timeframe, feed.instruments)
    choice = _choice(workshop, request, strategy, resumed)
    run = resumed or replace(
        first_run(Mode.LIVE, choice, feed, (await gateway.wallet()).total),
        account_id=keys.fingerprint,
        started_ms=gateway.now_ms(),
        market_ms=gateway.now_ms(),
    )
    run = replace(run, strategy_name=choice.name, strategy=choice.document, symbols=tuple(symbols))
    standings = Standings(await store.standing(run.account), gateway.now_ms())
    account = open_account(run, stored, feed.instruments, gateway, standings, feed.funding)
    account.venue.prepare(symbols, choice.mandate.terms.policy.leverage)
    workshop.use(account)
    drills = await store.drills(run.account)
    exchange = AtExchange(
        standings=standings,
        correspondent=account.venue,
        venue=profile.title,
        funds=funds,
        protects=gateway.capabilities.rests_protection,
        drill=drills[-1] if drills else None,
    )
    return await put_together(run, choice, feed, store, workshop, stored, exchange=exchange)


def _symbols(request: SessionRequest, otherwise: tuple[str, ...], stored: StoredRun | None) -> tuple[str, ...]:
    """The markets asked for; a run that goes on keeps its own, since something may be held there."""
    if stored is None:
        return wanted_symbols(request, otherwise)
    asked = wanted_symbols(request, ())
    if asked and set(asked) != set(stored.run.symbols):
        concerned = {held.symbol for held in stored.positions} | {order.symbol for order in stored.open_orders}
        held = sorted(concerned - set(asked))
        if held:
            raise InputError(f"{', '.join(held)} is held by this account: name it too, or close it first.")
    return asked or stored.run.symbols


def _choice(workshop: LiveWorkshop, request: SessionRequest, default: str, resumed: RunState | None) -> StrategyChoice:
    """The strategy named, else the run's own, else the default one."""
    if request.strategy is not None or resumed is None:
        return workshop.strategy(request.strategy or default)
    try:
        return workshop.restored(resumed.strategy_name, resumed.strategy)
    except SpecError:
        return workshop.strategy(default)
