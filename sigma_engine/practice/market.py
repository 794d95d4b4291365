"""The market that moves the practice exchange, trade by trade, and remembers its candles."""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Awaitable, Callable, Iterator, Sequence
from operator import attrgetter

from sigma_engine.practice.data_faults import DataFaults
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.market_port import INTERVALS_MS, Candle, Day, PriceKind
from sigma_engine.practice.nouns import Changed, Quote, Trade
from sigma_engine.practice.past import Past
from sigma_engine.practice.reply import Json
from sigma_engine.practice.sources import Source

DAY_MS = 86_400_000
_OPENED = attrgetter("open_ms")
_TURNOVER_HELD = 3
"""Open interest is about the volume of a day over this."""


def _stand_still(at_ms: int) -> None:
    """The clock is somebody else's."""


class Market:
    """Lets the ``sources`` happen at ``exchange`` and answers for the past, as `MarketPort` asks.

    Every trade of the exchange counts, whoever moved it. ``now_ms`` is the exchange's clock; ``turn`` sets it to a
    trade's instant before the trade happens, for clocks that are not waited for. ``faults`` spoil what is told.
    """

    def __init__(
        self,
        exchange: Exchange,
        sources: Sequence[Source],
        now_ms: Callable[[], int],
        *,
        turn: Callable[[int], None] = _stand_still,
        faults: DataFaults | None = None,
        seed: int = 0,
    ) -> None:
        self.faults = faults or DataFaults(seed=seed)
        self._exchange, self._now_ms, self._turn = exchange, now_ms, turn
        by_symbol = {source.symbol: source for source in sources}
        self._past = {
            (listing.symbol, kind): self._past_of(by_symbol.get(listing.symbol), listing.symbol, seed)
            for listing in exchange.listings
            for kind in (PriceKind.LAST, PriceKind.MARK)
        }
        self._ahead = heapq.merge(*(_named(place, source) for place, source in enumerate(sources)))
        self._next = next(self._ahead, None)
        exchange.listen(self._count)
        self._open(sources)

    # Moving

    def next_ms(self) -> int | None:
        """When the next trade is due; None where the sources have ended."""
        return self._next[0] if self._next else None

    def advance_to(self, at_ms: int) -> None:
        """Let every trade happen that is due by ``at_ms``."""
        while self._next is not None and self._next[0] <= at_ms:
            due_ms, _, symbol, price, quantity = self._next
            self._next = next(self._ahead, None)
            self._turn(due_ms)
            self._exchange.move(symbol, price, quantity)
        self._turn(at_ms)

    async def run(self, sleep_until: Callable[[int], Awaitable[None]]) -> None:
        """Let every trade happen when it is due; ends when the sources do."""
        while (due_ms := self.next_ms()) is not None:
            await sleep_until(due_ms)
            self.advance_to(max(due_ms, self._now_ms()))

    # What was

    def candles(self, symbol: str, interval: str, end_ms: int, limit: int, kind: PriceKind) -> Sequence[Candle]:
        """The newest ``limit`` candles that opened at or before ``end_ms``, oldest first; the forming one counts."""
        kept = PriceKind.LAST if kind is PriceKind.INDEX else kind
        candles = self._past[symbol, kept].candles(interval)
        end = bisect_right(candles, end_ms, key=_OPENED)
        rows = candles[max(0, end - limit) : end]
        return self.faults.told(symbol, interval, INTERVALS_MS[interval], rows, self._now_ms())

    def spoilt(self, symbol: str, interval: str, rows: Sequence[list[Json]]) -> list[list[Json]]:
        """Rows of candles as they go over the wire, with what only text can say."""
        return self.faults.spoilt(symbol, interval, rows)

    def day(self, symbol: str) -> Day:
        """The last 24 hours, to the candle."""
        past, now_ms = self._past[symbol, PriceKind.LAST], self._now_ms()
        candles = past.candles(past.coarse)
        rows = candles[bisect_left(candles, now_ms - DAY_MS, key=_OPENED) :] or candles[-1:]
        return Day(
            open_ms=now_ms - DAY_MS,
            close_ms=now_ms,
            open=rows[0].open if rows else 0,
            high=max((row.high for row in rows), default=0),
            low=min((row.low for row in rows), default=0),
            volume=sum(row.volume for row in rows),
            value=sum(row.value for row in rows),
            trades=sum(row.trades for row in rows),
        )

    def open_interest(self, symbol: str) -> int:
        """How much everybody holds: what a day's turnover suggests, and the account's own."""
        own = sum(position.size for position in self._exchange.positions(symbol))
        return self.day(symbol).volume // _TURNOVER_HELD + own

    def _past_of(self, source: Source | None, symbol: str, seed: int) -> Past:
        listing = self._exchange.listing(symbol)
        if source is None:
            return Past(listing, (), INTERVALS_MS["1m"], seed)
        return Past(listing, source.past, source.interval_ms, seed)

    def _count(self, change: Changed) -> None:
        match change:
            case Trade():
                bought = 0 if change.buyer_maker else change.quantity
                self._past[change.symbol, PriceKind.LAST].add(change.at_ms, change.price, change.quantity, bought)
            case Quote():
                self._past[change.symbol, PriceKind.MARK].add(change.at_ms, change.mark, 0, 0)
            case _:
                pass

    def _open(self, sources: Sequence[Source]) -> None:
        """Let what is due happen; a market with a past and nothing due stands where it closed."""
        now_ms = self._now_ms()
        self.advance_to(now_ms)
        for source in sources:
            if source.past and not self._exchange.trades(source.symbol, 1):
                self._exchange.move(source.symbol, source.past[-1][4])


def _named(place: int, source: Source) -> Iterator[tuple[int, int, str, int, int]]:
    """Trades with their market; those of one instant in the order of the markets."""
    return ((at_ms, place, source.symbol, price, quantity) for at_ms, price, quantity in source.ticks)
