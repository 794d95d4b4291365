"""A venue's public market through ccxt.pro: its perpetuals, candles and funding by question, its candles by stream."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self, TypeVar

from sigma_engine.clock import Clock, abandon
from sigma_engine.domain.candle import Candle
from sigma_engine.domain.instrument import Instrument, practice_instrument
from sigma_engine.domain.symbol import base, short
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.errors import UnknownSymbol, VenueError
from sigma_engine.exchanges.budget import Budget, Lane, Rate
from sigma_engine.exchanges.client import data_client, shut
from sigma_engine.exchanges.line import FAILURES, Line
from sigma_engine.exchanges.outcomes import document, refusal
from sigma_engine.exchanges.profiles import VenueProfile
from sigma_engine.exchanges.venue_clock import VenueClock
from sigma_engine.exchanges.weex_reading import number

T = TypeVar("T")

LEVERAGE_CAP = 20
HOUR_MS = 3_600_000
_CALL_WEIGHT = 5
_MARKETS_WEIGHT = 30
_RATE = Rate(weight=500, window_ms=11_000, entries_per_minute=1)
_CHOICES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingWord:
    """What a venue says of funding: the rate (a fraction) of the stamp ``stamp_ms``."""

    rate: float
    stamp_ms: int


class MarketData:
    """The public side of one venue; ``clock`` is its time. Every question has its turn in the lane for data.

    Raises `VenueError` and its kin in one sentence where there is no answer. Symbols are SIGMA's.
    """

    def __init__(
        self,
        profile: VenueProfile,
        wall: Clock,
        base_url: str | None = None,
        *,
        clock: VenueClock | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.profile = profile
        self.clock = clock or VenueClock(wall, practice=base_url is not None)
        self._base_url = base_url
        self._own_budget = budget is None
        self._budget = budget or Budget(_RATE, self.clock)
        self._client = data_client(profile, self.clock.now_ms, base_url)
        self._line = Line(profile.title, self._client, self.clock, self._budget, _CALL_WEIGHT)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def open(self) -> None:
        """Make ready for questions again after `close()`."""
        self._client.open()

    async def close(self) -> None:
        """Let go of every connection."""
        await shut(self._client)
        if self._own_budget:
            await self._budget.close()

    async def measure_clock(self) -> None:
        """Find out how far this machine's clock is from the venue's."""
        await self.clock.measure(lambda: self._ask(1, "its time", lambda: self._client.fetch_time(), int))

    async def instruments(self, symbols: Sequence[str]) -> dict[str, Instrument]:
        """The perpetuals ``symbols``, as the venue lists them; raises `UnknownSymbol` where it does not."""
        markets = await self._ask(_MARKETS_WEIGHT, "its markets", lambda: self._client.load_markets(True), dict)
        return {symbol: self._instrument(symbol, self._listed(symbol, markets)) for symbol in symbols}

    async def newest(self, symbol: str, timeframe: Timeframe, count: int) -> list[Candle]:
        """The newest ``count`` candles, fewer where the venue gives fewer at once, the forming one last."""
        count = min(count, self.newest_per_call)
        return await self._candles(symbol, timeframe, None, count, {})

    @property
    def newest_per_call(self) -> int:
        """How many of the newest candles one question gives."""
        return self.profile.newest_per_call or self.profile.candles_per_call

    async def page_before(self, symbol: str, timeframe: Timeframe, before_ms: int) -> list[Candle]:
        """A page of the candles that opened last before ``before_ms``, oldest first."""
        interval_ms, rows = timeframe.interval_ms, self.profile.candles_per_call
        since_ms = before_ms - rows * interval_ms
        params = {**self.profile.history_params, "until": before_ms - 1}
        found = await self._candles(symbol, timeframe, since_ms, rows, params)
        return [candle for candle in found if since_ms <= candle.open_ms < before_ms]

    async def funding(self, symbol: str) -> FundingWord | None:
        """The rate the venue means to charge next; None where it says nothing usable."""
        name = self.profile.symbol(symbol)
        said = await self._ask(
            _CALL_WEIGHT, f"the funding of {short(symbol)}", lambda: self._client.fetch_funding_rate(name), dict
        )
        # Which of the two is the next one depends on the venue; one of them may be the time of the answer.
        stamps = (int(said.get(key) or 0) for key in ("fundingTimestamp", "nextFundingTimestamp"))
        ahead = sorted(stamp for stamp in stamps if stamp > self.clock.now_ms() and stamp % HOUR_MS == 0)
        rate = number(said.get("fundingRate"))
        return FundingWord(rate=float(rate), stamp_ms=ahead[0]) if rate is not None and ahead else None

    def stream(self, symbol: str, timeframe: Timeframe) -> "CandleStream":
        """A stream of its own for ``symbol``, not connected yet; whatever breaks it breaks nothing else."""
        client = data_client(self.profile, self.clock.now_ms, self._base_url)
        client.set_markets_from_exchange(self._client)
        return CandleStream(client, self.profile.symbol(symbol), timeframe)

    async def _candles(
        self, symbol: str, timeframe: Timeframe, since_ms: int | None, count: int, params: Mapping[str, object]
    ) -> list[Candle]:
        name = self.profile.symbol(symbol)
        return await self._ask(
            _CALL_WEIGHT,
            f"{short(symbol)} {timeframe} candles",
            # A copy each time: ccxt writes into the params it is given.
            lambda: self._client.fetch_ohlcv(name, str(timeframe), since_ms, count, dict(params)),
            lambda rows: sorted(map(_candle, rows), key=lambda candle: candle.open_ms),
        )

    async def _ask(
        self, weight: int, subject: str, question: Callable[[], Awaitable[Any]], read: Callable[[Any], T]
    ) -> T:
        found: list[T] = []

        async def asked() -> None:
            found.append(read(await question()))

        answer, error = await self._line.heard(Lane.DATA, weight, asked)
        if error is not None or not found or document(answer) is None:
            raise refusal(self.profile.title, subject, answer, error, self.clock.now_ms())
        return found[0]

    def _listed(self, symbol: str, markets: Mapping[str, Any]) -> Mapping[str, Any]:
        market = markets.get(self.profile.symbol(symbol))
        if market is not None:
            return dict(market)
        bases = [base(name) for name, each in markets.items() if each.get("swap")]
        more = f" and {len(bases) - _CHOICES} more" if len(bases) > _CHOICES else ""
        raise UnknownSymbol(
            f"{self.profile.title} has no {short(symbol)} perpetual. There is: {', '.join(bases[:_CHOICES])}{more}."
        )

    def _instrument(self, symbol: str, market: Mapping[str, Any]) -> Instrument:
        """Its grid, minimum and leverage by the venue; what it does not tell, by SIGMA's own table."""
        precision, limits = market["precision"], market["limits"]
        size = (number(market.get("contractSize")) or Decimal(1)) if self.profile.counts_contracts else Decimal(1)
        tick, step = number(precision.get("price")), number(precision.get("amount"))
        smallest = number((limits.get("amount") or {}).get("min"))
        if not tick or not step:
            raise VenueError(
                f"{self.profile.title} does not tell in which steps {short(symbol)} moves: choose another symbol."
            )
        usual = practice_instrument(symbol, float(tick * 10_000))
        most = number((limits.get("leverage") or {}).get("max"))
        return Instrument(
            symbol,
            tick=tick,
            step=max(step, _multiple(smallest, step)) * size,
            maintenance_rate=number(market.get("maintenanceMarginRate")) or usual.maintenance_rate,
            min_cost=max(number((limits.get("cost") or {}).get("min")) or Decimal(0), usual.min_cost),
            max_leverage=LEVERAGE_CAP if not most else max(1, min(LEVERAGE_CAP, int(most))),
        )


