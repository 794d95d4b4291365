"""Whether an order can be sent at all: the venue's limits, checked here so that a refusal names the next step."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.order import Leg, Order
from sigma_engine.domain.symbol import base, short
from sigma_engine.exchanges.trading import TradingProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What one order of a market may hold, base coin; ``largest_entry`` is the most a market order may open."""

    smallest: Decimal
    largest: Decimal | None
    largest_entry: Decimal | None


def unfit(
    order: Order, title: str, terms: TradingProfile, instruments: Mapping[str, Instrument], sizes: Mapping[str, Sizes]
) -> str | None:
    """Why ``order`` is not sent, in a sentence with the next step; None where it may be."""
    instrument = instruments.get(order.symbol)
    if instrument is None:
        return f"{title} does not list {short(order.symbol)}: choose another symbol."
    if not terms.client_ids.fullmatch(order.client_id):
        return f"{title} takes no order id like {order.client_id!r}: report it."
    return _unable(order, title, terms) or _off_grid(order, instrument) or _ill_sized(order, title, sizes[order.symbol])


def _unable(order: Order, title: str, terms: TradingProfile) -> str | None:
    able = terms.capabilities
    attached = order.attached_stop is not None or order.attached_target is not None
    if (order.leg.rests and not able.rests_protection) or (attached and not able.attaches_protection):
        return f"{title} keeps no stops and targets for this account: SIGMA has to close the position itself."
    if order.leg.rests and order.trigger is None:
        return f"The {order.leg} of {short(order.symbol)} has no price to act at: report it."
    return None


def _off_grid(order: Order, instrument: Instrument) -> str | None:
    if order.quantity % instrument.step:
        return f"{order.quantity} {base(order.symbol)} is not a multiple of {instrument.step}: round the size."
    for price in (order.trigger, order.attached_stop, order.attached_target):
        if price is not None and (price <= 0 or price % instrument.tick):
            return f"{price} is not a price of {short(order.symbol)}, which moves in steps of {instrument.tick}."
    return None


def _ill_sized(order: Order, title: str, sizes: Sizes) -> str | None:
    """Only what opens is measured here: a way out is never blocked by us."""
    if order.leg is not Leg.ENTRY:
        return None
    if order.quantity < sizes.smallest:
        return (
            f"{order.quantity} {base(order.symbol)} is below {title}'s minimum of {sizes.smallest}: "
            "raise the risk per trade, or trade a cheaper coin."
        )
    largest = min((size for size in (sizes.largest, sizes.largest_entry) if size), default=None)
    if largest is not None and order.quantity > largest:
        return f"{order.quantity} {base(order.symbol)} is above {title}'s maximum of {largest}: lower the size."
    return None
