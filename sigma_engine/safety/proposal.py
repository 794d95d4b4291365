"""What the rules are asked about."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from sigma_engine.domain.decision import TradePlan
from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.domain.signal import Signal
from sigma_engine.safety.limits import Limits


class Layer(StrEnum):
    """The five layers, in the order they are asked."""

    ENGINE = "engine"
    MARKET = "market"
    STRATEGY = "strategy"
    ACCOUNT = "account"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An entry somebody would like to make: the signal, the account, what is allowed.

    ``halted`` says why the engine takes no entries now, or is None; ``quality`` what was wrong with the candle;
    ``last_exit_ms`` when the symbol was last closed; ``reserved_symbols`` have an entry on its way; ``trade`` is
    the sized trade, once there is one.
    """

    signal: Signal
    side: PositionSide
    portfolio: Portfolio
    limits: Limits
    instrument: Instrument
    halted: str | None = None
    quality: str | None = None
    last_exit_ms: int | None = None
    reserved_symbols: frozenset[str] = frozenset()
    trade: TradePlan | None = None


class Rule(Protocol):
    """One reason not to trade; ``check`` answers it in words, or None."""

    layer: ClassVar[Layer]
    name: ClassVar[str]

    def check(self, proposal: Proposal) -> str | None:
        """The objection, as a person would say it."""
        ...