class StreamLost(Exception):
    """A stream ended; why is told in words for the log."""


class CandleStream:
    """One symbol's candles as they form, over a connection of its own."""

    def __init__(self, client: Any, name: str, timeframe: Timeframe) -> None:
        self._client, self._name, self._timeframe = client, name, timeframe

    async def close(self) -> None:
        """Let go of the connection."""
        await shut(self._client)

    async def rows(self) -> list[Candle]:
        """The rows that are new, oldest first; raises `StreamLost` where the stream ended."""
        watching = asyncio.create_task(self._client.watch_ohlcv(self._name, str(self._timeframe)))
        try:
            await asyncio.wait((watching,))
        finally:
            await abandon(watching)
        # ccxt cancels those who wait when it closes: that is no cancellation of ours.
        if watching.cancelled():
            raise StreamLost("it was closed")
        try:
            return sorted(map(_candle, watching.result()), key=lambda candle: candle.open_ms)
        except FAILURES as broken:
            raise StreamLost(f"{type(broken).__name__}: {broken}") from None


def _candle(values: Sequence[Any]) -> Candle:
    """ccxt's row; what the venue left out is NaN. A row without a time raises `ValueError`."""
    stamp, *figures = (*values, *(None,) * 6)[:6]
    if not stamp:
        raise ValueError("a candle has no time")
    return Candle(int(stamp), *(math.nan if figure is None else float(figure) for figure in figures))


def _multiple(smallest: Decimal | None, step: Decimal) -> Decimal:
    """The smallest quantity, on the grid."""
    return step if not smallest else -(-smallest // step) * step
