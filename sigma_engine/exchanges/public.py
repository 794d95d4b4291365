"""A venue's public market data through ccxt, without keys; the only module that makes ccxt's clients."""

import difflib
import math
import re
import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

import ccxt

from sigma_engine.domain.symbol import base, short
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import Stopped, UnknownSymbol
from sigma_engine.exchanges.paging import Row
from sigma_engine.exchanges.profiles import VenueProfile
from sigma_engine.exchanges.refusals import UNREADABLE, explained, pause_s

T = TypeVar("T")

_HOST = re.compile(r"^\w+://[^/]+")
_LONGEST_NAP_S = 0.25
_CHOICES = 12


class PublicMarket:
    """One perpetual of a venue: its clock and its candles.

    Every question is asked within the venue's rate limit and again where that may help; raises `VenueError` where
    it does not, `Stopped` as soon as ``stop`` is true.
    """

    def __init__(
        self, profile: VenueProfile, symbol: str, stop: Callable[[], bool], base_url: str | None = None
    ) -> None:
        self._profile, self._asked, self._symbol = profile, symbol, profile.symbol(symbol)
        self._stop = stop
        self._client = _client(profile, base_url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def require_listed(self) -> None:
        """Raise `UnknownSymbol`, naming the nearest, where the venue has no such perpetual."""
        markets = self._ask("its list of markets", self._markets)
        if self._symbol not in markets:
            raise self._unknown([base(name) for name, market in markets.items() if self._is_like(market)])

    def now_ms(self) -> int:
        """The venue's own time, which alone says whether its newest candle is finished."""
        return self._ask("its time", lambda: int(self._client.fetch_time({})))

    def candles(self, timeframe: Timeframe, first_ms: int, last_ms: int) -> list[Row]:
        """Candles that open from ``first_ms`` to ``last_ms``, both included, by their open time; a page at most."""
        interval_ms = timeframe.interval_ms
        limit = (last_ms - first_ms) // interval_ms + 1
        params = {**self._profile.history_params, "until": last_ms + interval_ms - 1}
        rows = self._rows(timeframe, first_ms, limit, params)
        return [row for row in rows if first_ms <= row[0] <= last_ms]

    def newest(self, timeframe: Timeframe, first_ms: int, last_ms: int) -> list[Row]:
        """The same from among the newest candles, of which the venue gives more at once."""
        rows = self._rows(timeframe, None, self._profile.newest_per_call, {})
        return [row for row in rows if first_ms <= row[0] <= last_ms]

    def _rows(
        self, timeframe: Timeframe, since_ms: int | None, limit: int | None, params: dict[str, object]
    ) -> list[Row]:
        def question() -> list[Row]:
            # A copy each time: ccxt writes into the params it is given.
            found = self._client.fetch_ohlcv(self._symbol, str(timeframe), since_ms, limit, dict(params))
            return sorted((_row(values) for values in found), key=lambda row: row[0])

        return self._ask(f"{short(self._asked)} {timeframe} candles", question)

    def _markets(self) -> dict[str, Any]:
        # From the venue each time: ccxt keeps what it could read of a list that came broken.
        markets = self._client.load_markets(True)
        if not any(self._is_like(market) for market in markets.values()):
            raise ValueError("there is no perpetual among the markets")
        return dict(markets)

    def _is_like(self, market: dict[str, Any]) -> bool:
        return bool(market.get("swap")) and market.get("settle") == self._profile.quote

    def _unknown(self, bases: list[str]) -> UnknownSymbol:
        near = difflib.get_close_matches(base(self._asked), bases, 1, 0.5)
        hint = f" Did you mean {near[0]}?" if near else ""
        more = f" and {len(bases) - _CHOICES} more" if len(bases) > _CHOICES else ""
        return UnknownSymbol(
            f"{self._profile.title} has no {short(self._asked)} perpetual.{hint} "
            f"There is: {', '.join(bases[:_CHOICES])}{more}."
        )

    def _ask(self, subject: str, question: Callable[[], T]) -> T:
        attempt = 0
        while True:
            self._go_on()
            try:
                return self._answer(question)
            except (ccxt.BaseError, *UNREADABLE) as refused:
                wait_s = pause_s(refused, attempt)
                if wait_s is None:
                    raise explained(self._profile, refused, subject) from None
            self._pause(wait_s)
            attempt += 1

    def _answer(self, question: Callable[[], T]) -> T:
        """The answer, if it was JSON: ccxt takes an empty page for one without candles."""
        self._client.last_json_response = None
        answer = question()
        if self._client.last_json_response is None:
            raise ValueError("the answer is no JSON")
        return answer

    def _pause(self, wait_s: float) -> None:
        while wait_s > 0:
            self._go_on()
            time.sleep(min(wait_s, _LONGEST_NAP_S))
            wait_s -= _LONGEST_NAP_S

    def _go_on(self) -> None:
        if self._stop():
            raise Stopped("The download was stopped: nothing of it was kept.")


def _client(profile: VenueProfile, base_url: str | None) -> Any:
    """ccxt's own client; with ``base_url`` that server stands in for all hosts of the venue, past any proxy."""
    client = getattr(ccxt, profile.ccxt_id)(
        {
            "enableRateLimit": True,
            "enableLastJsonResponse": True,
            "requests_trust_env": base_url is None,
            "has": {"fetchCurrencies": False},
            "options": dict(profile.options),
        }
    )
    if base_url is not None:
        client.urls["api"] = {
            name: _HOST.sub(base_url.rstrip("/"), url) if isinstance(url, str) else url
            for name, url in client.urls["api"].items()
        }
    client.parse_ohlcv = _timed(client.parse_ohlcv)
    return client


def _timed(parse: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """ccxt's reading of a candle, but one without a time is an error: ccxt would drop it, and leave a silent hole."""

    def read(*arguments: Any) -> list[Any]:
        values = parse(*arguments)
        if not values[0]:
            raise ValueError("a candle has no time")
        return values

    return read


def _row(values: list[Any]) -> Row:
    return tuple(math.nan if value is None else float(value) for value in values[:6])
