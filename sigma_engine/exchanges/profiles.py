"""The exchanges SIGMA knows, as data: what ccxt calls them and how much they give at once."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from sigma_engine.domain.fees import VENUE_FEES, VenueFees
from sigma_engine.domain.symbol import base
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import InputError, UnknownVenue
from sigma_engine.exchanges.trading import WEEX, WEEX_DEMO, TradingProfile

_ALL = tuple(Timeframe)
_FEES = {fees.venue: fees for fees in VENUE_FEES}


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueProfile:
    """A venue's linear perpetuals.

    ``ccxt_id`` is the class in ccxt, ``quote`` the currency its perpetuals are quoted and settled in. A call for the
    past gives ``candles_per_call`` and wants ``history_params``; where ``newest_per_call`` is set, a call without a
    start gives that many of the newest. ``options`` are ccxt's. ``trading`` is how orders are sent there, ``demo``
    the same with the exchange's play money; None where SIGMA reads prices and trades on paper only.
    ``counts_contracts`` says that quantities are contracts of some size there, and not coins.
    """

    fees: VenueFees
    ccxt_id: str
    quote: str = "USDT"
    timeframes: tuple[Timeframe, ...] = _ALL
    candles_per_call: int
    newest_per_call: int | None = None
    history_params: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    counts_contracts: bool = False
    trading: TradingProfile | None = None
    demo: TradingProfile | None = None

    @property
    def name(self) -> str:
        """What people write, and under which its candles are kept."""
        return self.fees.venue

    @property
    def title(self) -> str:
        """How it is called."""
        return self.fees.title

    def symbol(self, symbol: str) -> str:
        """ccxt's name of the perpetual here: ``BTC/USDC:USDC`` of ``BTC/USDT:USDT`` where money is USDC."""
        return f"{base(symbol)}/{self.quote}:{self.quote}"

    def trading_terms(self, demo: bool = False) -> TradingProfile:
        """How orders are sent there; raises `InputError` where SIGMA sends none."""
        terms = self.demo if demo else self.trading
        if terms is None:
            what = "a demo account" if demo else "an account"
            raise InputError(
                f"SIGMA reads {self.title}'s prices and trades them on paper, but sends no orders to {what} there: "
                "choose WEEX, or paper trading."
            )
        return terms

    def require(self, timeframe: Timeframe) -> None:
        """Raise `InputError` where the venue has no such candles."""
        if timeframe not in self.timeframes:
            raise InputError(f"{self.title} has no {timeframe} candles: choose one of {', '.join(self.timeframes)}.")


VENUES = (
    VenueProfile(
        fees=_FEES["weex"],
        ccxt_id="weex",
        # ccxt also lists 2h, which WEEX has on its spot market only.
        timeframes=tuple(frame for frame in Timeframe if frame not in (Timeframe.M3, Timeframe.H2)),
        candles_per_call=100,
        newest_per_call=1_000,
        history_params={"historical": True},
        # ccxt puts its own broker's mark there.
        options={"defaultType": "swap", "partner": ""},
        trading=WEEX,
        demo=WEEX_DEMO,
    ),
    VenueProfile(
        fees=_FEES["binance"],
        ccxt_id="binanceusdm",
        candles_per_call=1_000,
    ),
    VenueProfile(
        fees=_FEES["bybit"],
        ccxt_id="bybit",
        candles_per_call=1_000,
        options={"defaultType": "swap", "fetchMarkets": {"types": ["linear"]}, "brokerId": ""},
    ),
    VenueProfile(
        fees=_FEES["okx"],
        ccxt_id="okx",
        counts_contracts=True,
        candles_per_call=300,
        options={"defaultType": "swap", "fetchMarkets": {"types": ["swap"]}, "brokerId": ""},
    ),
    VenueProfile(
        fees=_FEES["hyperliquid"],
        ccxt_id="hyperliquid",
        quote="USDC",
        candles_per_call=5_000,
        options={"defaultType": "swap", "fetchMarkets": {"types": ["swap"]}},
    ),
)


def venue_named(name: str) -> VenueProfile:
    """The profile of ``weex``, ``binance``, ... in any case; raises `UnknownVenue`, naming the nearest."""
    profiles = {profile.name: profile for profile in VENUES}
    asked = name.strip().lower()
    if (profile := profiles.get(asked)) is not None:
        return profile
    near = difflib.get_close_matches(asked, profiles, 1, 0.5)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise UnknownVenue(f"{name!r} is no exchange SIGMA knows.{hint} There is: {', '.join(profiles)}.")
