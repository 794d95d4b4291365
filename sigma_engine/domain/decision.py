"""What SIGMA decided on a closed candle, always with its numbers and its reason."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Signal


@dataclass(frozen=True, slots=True)
class Gate:
    """A figure held against a threshold; with ``enabled`` false it is shown and does not decide."""

    name: str
    enabled: bool
    passed: bool
    value: float
    threshold: float
    reason: str


@dataclass(frozen=True, slots=True)
class Veto:
    """One safety rule's objection, in words."""

    layer: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class CostPart:
    """One part of what a round trip costs: ``fraction`` of the price, and where the figure is from, in words."""

    name: str
    fraction: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """What a trade on ``side`` has to overcome, and what the forecast expects of it; NaN where nobody knows.

    ``cost`` is all-in and the sum of ``parts``; it, ``stop``, ``target`` and ``edge`` are fractions of the price.
    ``coin`` is how often a walk without drift reaches the target before the stop, ``needed`` how often it must be
    reached to pay the costs (above 1: no odds can), ``expected`` how often the forecast says it will, once one of
    the two is touched. ``edge`` is what a trade is expected to leave after costs. The errors are standard errors.
    """

    side: PositionSide
    cost: float
    parts: tuple[CostPart, ...]
    stop: float
    target: float
    coin: float
    needed: float
    expected: float
    expected_error: float
    edge: float
    edge_error: float


@dataclass(frozen=True, slots=True)
class Cap:
    """How much one limit allows, base coin, on the step; None where it is unknown.

    With ``applied`` false it is shown and limits nothing; ``note`` says why, or what the figure rests on.
    """

    name: str
    quantity: Decimal | None
    applied: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradePlan:
    """The trade a signal would make: side, size and protection.

    Distances in USDT from the fill, None without a target; ``risk`` is what the stop would cost, USDT, with all costs
    and the allowance for a gap; ``kelly_fraction`` the shrunk fractional Kelly figure; ``binding_cap`` names what
    limited the size, one of ``caps``.
    """

    side: PositionSide
    quantity: Decimal
    leverage: int
    stop_distance: float
    target_distance: float | None
    risk: Decimal
    kelly_fraction: float
    binding_cap: str
    caps: tuple[Cap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The part all decisions share; the classes below say which it was.

    ``breakeven`` is there beside every decision; None only in those stored before it was kept.
    """

    outcome: ClassVar[str] = ""
    signal: Signal
    gates: tuple[Gate, ...]
    reason: str
    breakeven: BreakEven | None = None

    @property
    def symbol(self) -> str:
        """The market decided on."""
        return self.signal.symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTrade(Decision):
    """Nothing to do: no signal, a gate that stopped it, or no size worth trading (then ``caps`` says why not)."""

    outcome: ClassVar[str] = "no trade"
    caps: tuple[Cap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vetoed(Decision):
    """A signal that safety refused; every objection, not only the first."""

    outcome: ClassVar[str] = "vetoed"
    vetoes: tuple[Veto, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Decision):
    """A trade to make."""

    outcome: ClassVar[str] = "approved"
    plan: TradePlan
