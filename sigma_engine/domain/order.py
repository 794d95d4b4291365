"""Orders: what was intended, what became of it, what it filled at."""

import base64
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sigma_engine.domain.money import require_positive


class OrderSide(StrEnum):
    """What the order does."""

    BUY = "buy"
    SELL = "sell"


class PositionSide(StrEnum):
    """What is held."""

    LONG = "long"
    SHORT = "short"

    @property
    def sign(self) -> int:
        """+1 long, -1 short."""
        return 1 if self is PositionSide.LONG else -1

    @property
    def opening(self) -> OrderSide:
        """The order side that opens it."""
        return OrderSide.BUY if self is PositionSide.LONG else OrderSide.SELL

    @property
    def closing(self) -> OrderSide:
        """The order side that closes it."""
        return OrderSide.SELL if self is PositionSide.LONG else OrderSide.BUY


class ExitReason(StrEnum):
    """Why a position was closed (contracts.md §4.6)."""

    STOP = "stop"
    TARGET = "target"
    TRAILING = "trailing"
    BREAKEVEN = "breakeven"
    SIGNAL = "signal"
    TIME = "time"
    LIQUIDATION = "liquidation"
    KILL = "kill"
    MANUAL = "manual"
    END = "end"


class OrderState(StrEnum):
    """Where an order stands; the exchange side adds UNKNOWN and its kin."""

    INTENT = "intent"
    FILLED = "filled"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Leg(StrEnum):
    """Which part of a trade an order is; part of its client id."""

    ENTRY = "entry"
    EXIT = "exit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A market order with the protection its position will carry.

    ``quantity`` in base coin on the instrument's grid. An entry carries ``stop_distance`` and
    ``target_distance`` in USDT, measured from the actual fill, and ``atr`` of the signal bar; an exit carries
    its ``exit_reason``. ``reason`` is the decision's, in words; ``bar_ms`` is the open time of the candle it was
    decided on.
    """

    client_id: str
    symbol: str
    leg: Leg
    side: OrderSide
    position_side: PositionSide
    quantity: Decimal
    leverage: int
    bar_ms: int
    created_ms: int
    reference_price: float
    stop_distance: float | None = None
    target_distance: float | None = None
    atr: float | None = None
    exit_reason: ExitReason | None = None
    reason: str = ""
    state: OrderState = OrderState.INTENT
    refusal: str | None = None

    def __post_init__(self) -> None:
        require_positive("an order's quantity", self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """An execution; ``slippage`` is what it cost against the price it could have had, in USDT, never negative."""

    client_id: str
    symbol: str
    leg: Leg
    side: OrderSide
    price: Decimal
    quantity: Decimal
    fee: Decimal
    slippage: Decimal
    at_ms: int


def client_order_id(*parts: object) -> str:
    """The deterministic id of an order: the same decision gives the same id (26 characters, [a-z0-9]).

    ``parts`` are install or run, strategy, symbol, bar time, leg and attempt.
    """
    digest = hashlib.blake2s("|".join(map(str, parts)).encode(), digest_size=15).digest()
    return "sg" + base64.b32encode(digest).decode().lower()
