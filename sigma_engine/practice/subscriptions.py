"""What a client may listen to, and how it asks for it."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sigma_engine.practice.market_port import INTERVALS_MS, PriceKind
from sigma_engine.practice.nouns import Refusal
from sigma_engine.practice.stream_faults import Side

MOST_CHANNELS = 100
"""How many channels one connection may have."""
_BAD = -1140
_NAME = re.compile(
    r"(?P<symbol>[A-Z0-9]+)@(?:(?P<ticker>ticker)|(?P<trade>trade)|depth(?P<levels>15|200)"
    r"|kline_(?P<interval>[0-9]+[mhdw])_(?P<price>LAST_PRICE|MARK_PRICE|INDEX_PRICE))"
)


class Topic(StrEnum):
    """What a channel tells of."""

    TICKER = "ticker"
    TRADE = "trade"
    DEPTH = "depth"
    KLINE = "kline"
    ORDERS = "orders"
    FILL = "fill"
    POSITIONS = "positions"
    ACCOUNT = "account"


_PRIVATE = (Topic.ORDERS, Topic.FILL, Topic.POSITIONS, Topic.ACCOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel; private ones tell of every symbol."""

    name: str
    topic: Topic
    symbol: str = ""
    levels: int = 0
    interval: str = ""
    price: PriceKind = PriceKind.LAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client sent: ``method`` is SUBSCRIBE, UNSUBSCRIBE or PONG."""

    wish_id: str | int
    method: str
    names: tuple[str, ...]


def wish_of(text: str) -> Wish | None:
    """The message as a wish; None where it is none."""
    try:
        message = json.loads(text)
    except ValueError:
        return None
    if not isinstance(message, dict) or not isinstance(message.get("id"), str | int):
        return None
    names = message.get("params") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return Wish(wish_id=message["id"], method=str(message.get("method")), names=tuple(names))


def channel_of(name: str, side: Side, symbols: Collection[str]) -> Channel:
    """The channel ``name`` on that socket; raises `Refusal` with the words WEEX has for it."""
    if side is Side.PRIVATE:
        if name not in list(_PRIVATE):
            raise Refusal(_BAD, f"INVALID_ARGUMENT: invalid channel : {name}")
        return Channel(name=name, topic=Topic(name))
    match = _NAME.fullmatch(name)
    symbol = name.partition("@")[0]
    if symbol not in symbols:
        raise Refusal(_BAD, f"INVALID_ARGUMENT: invalid symbol : {symbol}")
    if match is None or (match["interval"] or "1m") not in INTERVALS_MS:
        raise Refusal(_BAD, f"INVALID_ARGUMENT: invalid channel : {name}")
    return _public(name, match)


def _public(name: str, match: re.Match[str]) -> Channel:
    if match["levels"]:
        return Channel(name=name, topic=Topic.DEPTH, symbol=match["symbol"], levels=int(match["levels"]))
    if match["interval"]:
        price = PriceKind(match["price"])
        return Channel(name=name, topic=Topic.KLINE, symbol=match["symbol"], interval=match["interval"], price=price)
    return Channel(name=name, topic=Topic.TICKER if match["ticker"] else Topic.TRADE, symbol=match["symbol"])
