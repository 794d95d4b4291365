"""The public part of the REST interface: the lists of markets, and what the market does."""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.servers.independent.agenda import Agenda
from tests.servers.independent.candles import INTERVALS_MS, Bar, Candles
from tests.servers.independent.gate import Ask, Route
from tests.servers.independent.habits import Dialect, Maybe, Stamp, surplus
from tests.servers.independent.nouns import Market, Refusal

FUNDING_MS = 8 * 3_600_000
LEVELS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A trade of strangers."""

    id: str
    price: Decimal
    quantity: Decimal
    at_ms: int
    buyer_made: bool


class Tape:
    """What is public of one market: candles, trades, and a book made up around the last price."""

    def __init__(self, market: Market, price: Decimal, now_ms: int, past: list[Bar], seed: int) -> None:
        self.market, self.price = market, price
        self.candles = Candles(price, now_ms, past)
        self.prints: list[Print] = []
        self.update_id = 14_000_000_000
        self._random = random.Random(f"tape {seed} {market.name}")
        self.prints.append(self._printed(price, now_ms))

    def set_price(self, price: Decimal, now_ms: int) -> Print:
        """Trade there; the trade."""
        printed = self._printed(price, now_ms)
        self.price = price
        self.candles.touch(now_ms, price, printed.quantity)
        self.prints = [*self.prints[-999:], printed]
        self.update_id += self._random.randint(1, 9)
        return printed

    def _printed(self, price: Decimal, now_ms: int) -> Print:
        quantity = self.market.on_step(Decimal(self._random.randint(1, 20_000)) / price) or self.market.step
        return Print(
            id=str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            price=price,
            quantity=quantity,
            at_ms=now_ms,
            buyer_made=price < self.price,
        )

    def depth(self, levels: int = LEVELS) -> tuple[list[list[Decimal]], list[list[Decimal]]]:
        """Bids and asks, best first; the same price always has the same size."""
        tick = self.market.tick
        bids = [self.price - tick * (1 + 3 * step) for step in range(levels)]
        asks = [self.price + tick * (1 + 3 * step) for step in range(levels)]
        return [[p, self._size(p)] for p in bids if p > 0], [[p, self._size(p)] for p in asks]

    def _size(self, price: Decimal) -> Decimal:
        return self.market.step * random.Random(f"{self.market.name} {price}").randint(1, 5_000)


class Public:
    """Answers what anybody may ask."""

    def __init__(self, tapes: Mapping[str, Tape], agenda: Agenda, dialect: Dialect) -> None:
        self._tapes, self._agenda, self._dialect = tapes, agenda, dialect

    def routes(self) -> list[Route]:
        """Everything anybody may ask, with what it weighs."""
        contract = [
            ("time", self.time, 5),
            ("exchangeInfo", self.contracts, 5),
            ("ticker/24hr", self.tickers, 200),
            ("ticker/bookTicker", self.best, 5),
            ("depth", self.depth, 5),
            ("trades", self.trades, 25),
            ("klines", self.klines, 5),
            ("markPriceKlines", self.klines, 5),
            ("indexPriceKlines", self.klines, 5),
            ("historyKlines", self.past_klines, 25),
            ("premiumIndex", self.premium, 5),
            ("fundingRate", self.funding, 25),
            ("symbolPrice", self.price, 5),
            ("openInterest", self.open_interest, 10),
        ]
        spot = [("coins", self.coins, 25), ("exchangeInfo", self.spot, 100), ("time", self.time, 5)]
        return [
            *(Route("GET", f"/capi/v3/market/{path}", answer, weight, True) for path, answer, weight in contract),
            *(Route("GET", f"/api/v3/{path}", answer, weight, True) for path, answer, weight in spot),
            Route("GET", "/api/v3/ping", lambda ask: {}, 5, True),
        ]

    def _tape(self, ask: Ask) -> Tape:
        name = ask.required("symbol")
        if name not in self._tapes:
            raise Refusal(-1121, f"invalid symbol {name}")
        return self._tapes[name]

    def _chosen(self, ask: Ask) -> list[Tape]:
        return [self._tape(ask)] if ask.text("symbol") else list(self._tapes.values())

    def time(self, ask: Ask) -> object:
        return surplus({"serverTime": Stamp(self._agenda.now_ms())})

    def coins(self, ask: Ask) -> object:
        names = ["USDT", *(tape.market.base for tape in self._tapes.values())]
        return [surplus({"coin": name, "name": name, "networkList": []}) for name in names]

    def contracts(self, ask: Ask) -> object:
        """The perpetuals, in no order anybody should lean on."""
        rows = [_contract(tape.market) for tape in self._tapes.values()]
        return {"assets": [], "symbols": rows[::-1]}

    def spot(self, ask: Ask) -> object:
        """Spot markets of the very same names."""
        return {"symbols": [_spot(tape.market) for tape in self._tapes.values()]}

    def tickers(self, ask: Ask) -> object:
        return [ticker_row(tape, self._agenda.now_ms()) for tape in self._chosen(ask)]

    def best(self, ask: Ask) -> object:
        rows = []
        for tape in self._tapes.values():
            [[bid, bid_size]], [[ask_price, ask_size]] = tape.depth(1)
            row = {"symbol": tape.market.name, "bidPrice": bid, "bidQty": bid_size}
            rows.append(row | {"askPrice": ask_price, "askQty": ask_size, "time": Stamp(self._agenda.now_ms())})
        return rows

    def depth(self, ask: Ask) -> object:
        tape, limit = self._tape(ask), ask.number("limit") or 15
        if limit not in (15, 200):
            raise Refusal(-1142, "limit must be 15 or 200")
        bids, asks = tape.depth(min(limit, LEVELS))
        return surplus({"asks": asks, "bids": bids, "lastUpdateId": tape.update_id})

    def trades(self, ask: Ask) -> object:
        """Newest first."""
        tape, limit = self._tape(ask), min(ask.number("limit") or 100, 1_000)
        return [
            {
                "id": each.id,
                "price": each.price,
                "qty": each.quantity,
                "quoteQty": each.price * each.quantity,
                "time": Stamp(each.at_ms),
                "isBuyerMaker": each.buyer_made,
                "isBestMatch": Maybe(True),
            }
            for each in tape.prints[: -limit - 1 : -1]
        ]

    def klines(self, ask: Ask) -> object:
        tape, limit = self._tape(ask), min(ask.number("limit") or 100, 1_000)
        interval = _interval(ask)
        return [_kline(bar, interval) for bar in tape.candles.newest(interval, self._agenda.now_ms(), limit)]

    def past_klines(self, ask: Ask) -> object:
        """At most a hundred of the window, both of whose ends are in it."""
        tape, interval, now_ms = self._tape(ask), _interval(ask), self._agenda.now_ms()
        since, until = ask.number("startTime"), ask.number("endTime")
        if until is not None and until > now_ms and self._dialect.habits.future_refused:
            raise Refusal(-1142, "endTime must not be in the future")
        until = now_ms if until is None else until
        since = until - 99 * INTERVALS_MS[interval] if since is None else since
        found = tape.candles.between(interval, now_ms, since, until)
        limit = min(ask.number("limit") or 100, 100)
        kept = found[:limit] if self._dialect.habits.past_keeps_oldest else found[-limit:]
        return [_kline(bar, interval) for bar in kept]

    def premium(self, ask: Ask) -> object:
        now_ms, rate = self._agenda.now_ms(), self._dialect.habits.funding_rate
        return [
            surplus(
                {
                    "symbol": tape.market.name,
                    "markPrice": tape.price,
                    "indexPrice": tape.price,
                    "forecastFundingRate": rate,
                    "lastFundingRate": rate,
                    "interestRate": Maybe(Decimal("0.0003")),
                    "nextFundingTime": Stamp(now_ms - now_ms % FUNDING_MS + FUNDING_MS),
                    "time": Stamp(now_ms),
                    "collectCycle": 480,
                }
            )
            for tape in self._chosen(ask)
        ]

    def funding(self, ask: Ask) -> object:
        """Newest first."""
        tape, now_ms = self._tape(ask), self._agenda.now_ms()
        since, until = ask.number("startTime") or 0, ask.number("endTime") or now_ms
        last_ms = min(now_ms, until) // FUNDING_MS * FUNDING_MS
        stamps = range(last_ms, max(since, now_ms - 90 * FUNDING_MS) - 1, -FUNDING_MS)
        rate, price = self._dialect.habits.funding_rate, tape.price
        return [
            {"symbol": tape.market.name, "fundingRate": rate, "fundingTime": Stamp(at_ms), "markPrice": Maybe(price)}
            for at_ms in stamps[: min(ask.number("limit") or 100, 100)]
        ]

    def price(self, ask: Ask) -> object:
        tape = self._tape(ask)
        return surplus({"symbol": tape.market.name, "price": tape.price, "time": Stamp(self._agenda.now_ms())})

    def open_interest(self, ask: Ask) -> object:
        tape, now_ms = self._tape(ask), self._agenda.now_ms()
        return {"symbol": tape.market.name, "openInterest": tape.market.step * 123_456, "time": Stamp(now_ms)}


def ticker_row(tape: Tape, now_ms: int) -> dict[str, object]:
    """The last day of a market."""
    bars = tape.candles.newest("1m", now_ms, 1_440)
    volume = sum((bar.volume for bar in bars), Decimal(0))
    change = tape.price - bars[0].open
    return surplus(
        {
            "symbol": tape.market.name,
            "priceChange": change,
            "priceChangePercent": (change / bars[0].open).quantize(Decimal("0.000001")),
            "lastPrice": tape.price,
            "openPrice": bars[0].open,
            "highPrice": max(bar.high for bar in bars),
            "lowPrice": min(bar.low for bar in bars),
            "volume": volume,
            "quoteVolume": volume * tape.price,
            "openTime": Stamp(bars[0].open_ms),
            "closeTime": Stamp(now_ms),
            "markPrice": tape.price,
            "indexPrice": tape.price,
        }
    )


def _interval(ask: Ask) -> str:
    interval = ask.required("interval")
    if interval not in INTERVALS_MS:
        raise Refusal(-1142, f"invalid interval {interval}")
    return interval


def _kline(bar: Bar, interval: str) -> list[object]:
    end_ms, worth = bar.open_ms + INTERVALS_MS[interval] - 1, bar.volume * bar.close
    prices = [bar.open, bar.high, bar.low, bar.close]
    return [bar.open_ms, *prices, bar.volume, end_ms, worth, bar.trades, bar.volume / 2, worth / 2]


def _contract(market: Market) -> dict[str, object]:
    return surplus(
        {
            "symbol": market.name,
            "baseAsset": market.base,
            "quoteAsset": "USDT",
            "marginAsset": "USDT",
            "pricePrecision": str(market.price_digits),
            "quantityPrecision": str(market.quantity_digits),
            "baseAssetPrecision": Maybe("4"),
            "quotePrecision": Maybe("8"),
            "contractVal": Decimal("0.0001"),
            "delivery": ["00:00:00", "08:00:00", "16:00:00"],
            "forwardContractFlag": True,
            "minLeverage": "1",
            "maxLeverage": str(market.leverage_max),
            "buyLimitPriceRatio": market.band,
            "sellLimitPriceRatio": market.band,
            "makerFeeRate": market.maker,
            "takerFeeRate": market.taker,
            "minOrderSize": market.step,
            "maxOrderSize": market.quantity_max,
            "maxPositionSize": market.quantity_max * 5,
            "marketOpenLimitSize": market.quantity_max,
        }
    )


def _spot(market: Market) -> dict[str, object]:
    return surplus(
        {
            "symbol": market.name,
            "status": "TRADING",
            "baseAsset": market.base,
            "quoteAsset": "USDT",
            "tickSize": market.tick,
            "stepSize": market.step,
            "minTradeAmount": market.step,
            "maxTradeAmount": market.quantity_max,
            "takerFeeRate": "0.001",
            "makerFeeRate": "0.001",
            "enableTrade": True,
        }
    )
