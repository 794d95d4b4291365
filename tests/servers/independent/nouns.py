"""What the independent exchange keeps: frozen rows in one ledger, replaced whenever something about them changes."""

from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum, auto

ZERO = Decimal(0)
ONE = Decimal(1)
MONEY = Decimal("0.00000001")


class Side(StrEnum):
    BUY = "BUY"
    SELL = "SELL"


class Way(StrEnum):
    """The side of a position; LONG and SHORT of one symbol live side by side."""

    LONG = "LONG"
    SHORT = "SHORT"

    @property
    def sign(self) -> int:
        return 1 if self is Way.LONG else -1

    @property
    def opens(self) -> Side:
        return Side.BUY if self is Way.LONG else Side.SELL


class Status(StrEnum):
    """Where an order stands; PENDING and CANCELING are only ever told of in the streams."""

    PENDING = auto()
    NEW = auto()
    PARTIAL = auto()
    FILLED = auto()
    CANCELING = auto()
    CANCELED = auto()
    TRIGGERED = auto()


ENDED = frozenset({Status.FILLED, Status.CANCELED, Status.TRIGGERED})


class Refusal(Exception):
    """A request the exchange says no to, with WEEX's number for the reason."""

    def __init__(self, code: int, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.code, self.text, self.status = code, text, status


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """The rules of one perpetual; quantities are base coin."""

    name: str
    price_digits: int
    quantity_digits: int
    maker: Decimal = Decimal("0.0002")
    taker: Decimal = Decimal("0.0008")
    maintenance: Decimal = Decimal("0.005")
    band: Decimal = Decimal("0.01")
    leverage_max: int = 400
    quantity_max: Decimal = Decimal(1_000_000)

    @classmethod
    def around(cls, name: str, price: Decimal) -> "Market":
        """Rules as fine as such a price needs: about six figures of price, a step worth about five dollars."""
        magnitude = price.adjusted()
        return cls(name=name, price_digits=max(0, 5 - magnitude), quantity_digits=max(0, magnitude))

    @property
    def base(self) -> str:
        return self.name.removesuffix("USDT")

    @property
    def tick(self) -> Decimal:
        return ONE.scaleb(-self.price_digits)

    @property
    def step(self) -> Decimal:
        return ONE.scaleb(-self.quantity_digits)

    def on_tick(self, price: Decimal) -> Decimal:
        return price.quantize(self.tick)

    def on_step(self, quantity: Decimal) -> Decimal:
        return quantity.quantize(self.step, ROUND_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A price that sets an order off, and which price is watched for it."""

    price: Decimal
    working: str = "CONTRACT_PRICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants traded."""

    symbol: str
    side: Side
    way: Way
    kind: str
    quantity: Decimal
    price: Decimal | None = None
    client_id: str = ""
    time_in_force: str = "GTC"
    reduce_only: bool = False
    trigger: Trigger | None = None
    stop: Trigger | None = None
    target: Trigger | None = None

    @property
    def closes(self) -> bool:
        return self.side is not self.way.opens

    @property
    def is_limit(self) -> bool:
        return self.kind in ("LIMIT", "STOP", "TAKE_PROFIT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order the book has or had; ``rests`` once it may be somebody's maker."""

    id: int
    asked: Request
    status: Status = Status.NEW
    filled: Decimal = ZERO
    quote: Decimal = ZERO
    fee: Decimal = ZERO
    pnl: Decimal = ZERO
    last_price: Decimal = ZERO
    created_ms: int
    updated_ms: int
    rests: bool = False

    @property
    def remaining(self) -> Decimal:
        return self.asked.quantity - self.filled

    @property
    def is_live(self) -> bool:
        return self.status not in ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Algo:
    """A conditional order; ``rises`` when it waits for the price to come up to its trigger."""

    id: int
    asked: Request
    rises: bool
    status: Status = Status.NEW
    actual_id: int = 0
    created_ms: int
    updated_ms: int
    triggered_ms: int = 0
    parent_id: int = 0

    @property
    def trigger(self) -> Trigger:
        assert self.asked.trigger is not None
        return self.asked.trigger

    @property
    def is_live(self) -> bool:
        return self.status not in ENDED

    def is_reached(self, price: Decimal) -> bool:
        return price >= self.trigger.price if self.rises else price <= self.trigger.price


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution; ``pnl`` before its ``fee``. REST and the stream name it differently."""

    id: str
    stream_id: int
    order_id: int
    symbol: str
    side: Side
    way: Way
    price: Decimal
    quantity: Decimal
    fee: Decimal
    pnl: Decimal
    maker: bool
    at_ms: int
    liquidates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What is held of one symbol on one side; flat ones are kept as such."""

    id: int
    symbol: str
    way: Way
    isolated: bool
    leverage: int
    size: Decimal = ZERO
    open_value: Decimal = ZERO
    open_fee: Decimal = ZERO
    added_margin: Decimal = ZERO
    funding: Decimal = ZERO
    bought: tuple[Decimal, Decimal, Decimal] = (ZERO, ZERO, ZERO)
    sold: tuple[Decimal, Decimal, Decimal] = (ZERO, ZERO, ZERO)
    created_ms: int
    updated_ms: int

    @property
    def margin(self) -> Decimal:
        return self.open_value / self.leverage + self.added_margin

    def unrealised(self, price: Decimal) -> Decimal:
        return (price * self.size - self.open_value) * self.way.sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One change of the wallet."""

    id: int
    kind: str
    symbol: str | None
    amount: Decimal
    balance: Decimal
    fee: Decimal = ZERO
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a symbol is margined from the next order on."""

    isolated: bool = False
    leverage_cross: int = 20
    leverage_long: int = 20
    leverage_short: int = 20

    def leverage(self, way: Way) -> int:
        if not self.isolated:
            return self.leverage_cross
        return self.leverage_long if way is Way.LONG else self.leverage_short


@dataclass(slots=True)
class Ledger:
    """The true state and history of one account."""

    wallet: Decimal = ZERO
    orders: dict[int, Order] = field(default_factory=dict)
    algos: dict[int, Algo] = field(default_factory=dict)
    positions: dict[tuple[str, Way], Position] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    settings: dict[str, Setting] = field(default_factory=dict)

    def copy(self) -> "Ledger":
        """As it is now; the rows are shared, for they never change."""
        return Ledger(
            self.wallet,
            dict(self.orders),
            dict(self.algos),
            dict(self.positions),
            list(self.fills),
            list(self.bills),
            dict(self.settings),
        )

    def live_orders(self) -> list[Order]:
        return [order for order in self.orders.values() if order.is_live]

    def live_algos(self) -> list[Algo]:
        return [algo for algo in self.algos.values() if algo.is_live]

    def held(self) -> list[Position]:
        return [position for position in self.positions.values() if position.size]

    def size(self, symbol: str, way: Way) -> Decimal:
        position = self.positions.get((symbol, way))
        return position.size if position else ZERO
