"""What the exchange does not take, with WEEX's codes; every check of a ticket that needs no account."""

import re

from sigma_engine.practice.money import rated
from sigma_engine.practice.nouns import UNIT, Kind, Listing, Quote, Refusal, Side, Ticket, TimeInForce, Watched

UNKNOWN = -1000
NOT_ENOUGH = -1054
TIME_IN_FORCE = -1115
KIND = -1116
SIDE = -1117
SYMBOL = -1121
COMBINATION = -1128
VALUE = -1140
EMPTY = -1141
PARAMETER = -1142
DECIMALS = -1160
CLIENT_ID = -1180
TOO_LARGE = -3007
NO_ORDER = -3200
DUPLICATE = -3210
"""Not in WEEX's published list: what it answers to a repeated client id is not known."""
LEVERAGE = -3313

CLIENT_ID_PATTERN = re.compile(r"[\.A-Z:/a-z0-9_-]{1,36}")


def parsed_kind(text: str) -> Kind:
    """The kind a request names."""
    if text not in Kind.__members__:
        raise Refusal(KIND, "Invalid order type.")
    return Kind(text)


def parsed_side(text: str) -> Side:
    """The side a request names."""
    if text not in Side.__members__:
        raise Refusal(SIDE, "Invalid side.")
    return Side(text)


def parsed_time_in_force(text: str) -> TimeInForce:
    """The time in force a request names."""
    if text not in TimeInForce.__members__:
        raise Refusal(TIME_IN_FORCE, "Invalid timeInForce.")
    return TimeInForce(text)


def check_ticket(ticket: Ticket, listing: Listing, quote: Quote) -> None:
    """Refuse a ticket that no account could place."""
    _check_names(ticket)
    _check_kind(ticket)
    _check_quantity(ticket, listing)
    _check_prices(ticket, listing)
    _check_band(ticket, listing, quote)


def check_triggers(ticket: Ticket, quote: Quote) -> None:
    """Refuse stops and targets that would act at once, standalone or attached."""
    if ticket.kind.waits and ticket.closes and acts(ticket, quote):
        raise Refusal(VALUE, "Parameter validation failed: the trigger price would act at once.")
    if ticket.closes:
        return
    rising = ticket.side is Side.BUY
    entry = ticket.trigger or ticket.price or quote.last
    for trigger, above in ((ticket.stop_trigger, not rising), (ticket.target_trigger, rising)):
        if trigger is not None and (trigger <= entry if above else trigger >= entry):
            raise Refusal(VALUE, "Parameter validation failed: the preset price is on the wrong side of the entry.")


def acts(ticket: Ticket, quote: Quote, rising: bool | None = None) -> bool:
    """Whether a waiting ticket's price is reached; ``rising`` is the direction of an entry trigger."""
    assert ticket.trigger is not None
    watched = quote.last if ticket.trigger_by is Watched.LAST else quote.mark
    if ticket.closes:
        target = ticket.kind in (Kind.TAKE_PROFIT, Kind.TAKE_PROFIT_MARKET)
        rising = (ticket.side is Side.SELL) is target
    return watched >= ticket.trigger if rising else watched <= ticket.trigger


def _check_names(ticket: Ticket) -> None:
    if not CLIENT_ID_PATTERN.fullmatch(ticket.client_id):
        raise Refusal(CLIENT_ID, "client_oid length must not exceed 36 and must not contain special characters.")
    if ticket.reduces and not ticket.closes:
        raise Refusal(SIDE, "Invalid side: a reduce-only order must sell a LONG or buy a SHORT.")


def _check_kind(ticket: Ticket) -> None:
    limited = ticket.kind in (Kind.LIMIT, Kind.STOP, Kind.TAKE_PROFIT)
    if limited and ticket.price is None:
        raise Refusal(EMPTY, "Parameter price cannot be empty.")
    if ticket.kind.waits and ticket.trigger is None:
        raise Refusal(EMPTY, "Parameter triggerPrice cannot be empty.")
    if not ticket.kind.waits and ticket.trigger is not None:
        raise Refusal(COMBINATION, "Combination of optional parameters invalid: triggerPrice needs a trigger order.")
    if ticket.kind is Kind.MARKET and ticket.time_in_force not in (None, TimeInForce.IOC):
        raise Refusal(TIME_IN_FORCE, "Invalid timeInForce.")
    if ticket.kind.waits and ticket.time_in_force is not None:
        raise Refusal(TIME_IN_FORCE, "Invalid timeInForce.")


def _check_quantity(ticket: Ticket, listing: Listing) -> None:
    if ticket.quantity % listing.step:
        raise Refusal(
            DECIMALS, f"Decimal precision error: quantity has more than {listing.quantity_decimals} decimals."
        )
    if ticket.quantity < listing.min_quantity:
        raise Refusal(VALUE, "Parameter validation failed: quantity is below minOrderSize.")
    market = ticket.kind in (Kind.MARKET, Kind.STOP_MARKET, Kind.TAKE_PROFIT_MARKET) and not ticket.closes
    largest = min(listing.max_quantity, listing.largest_market_order) if market else listing.max_quantity
    if ticket.quantity > largest:
        raise Refusal(TOO_LARGE, "Maximum contract order quantity exceeded.")


def _check_prices(ticket: Ticket, listing: Listing) -> None:
    for price in (ticket.price, ticket.trigger, ticket.stop_trigger, ticket.target_trigger):
        if price is not None and price <= 0:
            raise Refusal(VALUE, "Parameter validation failed: price must be positive.")
        if price is not None and price % listing.tick:
            raise Refusal(DECIMALS, f"Decimal precision error: price has more than {listing.price_decimals} decimals.")


def _check_band(ticket: Ticket, listing: Listing, quote: Quote) -> None:
    if ticket.kind is not Kind.LIMIT or ticket.price is None:
        return
    highest = rated(quote.mark, UNIT + listing.price_band)
    lowest = rated(quote.mark, UNIT - listing.price_band)
    if ticket.price > highest if ticket.side is Side.BUY else ticket.price < lowest:
        raise Refusal(VALUE, "Parameter validation failed: price is outside the price band.")
