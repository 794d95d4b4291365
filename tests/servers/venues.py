"""Public sides of exchanges on 127.0.0.1: their lists of markets, clocks and candles, and whatever goes wrong."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
INTERVALS_MS = {
    "1m": MINUTE_MS, "5m": 5 * MINUTE_MS, "15m": 15 * MINUTE_MS, "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS, "4h": 4 * HOUR_MS, "1d": DAY_MS,
}  # fmt: skip
NOW_MS = 1_748_736_000_000 + 10 * DAY_MS + 7 * HOUR_MS + 90_000  # 2025-06-11 07:01:30 UTC

Query = dict[str, str]
Row = tuple[int, str, str, str, str, str]


@dataclass
class Fault:
    """An answer in the place of the right one, given once; ``then`` runs before it, None leaves the answer right."""

    status: int | None = None
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    then: Callable[[], None] = field(default=lambda: None, repr=False)
    hang_up: bool = False


@dataclass
class Market:
    """The truth a venue tells of: one market whose candles are a known function of their open time."""

    now_ms: int = NOW_MS
    listed_ms: int = NOW_MS - 1_000 * DAY_MS
    holes: list[tuple[int, int]] = field(default_factory=list)
    """Spans [from, to) of open times in which nobody traded."""
    kept_from_ms: dict[int, int] = field(default_factory=dict)
    """By interval: candles that opened before are no longer given."""

    def row(self, open_ms: int) -> Row:
        """The candle that opens then: a saw tooth of 97 steps, so that neighbours differ."""
        step = open_ms // MINUTE_MS % 97
        return (open_ms, f"{100 + step}.5", f"{103 + step}", f"{99 + step}", f"{102 + step}", f"{step}.25")

    def rows(self, interval_ms: int, from_ms: int, to_ms: int) -> list[Row]:
        """All there are that open in [``from_ms``, ``to_ms``], the unfinished one with them."""
        first_ms = max(from_ms, self.kept_from_ms.get(interval_ms, 0), self.listed_ms - self.listed_ms % interval_ms)
        stamps = range(-(-first_ms // interval_ms) * interval_ms, min(to_ms, self.now_ms) + 1, interval_ms)
        return [self.row(stamp) for stamp in stamps if self._traded(stamp, interval_ms)]

    def _traded(self, open_ms: int, interval_ms: int) -> bool:
        return not any(start <= open_ms and open_ms + interval_ms <= end for start, end in self.holes)


class Venue:
    """What all dialects share: a market, the requests that came, and faults for the requests to come."""

    name = ""

    def __init__(self) -> None:
        self.market = Market()
        self.symbols = ["BTC", "ETH", "SOL", "DOGE"]
        self.requests: list[tuple[str, Query]] = []
        self.headers: list[dict[str, str]] = []
        self.faults: dict[str, list[Fault]] = {}
        self.url = ""

    def fail(self, path: str, *faults: Fault) -> None:
        """Give ``faults`` one after the other to requests whose path holds ``path``."""
        self.faults.setdefault(path, []).extend(faults)

    def fault(self, path: str) -> Fault | None:
        """What is to go wrong with this request."""
        due = next((faults for part, faults in self.faults.items() if part in path and faults), None)
        return due.pop(0) if due else None

    def asked(self, path: str) -> list[Query]:
        """The queries of all requests whose path holds ``path``."""
        return [query for seen, query in self.requests if path in seen]

    def answer(self, path: str, query: Query) -> Any:
        """The right answer as JSON types; raises `KeyError` for an address the venue does not have."""
        raise NotImplementedError


class WeexVenue(Venue):
    """WEEX: 1,000 of the newest candles at once, of the past the newest 100 of a span."""

    name = "weex"

    def answer(self, path: str, query: Query) -> Any:
        market = self.market
        match path:
            case "/api/v3/exchangeInfo":
                return {"symbols": [{"symbol": "BTCUSDT", "baseAsset": "BTC", "quoteAsset": "USDT", "tickSize": "0.01",
                                     "stepSize": "0.0001", "enableTrade": True}]}  # fmt: skip
            case "/capi/v3/market/exchangeInfo":
                return {"assets": [], "symbols": [self._contract(coin) for coin in self.symbols]}
            case "/capi/v3/market/time":
                return {"serverTime": market.now_ms}
            case "/capi/v3/market/klines":
                rows = market.rows(INTERVALS_MS[query["interval"]], 0, market.now_ms)
                return [_weex_row(row) for row in rows[-min(int(query.get("limit", 100)), 1000) :]]
            case "/capi/v3/market/historyKlines":
                if int(query["endTime"]) > market.now_ms:
                    return {"code": -1140, "msg": "endTime lies in the future"}
                rows = market.rows(INTERVALS_MS[query["interval"]], int(query["startTime"]), int(query["endTime"]))
                return [_weex_row(row) for row in rows[-100:]]
        raise KeyError(path)

    def _contract(self, coin: str) -> dict[str, Any]:
        return {
            "symbol": f"{coin}USDT", "baseAsset": coin, "quoteAsset": "USDT", "marginAsset": "USDT",
            "pricePrecision": "1", "quantityPrecision": "4", "contractVal": "0.0001", "forwardContractFlag": True,
            "minLeverage": "1", "maxLeverage": "400", "makerFeeRate": "0.0002", "takerFeeRate": "0.0008",
            "minOrderSize": "0.0001", "maxOrderSize": "1000000",
        }  # fmt: skip


class BinanceVenue(Venue):
    """Binance's USD-M futures: the oldest candles of a span, 1,000 at most."""

    name = "binance"

    def answer(self, path: str, query: Query) -> Any:
        match path:
            case "/fapi/v1/exchangeInfo":
                return {"symbols": [self._contract(coin) for coin in self.symbols]}
            case "/fapi/v1/time":
                return {"serverTime": self.market.now_ms}
            case "/fapi/v1/klines":
                interval_ms = INTERVALS_MS[query["interval"]]
                rows = self.market.rows(interval_ms, int(query["startTime"]), int(query["endTime"]))
                return [[*row, row[0] + interval_ms - 1, "0", 1, "0", "0", "0"] for row in rows[: int(query["limit"])]]
        raise KeyError(path)

    def _contract(self, coin: str) -> dict[str, Any]:
        return {
            "symbol": f"{coin}USDT", "pair": f"{coin}USDT", "contractType": "PERPETUAL", "status": "TRADING",
            "deliveryDate": 4133404800000, "onboardDate": 1569398400000, "baseAsset": coin, "quoteAsset": "USDT",
            "marginAsset": "USDT", "pricePrecision": 2, "quantityPrecision": 3, "baseAssetPrecision": 8,
            "quotePrecision": 8, "filters": [{"filterType": "PRICE_FILTER", "tickSize": "0.10", "minPrice": "0.1",
                                              "maxPrice": "9999999"}],
            "orderTypes": ["LIMIT"], "timeInForce": ["GTC"],
        }  # fmt: skip


