"""Orders: what was intended, what became of it, what it filled at."""

import base64
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sigma_engine.domain.money import ZERO, require_positive


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
    """Where an order stands (reliability.md §1.1)."""

    INTENT = "intent"
    """Journaled; it may be on its way."""
    WORKING = "working"
    """The venue has it."""
    UNKNOWN = "unknown"
    """Nobody said what became of it: it counts as filled in every limit until that is proved."""
    FILLED = "filled"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    ABSENT = "absent"
    """Proved never to have reached the venue."""

    @property
    def is_open(self) -> bool:
        """Whether it may still execute."""
        return self in (OrderState.INTENT, OrderState.WORKING, OrderState.UNKNOWN)


class Leg(StrEnum):
    """Which part of a trade an order is; part of its client id."""

    ENTRY = "entry"
    EXIT = "exit"
    STOP = "stop"
    TARGET = "target"

    @property
    def rests(self) -> bool:
        """Whether it waits at the venue for its trigger price."""
        return self in (Leg.STOP, Leg.TARGET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A market order with the protection its position will carry, or that protection itself.

    ``quantity`` in base coin on the instrument's grid. An entry carries ``stop_distance`` and
    ``target_distance`` in USDT, measured from the actual fill, and ``atr`` of the signal bar; an exit carries
    its ``exit_reason``. ``reason`` is the decision's, in words; ``bar_ms`` is the open time of the candle it was
    decided on.

    At an exchange: ``trigger`` is the price at which a resting stop or target acts, ``attached_stop`` and
    ``attached_target`` those sent along with an entry. ``attempt`` counts from 1 and is part of the client id.
    ``venue_id`` is the exchange's own id once it said one, ``sent_ms`` when the order was signed, by the exchange's
    clock, ``filled`` how much of it is known to be executed.
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
    trigger: Decimal | None = None
    attached_stop: Decimal | None = None
    attached_target: Decimal | None = None
    attempt: int = 1
    venue_id: str | None = None
    sent_ms: int | None = None
    filled: Decimal = ZERO

    def __post_init__(self) -> None:
        require_positive("an order's quantity", self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """An execution; ``slippage`` is what it cost against the price it could have had, in USDT, never negative.

    ``trade_id`` is the exchange's name of it, empty where there is no exchange; ``realised`` the profit before fees
    the exchange booked for it, None where it is worked out here.
    """

    client_id: str
    symbol: str
    leg: Leg
    side: OrderSide
    price: Decimal
    quantity: Decimal
    fee: Decimal
    slippage: Decimal
    at_ms: int
    trade_id: str = ""
    realised: Decimal | None = None


def client_order_id(*parts: object) -> str:
    """The deterministic id of an order: the same decision gives the same id (26 characters, [a-z0-9]).

    ``parts`` are install or run, strategy, symbol, bar time, leg and attempt.
    """
    digest = hashlib.blake2s("|".join(map(str, parts)).encode(), digest_size=15).digest()
    return "sg" + base64.b32encode(digest).decode().lower()
