"""What a strategy may do and under which conditions it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.risk.gates import GateSwitches
from sigma_engine.risk.sizing import Terms
from sigma_engine.safety.proposal import Rule
from sigma_engine.strategy.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """The strategy's plan with everything that judges it: gates, terms of sizing, safety rules."""

    plan: Plan
    gates: GateSwitches
    terms: Terms
    rules: Sequence[Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The account and the engine at the moment of a decision; the fields are those of `Proposal`."""

    portfolio: Portfolio
    halted: str | None = None
    quality: str | None = None
    last_exit_ms: int | None = None
    reserved_symbols: frozenset[str] = frozenset()
