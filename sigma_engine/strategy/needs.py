"""What of a candle has to be computed: for a window all of it, for a backtest what the strategy decides by."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from sigma_engine.kernels import evaluator as kernel
from sigma_engine.strategy.expression import REGIMES, Groups, operands
from sigma_engine.strategy.expression_walks import asks_regime
from sigma_engine.strategy.fusion import FEATURES, VOTES
from sigma_engine.strategy.plan import FORECAST_OPERANDS, REGIME_OPERANDS, Plan

_ATR = "atr(14)"
_FOLD_OPERANDS = (*FORECAST_OPERANDS, "zscore(20)", "lr_slope(10)")
_P_UP_VOTE = next(at for at, vote in enumerate(VOTES) if vote.name == "p_up")


class Depth(IntEnum):
    """How much of the forecast is made.

    ``SIGMA`` is the volatility, ``DIRECTION`` also the calibrated P(up) with its record and red flag, ``EVERYTHING``
    also the odds of the barriers, the expected move and all errors.
    """

    SIGMA = kernel.SIGMA
    DIRECTION = kernel.DIRECTION
    EVERYTHING = kernel.EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The columns to compute, indicators first, and whether votes are cast, regimes told and how much is forecast."""

    indicators: tuple[str, ...]
    others: tuple[str, ...]
    votes: bool
    regime: bool
    depth: Depth

    @classmethod
    def everything(cls, plan: Plan) -> "Needs":
        """All that a window shows of ``plan``."""
        return cls(indicators=plan.operands, others=kernel.OTHERS, votes=True, regime=True, depth=Depth.EVERYTHING)

    @classmethod
    def of(cls, plan: Plan, *, edge: bool = False, probability: bool = False, kelly: bool = False) -> "Needs":
        """What decides on entries and exits of ``plan`` with those gates on, and on the size: ATR and volatility."""
        named = set(_named(plan))
        regime = _needs_regime(plan)
        depth = Depth.EVERYTHING if edge or probability or kelly else _depth(plan, named)
        wanted = named | {_ATR}
        wanted |= set(FEATURES) if plan.is_fusion else set()
        wanted |= set(REGIME_OPERANDS) if regime else set()
        wanted |= set(_FOLD_OPERANDS) if depth is not Depth.SIGMA else set()
        wanted |= {"regime"} if regime else set()
        return cls(
            indicators=tuple(text for text in plan.operands if text in wanted),
            others=tuple(text for text in kernel.OTHERS if text in wanted),
            votes=plan.is_fusion,
            regime=regime,
            depth=depth,
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in their order."""
        return (*self.indicators, *self.others)


def _conditions(plan: Plan) -> Iterable[Groups]:
    return (plan.filters, *(each for rules in plan.regime_rules for each in rules.conditions))


def _named(plan: Plan) -> Iterable[str]:
    """The readings that conditions name."""
    for groups in _conditions(plan):
        for group in groups:
            for condition in group:
                yield from operands(condition)


def _needs_regime(plan: Plan) -> bool:
    """Whether anything differs between regimes: weights, rules, allowed sides or a condition that asks."""
    asked = any(asks_regime(part) for groups in _conditions(plan) for group in groups for part in group)
    return plan.is_fusion or bool(plan.spec.regime_rules) or asked


def _depth(plan: Plan, named: set[str]) -> Depth:
    """P(up) is needed where a condition reads it or its vote weighs anything."""
    weighs = plan.is_fusion and any(plan.weights[at][_P_UP_VOTE] for at in range(len(REGIMES)))
    return Depth.DIRECTION if weighs or "p_up" in named else Depth.SIGMA
