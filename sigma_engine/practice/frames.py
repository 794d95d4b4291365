"""WEEX's stream frames of what the exchange deals in, field for field; figures travel as text."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sigma_engine.practice.book import Level
from sigma_engine.practice.market_port import Day, PriceKind
from sigma_engine.practice.money import scaled, value_of
from sigma_engine.practice.nouns import (
    UNIT,
    Fill,
    MarginMode,
    Order,
    Position,
    Quote,
    Trade,
    Wallet,
)
from sigma_engine.practice.parameters import plain
from sigma_engine.practice.reply import Json
from sigma_engine.practice.texts import time_in_force

Frame = dict[str, Json]
_COIN = "USDT"
_CANDLE = ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q")


def text_of(frame: Mapping[str, Json]) -> str:
    """A frame as it goes over the wire."""
    return json.dumps(frame, separators=(",", ":"))


def ticker_frame(quote: Quote, day: Day, now_ms: int) -> Frame:
    """The last 24 hours of a market; ``P`` is a fraction."""
    change = quote.last - day.open
    row: Frame = {
        "p": plain(change),
        "P": plain(scaled(change, UNIT, day.open) if day.open else 0),
        "w": plain(scaled(day.value, UNIT, day.volume) if day.volume else quote.last),
        "c": plain(quote.last),
        "o": plain(day.open),
        "h": plain(day.high),
        "l": plain(day.low),
        "v": plain(day.volume),
        "q": plain(day.value),
        "O": day.open_ms,
        "C": day.close_ms,
        "n": day.trades,
        "m": plain(quote.mark),
        "i": plain(quote.index),
    }
    return {"e": "ticker", "E": now_ms, "s": quote.symbol, "d": [row]}


def trades_frame(event: str, symbol: str, trades: Iterable[Trade], now_ms: int) -> Frame:
    """Trades of a market, oldest first; ``event`` is tradeSnapshot or trade."""
    rows: list[Json] = [
        {
            "T": trade.at_ms,
            "t": str(trade.trade_id),
            "p": plain(trade.price),
            "q": plain(trade.quantity),
            "v": plain(value_of(trade.price, trade.quantity)),
            "m": trade.buyer_maker,
        }
        for trade in trades
    ]
    return {"e": event, "E": now_ms, "s": symbol, "d": rows}


def candles_frame(
    event: str, symbol: str, interval: str, price: PriceKind, rows: Iterable[Sequence[Json]], now_ms: int
) -> Frame:
    """Candles from rows as klines have them (`texts.candle_row`); ``event`` is klineSnapshot or kline."""
    candles: list[Json] = [_candle(symbol, interval, row) for row in rows]
    return {"e": event, "E": now_ms, "s": symbol, "p": price, "d": candles}


def _candle(symbol: str, interval: str, row: Sequence[Json]) -> Frame:
    """A candle of a stream closes where the next one opens, a millisecond later than in a row; a torn row says less."""
    told = dict(zip(_CANDLE, row, strict=False))
    if isinstance(told.get("T"), int):
        told["T"] = int(str(told["T"])) + 1
    return {"s": symbol, "i": interval, **told}


class Book(NamedTuple):
    """A book, or changes of one: the numbers of the first and last change it tells of, and its levels."""

    first: int
    last: int
    bids: Sequence[Level]
    asks: Sequence[Level]


def depth_frame(event: str, symbol: str, levels: int, book: Book, now_ms: int) -> Frame:
    """The book (depthSnapshot) or what changed in it (depth)."""
    return {
        "e": event,
        "E": now_ms,
        "s": symbol,
        "U": book.first,
        "u": book.last,
        "l": levels,
        "d": "SNAPSHOT" if event == "depthSnapshot" else "CHANGED",
        "b": [[plain(price), plain(quantity)] for price, quantity in book.bids],
        "a": [[plain(price), plain(quantity)] for price, quantity in book.asks],
    }


def private_frame(event: str, row: Frame, number: int, now_ms: int) -> Frame:
    """A frame of a private channel; ``number`` counts them."""
    return {"e": event, "E": now_ms, "v": number, "msgEvent": "OrderUpdate", "d": [row]}


def order_row(order: Order, mode: MarginMode, leverage: int, separated: bool) -> Frame:
    """An order of channel ``orders``, traded on those terms."""
    ticket = order.ticket
    return {
        "id": str(order.order_id),
        "coin": _COIN,
        "symbol": ticket.symbol,
        "marginMode": mode,
        "separatedMode": _separated(separated),
        "separatedOpenOrderId": "0",
        "positionSide": ticket.hold,
        "orderSide": ticket.side,
        "price": plain(ticket.price or 0),
        "size": plain(ticket.quantity),
        "clientOrderId": ticket.client_id,
        "type": ticket.kind,
        "timeInForce": time_in_force(ticket),
        "reduceOnly": ticket.reduces,
        "triggerPrice": plain(ticket.trigger or 0),
        "triggerPriceType": ticket.trigger_by,
        "orderSource": "WEB" if ticket.client_id.startswith("web-") else "API",
        "openTpslParentOrderId": str(order.source_id),
        "setOpenTp": ticket.target_trigger is not None,
        "setOpenSl": ticket.stop_trigger is not None,
        "leverage": str(leverage),
        "status": order.status,
        "triggerTime": str(order.triggered_ms),
        "cancelReason": order.reason or "UNKNOWN_ORDER_CANCEL_REASON",
        "latestFillPrice": plain(order.latest_price),
        "cumFillSize": plain(order.filled),
        "cumFillValue": plain(order.value),
        "cumFillFee": plain(order.fee),
        "cumRealizePnl": plain(order.realised),
        "createdTime": str(order.created_ms),
        "updatedTime": str(order.updated_ms),
    }


def fill_row(fill: Fill, mode: MarginMode, separated: bool) -> Frame:
    """An execution of channel ``fill``; WEEX tells no price, only value and size."""
    return {
        "id": str(fill.fill_id),
        "coin": _COIN,
        "symbol": fill.symbol,
        "orderId": str(fill.order_id),
        "marginMode": mode,
        "separatedMode": _separated(separated),
        "separatedOpenOrderId": "0",
        "positionSide": fill.hold,
        "orderSide": fill.side,
        "fillSize": plain(fill.quantity),
        "fillValue": plain(fill.value),
        "fillFee": plain(fill.fee),
        "liquidateFee": plain(fill.liquidation_fee),
        "realizePnl": plain(fill.realised),
        "direction": "MAKER" if fill.maker else "TAKER",
        "createdTime": str(fill.at_ms),
        "updatedTime": str(fill.at_ms),
    }


def position_row(position: Position) -> Frame:
    """One side of a market of channel ``positions``; its size is "0" when it is gone."""
    isolated = position.mode is MarginMode.ISOLATED
    return {
        "id": str(position.position_id),
        "coin": _COIN,
        "symbol": position.symbol,
        "side": position.hold,
        "marginMode": position.mode,
        "separatedMode": _separated(bool(position.open_order_id)),
        "separatedOpenOrderId": str(position.open_order_id),
        "leverage": str(position.leverage),
        "size": plain(position.size),
        "openValue": plain(position.open_value),
        "openFee": plain(position.open_fee),
        "fundingFee": plain(position.funding),
        "isolatedMargin": plain(position.margin if isolated else 0),
        "autoAppendIsolatedMargin": False,
        "cumOpenSize": plain(position.total_opened),
        "cumOpenValue": plain(position.total_open_value),
        "cumOpenFee": plain(position.total_open_fee),
        "cumCloseSize": plain(position.total_closed),
        "cumCloseValue": plain(position.total_close_value),
        "cumCloseFee": plain(position.total_close_fee),
        "cumFundingFee": plain(position.funding),
        "cumLiquidateFee": plain(position.total_liquidation_fee),
        "createdMatchSequenceId": str(position.created_ms),
        "updatedMatchSequenceId": str(position.updated_ms),
        "createdTime": str(position.created_ms),
        "updatedTime": str(position.updated_ms),
    }


def account_row(wallet: Wallet) -> Frame:
    """The money of channel ``account``: ``amount`` is what is free, ``legacyAmount`` all of it."""
    return {
        "coin": _COIN,
        "marginMode": MarginMode.CROSSED,
        "crossSymbol": "0",
        "isolatedPositionId": "0",
        "amount": plain(wallet.available),
        "legacyAmount": plain(wallet.total),
        "liquidating": False,
        "updatedTime": str(wallet.at_ms),
    }


def _separated(separated: bool) -> str:
    return "SEPARATED" if separated else "COMBINED"
