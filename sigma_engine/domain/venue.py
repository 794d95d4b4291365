"""What an exchange says it holds: orders, executions, positions, money. Its truth, not ours."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sigma_engine.domain.order import OrderSide, PositionSide


class VenueOrderState(StrEnum):
    """Where an order stands at the exchange, by what was executed and never by a word alone."""

    LIVE = "live"
    FILLED = "filled"
    DEAD = "dead"
    """Cancelled, expired or refused; part of it may have been executed before."""


class VenueOrderKind(StrEnum):
    """What makes an order act."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueOrder:
    """An order as the exchange lists it; quantities in base coin.

    ``client_id`` is None where the exchange does not say it. ``trigger`` is the price at which a stop or target acts,
    ``executed_as`` the id of the order it became then. ``reduces`` says that it can only close.
    """

    venue_id: str
    client_id: str | None
    symbol: str
    side: OrderSide
    position_side: PositionSide
    kind: VenueOrderKind
    quantity: Decimal
    filled: Decimal
    average: Decimal | None
    trigger: Decimal | None
    reduces: bool
    state: VenueOrderState
    created_ms: int
    updated_ms: int
    executed_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFill:
    """An execution; ``order_id`` is the exchange's. ``fee`` in USDT, positive where it was paid.

    ``realised`` is the profit before fees the exchange booked for it, None where it does not say.
    """

    trade_id: str
    order_id: str
    symbol: str
    side: OrderSide
    position_side: PositionSide
    price: Decimal
    quantity: Decimal
    fee: Decimal
    realised: Decimal | None
    maker: bool
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VenuePosition:
    """A position that is held; ``liquidation`` is None where the exchange gives no price for it."""

    symbol: str
    side: PositionSide
    quantity: Decimal
    entry_price: Decimal
    leverage: int
    isolated: bool
    margin: Decimal
    liquidation: Decimal | None
    unrealised: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalPosition:
    """What the account holds that SIGMA did not open, base coin; SIGMA never trades it.

    ``entry_price`` is None where SIGMA holds something in the same market, so that the exchange gives one for both.
    """

    symbol: str
    side: PositionSide
    quantity: Decimal
    entry_price: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueWallet:
    """The money of the account, USDT: ``total`` without the open positions' profit, ``free`` for new margin."""

    total: Decimal
    free: Decimal
    unrealised: Decimal


class BillKind(StrEnum):
    """What moved the wallet."""

    FUNDING = "funding"
    LIQUIDATION = "liquidation"
    TRANSFER = "transfer"
    TRADE = "trade"
    """Profit or fee of an execution, which its `VenueFill` says already."""
    OTHER = "other"
    UNRECONCILED = "unreconciled"
    """Written here, not there: what the exchange's wallet differed by and nothing explained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueBill:
    """A line of the account's statement; ``amount`` in USDT, negative where it was paid."""

    bill_id: str
    kind: BillKind
    symbol: str | None
    amount: Decimal
    at_ms: int
