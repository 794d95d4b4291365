"""The calls everybody may make: markets, prices, books, candles, funding."""

from enum import StrEnum

from sigma_engine.practice.floor import Calls, Floor, public
from sigma_engine.practice.market_port import INTERVALS_MS, PriceKind
from sigma_engine.practice.nouns import Quote, Refusal
from sigma_engine.practice.parameters import Parameters, plain
from sigma_engine.practice.reply import Json
from sigma_engine.practice.texts import candle_row, level_rows, market_row, ticker_row, trade_row

INTEREST_RATE = 100_000
"""The interest part of a funding rate, in parts of one."""


class Watch(StrEnum):
    """A price asked for by name."""

    MARK = "MARK"
    INDEX = "INDEX"


def server_time(floor: Floor, given: Parameters) -> Json:
    """The exchange's clock."""
    return {"serverTime": floor.now_ms()}


def _markets(floor: Floor, given: Parameters) -> Json:
    return {"assets": [], "symbols": [market_row(listing) for listing in floor.exchange.listings]}


def _day_tickers(floor: Floor, given: Parameters) -> Json:
    past = floor.past()
    return [ticker_row(quote, past.day(quote.symbol)) for quote in floor.priced(given)]


def _book_tickers(floor: Floor, given: Parameters) -> Json:
    """Every market's best bid and ask, whatever symbol is named."""
    return [_book_ticker(floor, quote.symbol) for quote in floor.priced(Parameters({}))]


def _book_ticker(floor: Floor, symbol: str) -> Json:
    bids, asks = floor.exchange.depth(symbol, 1)
    (bid, bid_quantity), (ask, ask_quantity) = bids[0], asks[0]
    return {
        "symbol": symbol,
        "bidPrice": plain(bid),
        "bidQty": plain(bid_quantity),
        "askPrice": plain(ask),
        "askQty": plain(ask_quantity),
        "time": floor.now_ms(),
    }


def _depth(floor: Floor, given: Parameters) -> Json:
    symbol, limit = floor.symbol(given), given.number("limit") or 15
    if limit not in (15, 200):
        raise Refusal(-1140, "Parameter validation failed. limit must be 15 or 200.")
    bids, asks = floor.exchange.depth(symbol, limit)
    return {"asks": level_rows(asks), "bids": level_rows(bids), "lastUpdateId": floor.now_ms()}


def _trades(floor: Floor, given: Parameters) -> Json:
    return [trade_row(trade) for trade in floor.exchange.trades(floor.symbol(given), given.limit(100, 1000))]


def _interval(given: Parameters) -> tuple[str, int]:
    interval = given.text("interval")
    if interval not in INTERVALS_MS:
        raise Refusal(-1142, "Parameter 'interval' is invalid.")
    return interval, INTERVALS_MS[interval]


def _recent(floor: Floor, given: Parameters, kind: PriceKind) -> Json:
    symbol, (interval, interval_ms), limit = floor.symbol(given), _interval(given), given.limit(100, 1000)
    candles = floor.past().candles(symbol, interval, floor.now_ms(), limit, kind)
    return floor.past().spoilt(symbol, interval, [candle_row(candle, interval_ms) for candle in candles])


def _klines(floor: Floor, given: Parameters) -> Json:
    return _recent(floor, given, PriceKind.LAST)


def _mark_klines(floor: Floor, given: Parameters) -> Json:
    return _recent(floor, given, PriceKind.MARK)


def _index_klines(floor: Floor, given: Parameters) -> Json:
    return _recent(floor, given, PriceKind.INDEX)


def _history_klines(floor: Floor, given: Parameters) -> Json:
    """The newest candles of a span, a hundred at most; one that ends in the future, as ccxt asks, ends now."""
    (interval, interval_ms), (since_ms, until_ms) = _interval(given), given.span(floor.now_ms())
    limit, until_ms = given.limit(100, 100), min(until_ms, floor.now_ms())
    asked = given.optional_word("priceType", Watch, -1142)
    kind = PriceKind.LAST if asked is None else PriceKind[asked.name]
    symbol = floor.symbol(given)
    candles = floor.past().candles(symbol, interval, until_ms, limit, kind)
    rows = [candle_row(candle, interval_ms) for candle in candles if candle.open_ms >= since_ms]
    return floor.past().spoilt(symbol, interval, rows)


def _premium_index(floor: Floor, given: Parameters) -> Json:
    return [_premium(floor, quote) for quote in floor.priced(given)]


def _premium(floor: Floor, quote: Quote) -> Json:
    exchange, symbol = floor.exchange, quote.symbol
    forecast, stamps = exchange.funding_rate(symbol), exchange.funding_stamps(symbol, limit=1)
    return {
        "symbol": symbol,
        "markPrice": plain(quote.mark),
        "indexPrice": plain(quote.index),
        "forecastFundingRate": plain(forecast),
        "lastFundingRate": plain(stamps[-1].rate if stamps else forecast),
        "interestRate": plain(INTEREST_RATE),
        "nextFundingTime": exchange.next_funding_ms(symbol),
        "time": floor.now_ms(),
        "collectCycle": exchange.listing(symbol).funding_minutes,
    }


def _funding_rates(floor: Floor, given: Parameters) -> Json:
    symbol, limit, (since_ms, until_ms) = floor.symbol(given), given.limit(100, 1000), given.span()
    return [
        {
            "symbol": symbol,
            "fundingRate": plain(stamp.rate),
            "fundingTime": stamp.at_ms,
            "markPrice": plain(stamp.mark),
        }
        for stamp in floor.exchange.funding_stamps(symbol, since_ms, until_ms, limit)
    ]


def _symbol_price(floor: Floor, given: Parameters) -> Json:
    """One price; without a priceType it is the index."""
    symbol, asked = floor.symbol(given), given.optional_word("priceType", Watch, -1142)
    quote = floor.exchange.quote(symbol)
    price = quote.mark if asked is Watch.MARK else quote.index
    return {"symbol": symbol, "price": plain(price), "time": floor.now_ms()}


def _open_interest(floor: Floor, given: Parameters) -> Json:
    symbol = floor.symbol(given)
    return {"symbol": symbol, "openInterest": plain(floor.past().open_interest(symbol)), "time": floor.now_ms()}


PUBLIC_CALLS: Calls = {
    ("GET", "/capi/v3/market/time"): public(server_time),
    ("GET", "/capi/v3/market/exchangeInfo"): public(_markets),
    ("GET", "/capi/v3/market/ticker/24hr"): public(_day_tickers, 40),
    ("GET", "/capi/v3/market/ticker/bookTicker"): public(_book_tickers),
    ("GET", "/capi/v3/market/depth"): public(_depth),
    ("GET", "/capi/v3/market/trades"): public(_trades, 5),
    ("GET", "/capi/v3/market/klines"): public(_klines),
    ("GET", "/capi/v3/market/markPriceKlines"): public(_mark_klines),
    ("GET", "/capi/v3/market/indexPriceKlines"): public(_index_klines),
    ("GET", "/capi/v3/market/historyKlines"): public(_history_klines, 5),
    ("GET", "/capi/v3/market/premiumIndex"): public(_premium_index),
    ("GET", "/capi/v3/market/fundingRate"): public(_funding_rates, 5),
    ("GET", "/capi/v3/market/symbolPrice"): public(_symbol_price),
    ("GET", "/capi/v3/market/openInterest"): public(_open_interest, 2),
}
"""By method and path; weights from WEEX's documents where known, else ccxt's costs over five."""
