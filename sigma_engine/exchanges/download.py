"""Public candles of a venue, from a date on, through ccxt and without keys."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sigma_engine.clock import as_datetime
from sigma_engine.domain.history import DownloadRequest
from sigma_engine.domain.symbol import short
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import DataError, InputError
from sigma_engine.exchanges.paging import Source, collect
from sigma_engine.exchanges.profiles import VenueProfile, venue_named

if TYPE_CHECKING:
    from sigma_engine.exchanges.public import PublicMarket


@dataclass(frozen=True, slots=True, eq=False)
class Downloaded:
    """``values`` as the venue gave them, float64, row x (open ms, open, high, low, close, volume), by open time."""

    values: NDArray[np.float64]
    notes: tuple[str, ...]


def fetch_candles(
    wanted: DownloadRequest,
    tell: Callable[[float], None],
    stop: Callable[[], bool],
    base_url: str | None = None,
) -> Downloaded:
    """Every finished candle the venue has of the span, unchecked; blocks, so call it in a thread.

    ``tell`` hears the share that is done, from 0 to 1; when ``stop`` becomes true `Stopped` is raised soon, at the
    latest when the venue's rate limit and a running request are over. ``base_url`` is a server that stands in for
    the venue's own. The newest candle, which is not finished, is left out, by the venue's clock. Holes stay holes.

    Raises `InputError` for what no venue could give, `VenueError` where this one does not answer; each in one
    sentence with the next step.
    """
    profile = venue_named(wanted.venue)
    profile.require(wanted.timeframe)
    from sigma_engine.exchanges.public import PublicMarket  # ccxt takes its third of a second only now

    with PublicMarket(profile, wanted.symbol, stop, base_url) as market:
        market.require_listed()
        span = _span(wanted, profile, market.now_ms())
        rows = collect(_source(market, profile, wanted.timeframe, span, tell), span.first_ms, span.last_ms)
    if not rows:
        raise DataError(
            f"{profile.title} has no {short(wanted.symbol)} {wanted.timeframe} candles between {_day(span.first_ms)} "
            f"and {_day(span.last_ms)}: choose other dates."
        )
    return Downloaded(np.array(rows, np.float64), _notes(wanted, profile, span, int(rows[0][0])))


@dataclass(frozen=True, slots=True)
class _Span:
    """Open times of the first and last candle wanted, and the venue's time."""

    first_ms: int
    last_ms: int
    now_ms: int


def _span(wanted: DownloadRequest, profile: VenueProfile, now_ms: int) -> _Span:
    interval_ms, until_ms = wanted.timeframe.interval_ms, wanted.until_ms
    if until_ms is not None and until_ms <= wanted.since_ms:
        raise InputError(f"{_day(until_ms)} does not come after {_day(wanted.since_ms)}: choose a later end.")
    if wanted.since_ms > now_ms:
        raise InputError(f"{_day(wanted.since_ms)} lies in the future ({_day(now_ms)} now): choose an earlier start.")
    first_ms = -(-wanted.since_ms // interval_ms) * interval_ms
    end_ms = now_ms - now_ms % interval_ms if until_ms is None else min(until_ms, now_ms - now_ms % interval_ms)
    last_ms = (end_ms - 1) // interval_ms * interval_ms
    if last_ms < first_ms:
        raise InputError(
            f"No {wanted.timeframe} candle of {profile.title} opened and closed between {_day(wanted.since_ms)} and "
            f"{_day(until_ms or now_ms)}: choose an earlier start or a later end."
        )
    return _Span(first_ms, last_ms, now_ms)


def _source(
    market: "PublicMarket", profile: VenueProfile, timeframe: Timeframe, span: _Span, tell: Callable[[float], None]
) -> Source:
    forming_ms = span.now_ms - span.now_ms % timeframe.interval_ms
    at_once = profile.newest_per_call
    return Source(
        interval_ms=timeframe.interval_ms,
        page=lambda first_ms, last_ms: market.candles(timeframe, first_ms, last_ms),
        per_page=profile.candles_per_call,
        days=lambda first_ms, last_ms: market.candles(Timeframe.D1, first_ms, last_ms),
        tell=lambda at_ms: tell((at_ms - span.first_ms) / max(span.last_ms - span.first_ms, 1)),
        newest=None if at_once is None else lambda first_ms, last_ms: market.newest(timeframe, first_ms, last_ms),
        # One place is the forming candle's, one is for a candle that opens meanwhile.
        newest_from_ms=forming_ms - ((at_once or 0) - 2) * timeframe.interval_ms,
    )


def _notes(wanted: DownloadRequest, profile: VenueProfile, span: _Span, begins_ms: int) -> tuple[str, ...]:
    late = (f"{profile.title} has {short(wanted.symbol)} {wanted.timeframe} candles from {_day(begins_ms)} on only",)
    money = (f"{profile.title} settles in {profile.quote}: prices are in {profile.quote}",)
    return (*(late if begins_ms > span.first_ms else ()), *(money if profile.quote not in wanted.symbol else ()))


def _day(at_ms: int) -> str:
    return f"{as_datetime(at_ms):%Y-%m-%d %H:%M} UTC"
