"""The exchanges SIGMA knows, as data: what ccxt calls them and how much they give at once."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from sigma_engine.domain.symbol import base
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import InputError, UnknownVenue

_ALL = tuple(Timeframe)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueProfile:
    """A venue's linear perpetuals.

    ``name`` is what people write and under which candles are kept, ``ccxt_id`` the class in ccxt, ``quote`` the
    currency its perpetuals are quoted and settled in. A call for the past gives ``candles_per_call`` and wants
    ``history_params``; where ``newest_per_call`` is set, a call without a start gives that many of the newest.
    Fees are basis points of the traded value, of an account of the lowest tier. ``options`` are ccxt's.
    """

    name: str
    title: str
    ccxt_id: str
    quote: str = "USDT"
    timeframes: tuple[Timeframe, ...] = _ALL
    candles_per_call: int
    newest_per_call: int | None = None
    history_params: Mapping[str, object] = field(default_factory=dict)
    maker_bps: float
    taker_bps: float
    options: Mapping[str, object] = field(default_factory=dict)

    def symbol(self, symbol: str) -> str:
        """ccxt's name of the perpetual here: ``BTC/USDC:USDC`` of ``BTC/USDT:USDT`` where money is USDC."""
        return f"{base(symbol)}/{self.quote}:{self.quote}"

    def require(self, timeframe: Timeframe) -> None:
        """Raise `InputError` where the venue has no such candles."""
        if timeframe not in self.timeframes:
            raise InputError(f"{self.title} has no {timeframe} candles: choose one of {', '.join(self.timeframes)}.")


VENUES = (
    VenueProfile(
        name="weex",
        title="WEEX",
        ccxt_id="weex",
        # ccxt also lists 2h, which WEEX has on its spot market only.
        timeframes=tuple(frame for frame in Timeframe if frame not in (Timeframe.M3, Timeframe.H2)),
        candles_per_call=100,
        newest_per_call=1_000,
        history_params={"historical": True},
        maker_bps=2.0,
        taker_bps=8.0,
        # ccxt puts its own broker's mark there.
        options={"defaultType": "swap", "partner": ""},
    ),
    VenueProfile(
        name="binance",
        title="Binance",
        ccxt_id="binanceusdm",
        candles_per_call=1_000,
        maker_bps=2.0,
        taker_bps=5.0,
    ),
    VenueProfile(
        name="bybit",
        title="Bybit",
        ccxt_id="bybit",
        candles_per_call=1_000,
        maker_bps=2.0,
        taker_bps=5.5,
        options={"defaultType": "swap", "fetchMarkets": {"types": ["linear"]}, "brokerId": ""},
    ),
    VenueProfile(
        name="okx",
        title="OKX",
        ccxt_id="okx",
        candles_per_call=300,
        maker_bps=2.0,
        taker_bps=5.0,
        options={"defaultType": "swap", "fetchMarkets": {"types": ["swap"]}, "brokerId": ""},
    ),
    VenueProfile(
        name="hyperliquid",
        title="Hyperliquid",
        ccxt_id="hyperliquid",
        quote="USDC",
        candles_per_call=5_000,
        maker_bps=1.5,
        taker_bps=4.5,
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
