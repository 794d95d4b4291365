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


@dataclass(frozen=True, slots=True, kw_only=True)
class TradePlan:
    """The trade a signal would make: side, size and protection.

    Distances in USDT from the fill, None without a target; ``risk`` is what the stop would cost, USDT, costs included;
    ``kelly_fraction`` the shrunk fractional Kelly figure; ``binding_cap`` names what limited the size.
    """

    side: PositionSide
    quantity: Decimal
    leverage: int
    stop_distance: float
    target_distance: float | None
    risk: Decimal
    kelly_fraction: float
    binding_cap: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The part all decisions share; the classes below say which it was."""

    outcome: ClassVar[str] = ""
    signal: Signal
    gates: tuple[Gate, ...]
    reason: str

    @property
    def symbol(self) -> str:
        """The market decided on."""
        return self.signal.symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTrade(Decision):
    """Nothing to do: no signal, a gate that stopped it, or no size worth trading."""

    outcome: ClassVar[str] = "no trade"


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
