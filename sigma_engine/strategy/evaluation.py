"""What reads a candle for a plan, built once for the live reader and for blocks: indicators and all that follows."""

from dataclasses import dataclass

from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.evaluator import INPUTS, OTHERS, Evaluator
from sigma_engine.kernels.forecast import EMPIRICAL
from sigma_engine.kernels.scoring import FusionScore
from sigma_engine.probability.forecast import new_fold
from sigma_engine.probability.models import ForecastModel
from sigma_engine.strategy.fusion import FEATURES
from sigma_engine.strategy.indicator_set import IndicatorSet
from sigma_engine.strategy.needs import Depth, Needs
from sigma_engine.strategy.plan import REGIME_OPERANDS, Plan

_NOWHERE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What expressions may ask of a market beside its candles: round-trip cost and last funding rate, fractions.

    NaN where nobody knows.
    """

    cost: float
    funding: float


def new_evaluator(
    plan: Plan, timeframe: Timeframe, needs: Needs, market: Market, model: ForecastModel
) -> tuple[IndicatorSet, Evaluator]:
    """The indicators of ``needs`` and what completes their columns."""
    place = {text: at for at, text in enumerate(needs.columns)}
    skipped = () if needs.regime else REGIME_OPERANDS[:2]
    inputs = [_NOWHERE if text in skipped else place.get(text, _NOWHERE) for text in INPUTS]
    evaluator = Evaluator(
        width=len(place),
        inputs=inputs,
        features=[place[text] for text in FEATURES] if needs.votes else [],
        others=[place.get(text, _NOWHERE) for text in OTHERS],
        stop=plan.stop_measure,
        target=plan.target_measure,
        fold=new_fold(plan.horizon_bars, plan.barrier_bars, timeframe.interval_ms, model),
        score=FusionScore(plan.weights, plan.threshold, plan.margin),
        cost=market.cost,
        funding=market.funding,
        depth=_depth(needs, model),
    )
    return IndicatorSet(needs.indicators, timeframe), evaluator


def _depth(needs: Needs, model: ForecastModel) -> Depth:
    """How deep the fold must go: only the measured outcomes' P(up) can be had without the rest."""
    return Depth.EVERYTHING if needs.depth is Depth.DIRECTION and model.code != EMPIRICAL else needs.depth
