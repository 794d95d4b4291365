"""What a strategy may do and under which conditions it is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sigma_engine.domain.money import ZERO
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.probability.models import DEFAULT_MODEL, ForecastModel
from sigma_engine.risk.costs import Slippage
from sigma_engine.risk.gates import GateSwitches
from sigma_engine.risk.sizing import Terms
from sigma_engine.safety.proposal import Rule
from sigma_engine.strategy.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """The strategy's plan with everything that judges it: gates, terms of sizing, safety rules; ``model`` forecasts."""

    plan: Plan
    gates: GateSwitches
    terms: Terms
    rules: Sequence[Rule]
    model: ForecastModel = DEFAULT_MODEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The account, the engine and the market at the moment of a decision.

    ``halted``, ``quality`` and ``last_exit_ms`` are those of `Proposal`. ``reserved`` is the margin, USDT, that the
    entries on their way will take, by symbol: those waiting at the venue and those approved on this very candle.
    ``slippage`` is what own fills in this market cost so far, ``funding_rate`` the last one known, if any.
    """

    portfolio: Portfolio
    halted: str | None = None
    quality: str | None = None
    last_exit_ms: int | None = None
    reserved: Mapping[str, Decimal] = field(default_factory=dict)
    slippage: Slippage = field(default_factory=Slippage)
    funding_rate: float | None = None

    @property
    def reserved_margin(self) -> Decimal:
        """What is not free any more although nothing is bound yet, USDT."""
        return sum(self.reserved.values(), ZERO)
