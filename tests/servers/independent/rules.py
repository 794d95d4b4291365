"""What an order must look like to be taken at all."""

import re
from decimal import Decimal

from tests.servers.independent.nouns import Market, Refusal, Request, Side

CLIENT_ID = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")
ORDER_KINDS = ("LIMIT", "MARKET")
ALGO_KINDS = ("STOP_MARKET", "STOP", "TAKE_PROFIT_MARKET", "TAKE_PROFIT")
TIMES_IN_FORCE = ("GTC", "IOC", "FOK", "POST_ONLY")


def check(asked: Request, market: Market, price: Decimal) -> None:
    """Raise `Refusal` where a rule of the market or of the interface is broken; ``price`` is the last one."""
    if asked.kind not in (ORDER_KINDS if asked.trigger is None else ALGO_KINDS):
        raise Refusal(-1116, f"invalid order type {asked.kind}")
    if asked.time_in_force not in TIMES_IN_FORCE:
        raise Refusal(-1115, f"invalid timeInForce {asked.time_in_force}")
    if asked.client_id and not CLIENT_ID.fullmatch(asked.client_id):
        raise Refusal(-1180, "client id is not legal")
    _check_quantity(asked, market)
    if asked.is_limit:
        _check_limit(asked, market, price)


def _check_quantity(asked: Request, market: Market) -> None:
    if asked.quantity < market.step or asked.quantity % market.step:
        raise Refusal(-3006, f"quantity must be a multiple of {market.step:f} and at least that")
    if asked.quantity > market.quantity_max:
        raise Refusal(-3007, f"quantity must not exceed {market.quantity_max}")


def _check_limit(asked: Request, market: Market, price: Decimal) -> None:
    if asked.price is None:
        raise Refusal(-1141, "price is required for a limit order")
    if asked.price <= 0 or asked.price % market.tick:
        raise Refusal(-1140, f"price must be a multiple of {market.tick:f}")
    if asked.trigger is None and asked.side is Side.BUY and asked.price > price * (1 + market.band):
        raise Refusal(-1140, "price is above the band for buying")
    if asked.trigger is None and asked.side is Side.SELL and asked.price < price * (1 - market.band):
        raise Refusal(-1140, "price is below the band for selling")


def crosses(asked: Request, price: Decimal) -> bool:
    """Whether a limit order would trade at this price."""
    assert asked.price is not None
    return price <= asked.price if asked.side is Side.BUY else price >= asked.price


def rises(asked: Request, price: Decimal) -> bool:
    """Whether a conditional order waits above: told by its kind if it closes, by where the price is if it opens."""
    assert asked.trigger is not None
    if not asked.closes:
        return asked.trigger.price > price
    return asked.kind.startswith("STOP") == (asked.side is Side.BUY)