class BybitVenue(Venue):
    """Bybit: newest first, the newest of a span, 1,000 at most."""

    name = "bybit"
    _FRAMES = {"D": "1d"} | {str(ms // MINUTE_MS): name for name, ms in INTERVALS_MS.items()}

    def answer(self, path: str, query: Query) -> Any:
        match path:
            case "/v5/market/instruments-info":
                return self._enveloped({"category": "linear", "list": [self._contract(coin) for coin in self.symbols]})
            case "/v5/market/time":
                return self._enveloped({})
            case "/v5/market/kline":
                interval_ms = INTERVALS_MS[self._FRAMES[query["interval"]]]
                rows = self.market.rows(interval_ms, int(query["start"]), int(query["end"]))
                newest = rows[::-1][: int(query["limit"])]
                return self._enveloped({"list": [[str(part) for part in (*row, "0")] for row in newest]})
        raise KeyError(path)

    def _enveloped(self, result: Any) -> dict[str, Any]:
        return {"retCode": 0, "retMsg": "OK", "result": result, "time": self.market.now_ms}

    def _contract(self, coin: str) -> dict[str, Any]:
        return {
            "symbol": f"{coin}USDT", "contractType": "LinearPerpetual", "status": "Trading", "baseCoin": coin,
            "quoteCoin": "USDT", "settleCoin": "USDT", "launchTime": "1585526400000", "deliveryTime": "0",
            "priceScale": "2", "leverageFilter": {"minLeverage": "1", "maxLeverage": "100"},
            "priceFilter": {"minPrice": "0.1", "maxPrice": "1999999", "tickSize": "0.1"},
            "lotSizeFilter": {"maxOrderQty": "1190", "minOrderQty": "0.001", "qtyStep": "0.001"},
        }  # fmt: skip


class OkxVenue(Venue):
    """OKX: newest first, bounds left out, of the past 100 at once whatever is asked for."""

    name = "okx"

    def answer(self, path: str, query: Query) -> Any:
        match path:
            case "/api/v5/public/instruments":
                return self._enveloped([self._contract(coin) for coin in self.symbols])
            case "/api/v5/public/time":
                return self._enveloped([{"ts": str(self.market.now_ms)}])
            case "/api/v5/market/candles" | "/api/v5/market/history-candles":
                interval_ms = INTERVALS_MS[query["bar"].lower().removesuffix("utc")]
                rows = self.market.rows(interval_ms, int(query["before"]) + 1, int(query["after"]) - 1)
                newest = rows[::-1][: min(int(query["limit"]), 100 if "history" in path else 300)]
                return self._enveloped([[str(part) for part in (*row[:5], "7", row[5], "0", "1")] for row in newest])
        raise KeyError(path)

    def _enveloped(self, data: Any) -> dict[str, Any]:
        return {"code": "0", "msg": "", "data": data}

    def _contract(self, coin: str) -> dict[str, Any]:
        return {
            "instType": "SWAP", "instId": f"{coin}-USDT-SWAP", "instFamily": f"{coin}-USDT", "uly": f"{coin}-USDT",
            "baseCcy": "", "quoteCcy": "", "settleCcy": "USDT", "ctVal": "0.01", "ctMult": "1", "ctType": "linear",
            "ctValCcy": coin, "expTime": "", "listTime": "1611916828000", "lever": "100", "lotSz": "0.1",
            "minSz": "0.1", "maxMktSz": "100", "maxLmtSz": "100", "state": "live", "tickSz": "0.1",
        }  # fmt: skip


class HyperliquidVenue(Venue):
    """Hyperliquid: everything at one address, 5,000 of the newest candles and no older ones."""

    name = "hyperliquid"

    def answer(self, path: str, query: Query) -> Any:
        if path != "/info":
            raise KeyError(path)
        match query["type"]:
            case "metaAndAssetCtxs":
                universe = [{"name": coin, "szDecimals": 3, "maxLeverage": 40} for coin in self.symbols]
                return [{"universe": universe}, [_HYPERLIQUID_CONTEXT for _ in self.symbols]]
            case "exchangeStatus":
                return {"specialStatuses": None, "time": self.market.now_ms}
            case "candleSnapshot":
                asked: Any = query["req"]
                interval_ms = INTERVALS_MS[asked["interval"]]
                rows = self.market.rows(interval_ms, asked["startTime"], asked["endTime"])
                oldest_ms = self.market.now_ms - 5_000 * interval_ms
                return [
                    dict(zip("tohlcv", row, strict=True)) | {"T": row[0] + interval_ms - 1, "s": asked["coin"], "n": 1}
                    for row in rows
                    if row[0] >= oldest_ms
                ]
        raise KeyError(query["type"])


_HYPERLIQUID_CONTEXT = {
    "funding": "0.0", "openInterest": "1", "prevDayPx": "100", "dayNtlVlm": "1", "premium": "0.0", "oraclePx": "100",
    "markPx": "100", "midPx": "100", "impactPxs": ["99", "101"], "dayBaseVlm": "1",
}  # fmt: skip

DIALECTS: tuple[type[Venue], ...] = (WeexVenue, BinanceVenue, BybitVenue, OkxVenue, HyperliquidVenue)


@contextmanager
def serving(venue: Venue) -> Iterator[Venue]:
    """The venue at ``venue.url`` while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(venue))
    thread = threading.Thread(target=lambda: server.serve_forever(0.01), name=f"loopback {venue.name}")
    thread.start()
    venue.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield venue
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _weex_row(row: Row) -> list[Any]:
    return [*row, row[0], "0", 1, "0", "0"]


def _handler(venue: Venue) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._reply(parts.path, dict(parse_qsl(parts.query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._reply(urlsplit(self.path).path, json.loads(body))

        def _reply(self, path: str, query: Query) -> None:
            venue.requests.append((path, query))
            venue.headers.append(dict(self.headers))
            fault = venue.fault(path)
            if fault is not None:
                fault.then()
                if fault.hang_up:
                    self.close_connection = True
                    return
                if fault.status is not None:
                    self._send(fault.status, fault.body, fault.headers)
                    return
            try:
                self._send(200, json.dumps(venue.answer(path, query)), {})
            except KeyError as unknown:
                self._send(404, f"no such address: {unknown}", {})

        def _send(self, status: int, body: str, headers: dict[str, str]) -> None:
            content = body.encode()
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
