"""What each public channel says: something first, then what is new."""

from collections.abc import Callable
from typing import Protocol

from sigma_engine.practice.depth_stream import DepthStream
from sigma_engine.practice.exchange import Exchange
from sigma_engine.practice.frames import Frame, candles_frame, ticker_frame, trades_frame
from sigma_engine.practice.market_port import INTERVALS_MS, MarketPort
from sigma_engine.practice.nouns import Trade
from sigma_engine.practice.reply import Json
from sigma_engine.practice.subscriptions import Channel, Topic
from sigma_engine.practice.texts import candle_row

FIRST_TRADES, FIRST_CANDLES = 20, 2
"""How many trades and candles a snapshot holds."""
_CANDLES_BACK = 10
"""How far back a candle that changes is told again."""

NowMs = Callable[[], int]


class Teller(Protocol):
    """One channel of a market that has a price, for all who listen to it."""

    def first(self) -> Frame | None:
        """What a new listener is told; None where there is nothing to tell."""
        ...

    def news(self) -> Frame | None:
        """What has changed since it was asked last; None for nothing."""
        ...


def teller_of(channel: Channel, exchange: Exchange, market: MarketPort, now_ms: NowMs) -> Teller:
    """Who tells of ``channel``."""
    match channel.topic:
        case Topic.TRADE:
            return TradeTeller(exchange, channel.symbol, now_ms)
        case Topic.DEPTH:
            return DepthStream(exchange, channel.symbol, channel.levels, now_ms)
        case Topic.KLINE:
            return CandleTeller(market, channel, now_ms)
        case _:
            return TickerTeller(exchange, market, channel.symbol, now_ms)


class TickerTeller:
    """The last 24 hours, whole each time."""

    def __init__(self, exchange: Exchange, market: MarketPort, symbol: str, now_ms: NowMs) -> None:
        self._exchange, self._market, self._symbol, self._now_ms = exchange, market, symbol, now_ms

    def first(self) -> Frame:
        """The ticker."""
        return ticker_frame(self._exchange.quote(self._symbol), self._market.day(self._symbol), self._now_ms())

    def news(self) -> Frame:
        """The ticker."""
        return self.first()


class TradeTeller:
    """The latest trades, then every one that happens."""

    def __init__(self, exchange: Exchange, symbol: str, now_ms: NowMs) -> None:
        self._exchange, self._symbol, self._now_ms = exchange, symbol, now_ms
        self._told = exchange.trades(symbol, 1)[0].trade_id

    def first(self) -> Frame:
        """The latest trades."""
        latest = self._exchange.trades(self._symbol, FIRST_TRADES)[::-1]
        return trades_frame("tradeSnapshot", self._symbol, latest, self._now_ms())

    def news(self) -> Frame | None:
        """The trades since."""
        new = self._since()
        if not new:
            return None
        self._told = new[-1].trade_id
        return trades_frame("trade", self._symbol, new, self._now_ms())

    def _since(self) -> list[Trade]:
        limit, latest = 16, self._exchange.trades(self._symbol, 16)
        while len(latest) == limit and latest[-1].trade_id > self._told:
            limit *= 4
            latest = self._exchange.trades(self._symbol, limit)
        return [trade for trade in reversed(latest) if trade.trade_id > self._told]


class CandleTeller:
    """The last candles, then each one again whenever it is told otherwise than before."""

    def __init__(self, market: MarketPort, channel: Channel, now_ms: NowMs) -> None:
        self._market, self._channel, self._now_ms = market, channel, now_ms
        self._told = {str(row[0]): row for row in self._rows(_CANDLES_BACK)}

    def first(self) -> Frame | None:
        """The last candles."""
        return self._frame("klineSnapshot", self._rows(FIRST_CANDLES))

    def news(self) -> Frame | None:
        """The candles that changed."""
        rows = self._rows(_CANDLES_BACK)
        changed = [row for row in rows if self._told.get(str(row[0])) != row]
        self._told = {str(row[0]): row for row in rows}
        return self._frame("kline", changed)

    def _rows(self, limit: int) -> list[list[Json]]:
        channel, interval_ms = self._channel, INTERVALS_MS[self._channel.interval]
        candles = self._market.candles(channel.symbol, channel.interval, self._now_ms(), limit, channel.price)
        rows = [candle_row(candle, interval_ms) for candle in candles]
        return list(self._market.spoilt(channel.symbol, channel.interval, rows))

    def _frame(self, event: str, rows: list[list[Json]]) -> Frame | None:
        if not rows:
            return None
        channel = self._channel
        return candles_frame(event, channel.symbol, channel.interval, channel.price, rows, self._now_ms())
