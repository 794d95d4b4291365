"""What the practice exchange deals in; every price, quantity and amount is a whole number of `UNIT` parts."""

from dataclasses import dataclass
from enum import StrEnum

UNIT = 10**8
"""How many parts one coin or one USDT has."""


class Side(StrEnum):
    """What an order does."""

    BUY = "BUY"
    SELL = "SELL"


class Hold(StrEnum):
    """Which of the two positions of a market it concerns."""

    LONG = "LONG"
    SHORT = "SHORT"


class Kind(StrEnum):
    """What makes an order act; the last four wait for a trigger."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    STOP_MARKET = "STOP_MARKET"
    STOP = "STOP"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TAKE_PROFIT = "TAKE_PROFIT"

    @property
    def waits(self) -> bool:
        """Whether it is conditional ("algo")."""
        return self not in (Kind.MARKET, Kind.LIMIT)


class TimeInForce(StrEnum):
    """How long a limit order lasts."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    POST_ONLY = "POST_ONLY"


class Status(StrEnum):
    """Where an order stands."""

    PENDING = "PENDING"
    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELING = "CANCELING"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    UNTRIGGERED = "UNTRIGGERED"
    TRIGGERED = "TRIGGERED"

    @property
    def is_open(self) -> bool:
        """Whether it may still execute."""
        return self in (
            Status.PENDING,
            Status.NEW,
            Status.PARTIALLY_FILLED,
            Status.CANCELING,
            Status.UNTRIGGERED,
        )


class Watched(StrEnum):
    """Which price a trigger watches."""

    LAST = "CONTRACT_PRICE"
    MARK = "MARK_PRICE"


class MarginMode(StrEnum):
    """Whose money a position may lose."""

    CROSSED = "CROSSED"
    ISOLATED = "ISOLATED"


class DuplicateIds(StrEnum):
    """What happens to an order whose client id was seen before."""

    REJECT = "reject"
    ACCEPT = "accept"
    REJECT_WHILE_OPEN = "reject-while-open"


class Oversize(StrEnum):
    """What happens to a closing order larger than its position."""

    TRIM = "trim"
    REJECT = "reject"


class FundingFault(StrEnum):
    """How a funding stamp goes wrong: not paid, paid twice, only half of it paid."""

    MISSED = "missed"
    TWICE = "twice"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A market; decimals of price and quantity, the rest in parts, rates in parts of one (0.0008 is 80,000)."""

    symbol: str
    base: str
    price_decimals: int
    quantity_decimals: int
    contract_value: int
    min_quantity: int
    max_quantity: int
    max_position: int
    largest_market_order: int
    price_band: int
    maker_rate: int
    taker_rate: int
    maintenance_rate: int
    max_leverage: int
    funding_minutes: int = 480

    @property
    def tick(self) -> int:
        """The smallest step of a price."""
        return int(10 ** (8 - self.price_decimals))

    @property
    def step(self) -> int:
        """The smallest step of a quantity."""
        return int(10 ** (8 - self.quantity_decimals))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An order as it was asked for; ``price`` for limits, ``trigger`` for those that wait, the rest rides along."""

    symbol: str
    side: Side
    hold: Hold
    kind: Kind
    quantity: int
    client_id: str
    price: int | None = None
    time_in_force: TimeInForce | None = None
    reduces: bool = False
    trigger: int | None = None
    trigger_by: Watched = Watched.LAST
    stop_trigger: int | None = None
    stop_by: Watched = Watched.LAST
    target_trigger: int | None = None
    target_by: Watched = Watched.LAST

    @property
    def closes(self) -> bool:
        """Whether it makes a position smaller: SELL of a LONG, BUY of a SHORT."""
        return (self.side is Side.BUY) is (self.hold is Hold.SHORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order and what became of it; an attached or standalone trigger is an order of its own.

    ``value`` and ``fee`` are of what was executed, ``source_id`` the order it was attached to or the trigger it came
    from, ``executed_as`` the market or limit order a trigger became, ``reason`` why it ended unfilled.
    """

    order_id: int
    ticket: Ticket
    status: Status
    created_ms: int
    updated_ms: int
    filled: int = 0
    value: int = 0
    fee: int = 0
    realised: int = 0
    latest_price: int = 0
    source_id: int = 0
    executed_as: int = 0
    triggered_ms: int = 0
    reason: str = ""

    @property
    def remaining(self) -> int:
        """What is left to execute."""
        return self.ticket.quantity - self.filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """An execution; ``realised`` is profit before the fees, ``liquidation_fee`` what a liquidation kept."""

    fill_id: int
    order_id: int
    client_id: str
    symbol: str
    side: Side
    hold: Hold
    price: int
    quantity: int
    value: int
    fee: int
    realised: int
    maker: bool
    at_ms: int
    liquidation: bool = False
    liquidation_fee: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One side of a market that is held; ``open_value`` is its entry value, ``margin`` what is bound by it.

    ``open_order_id`` is 0 where fills are combined, else the order it came from (SEPARATED). What begins with
    ``total`` counts from its first fill on.
    """

    position_id: int
    symbol: str
    hold: Hold
    mode: MarginMode
    leverage: int
    size: int
    open_value: int
    margin: int
    open_fee: int
    funding: int
    unrealised: int
    liquidation_price: int
    created_ms: int
    updated_ms: int
    open_order_id: int = 0
    total_opened: int = 0
    total_open_value: int = 0
    total_open_fee: int = 0
    total_closed: int = 0
    total_close_value: int = 0
    total_close_fee: int = 0
    total_liquidation_fee: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A line of the statement; ``kind`` is WEEX's incomeType, ``balance`` the wallet behind it."""

    bill_id: int
    kind: str
    symbol: str
    amount: int
    balance: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """The money: ``total`` is settled, ``frozen`` is bound by resting orders, ``available`` may become margin."""

    total: int
    available: int
    frozen: int
    margin: int
    unrealised: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The market's prices at an instant."""

    symbol: str
    last: int
    mark: int
    index: int
    bid: int
    ask: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """An execution of the market at large."""

    trade_id: int
    symbol: str
    price: int
    quantity: int
    buyer_maker: bool
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingStamp:
    """What was due at a funding instant: ``rate`` in parts of one of the value at ``mark``, longs pay if positive."""

    symbol: str
    rate: int
    mark: int
    at_ms: int


class Refusal(Exception):
    """An order or question the exchange does not take: WEEX's code and text."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


Changed = Order | Fill | Position | Wallet | Bill | Trade | Quote | FundingStamp
"""What the exchange tells whoever listens, in the order it happened; a position of size 0 is gone."""
