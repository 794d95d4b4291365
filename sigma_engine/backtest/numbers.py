"""The nouns that decide on trades, as the numbers compiled code takes."""

from math import nan

from sigma_engine.domain.instrument import Instrument
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.kernels.distances import Measure
from sigma_engine.kernels.terms import CostTerms, ExitTerms, GateTerms, Grid, LimitTerms, SizeTerms
from sigma_engine.probability.forecast import LEAST_MATURED
from sigma_engine.risk.arithmetic import grid_units
from sigma_engine.risk.costs import ENOUGH_FILLS, Costs
from sigma_engine.risk.gates import MODERATE, PRIOR_SAMPLES, GateSwitches
from sigma_engine.risk.sizing import FREE_MARGIN_SHARE, Terms
from sigma_engine.safety.limits import Limits
from sigma_engine.safety.rules.risk_cap import TOLERANCE
from sigma_engine.strategy.plan import Plan


def grid(instrument: Instrument) -> Grid:
    """The steps and limits of an instrument."""
    return Grid(
        grid_units(instrument.tick),
        grid_units(instrument.step),
        float(instrument.step),
        float(instrument.min_cost),
        float(instrument.maintenance_rate),
        instrument.max_leverage,
        _or_nan(float(instrument.depth) if instrument.depth is not None else None),
    )


def cost_terms(costs: Costs, latency_bars: int) -> CostTerms:
    """What fills cost."""
    return CostTerms(
        costs.fee_rate,
        _or_nan(costs.maker_rate),
        costs.slippage_fraction,
        costs.slippage_range_share,
        costs.spread_fraction,
        latency_bars,
        ENOUGH_FILLS,
    )


def exit_terms(plan: Plan) -> ExitTerms:
    """Where positions close."""
    trailing = plan.trailing_measure
    return ExitTerms(
        plan.stop_measure,
        plan.target_measure,
        trailing if trailing is not None else (int(Measure.NONE), nan),
        _or_nan(plan.breakeven_at_r),
        plan.time_stop_bars or 0,
    )


def gate_terms(plan: Plan, gates: GateSwitches, terms: Terms) -> GateTerms:
    """Which gates decide."""
    return GateTerms(
        gates.edge,
        gates.probability,
        gates.kelly,
        terms.policy.kelly_share,
        MODERATE,
        PRIOR_SAMPLES,
        LEAST_MATURED,
        plan.horizon_bars,
        plan.barrier_bars,
    )


def size_terms(terms: Terms, timeframe: Timeframe) -> SizeTerms:
    """How much is traded."""
    policy, caution = terms.policy, terms.caution
    return SizeTerms(
        policy.risk_fraction,
        policy.leverage,
        _or_nan(policy.fixed_quantity),
        _or_nan(policy.fixed_notional),
        _or_nan(policy.margin_fraction),
        caution.volatility_target,
        caution.volatility_cap,
        caution.gap_share,
        caution.depth_share,
        FREE_MARGIN_SHARE,
        timeframe.bars_per_year,
    )


def limit_terms(limits: Limits) -> LimitTerms:
    """What is allowed."""
    return LimitTerms(
        limits.max_positions,
        limits.max_trades_per_day or 0,
        limits.max_daily_loss_fraction,
        limits.cooldown_ms,
        limits.max_leverage,
        limits.max_risk_fraction,
        limits.max_position_margin_fraction,
        limits.stop_share_of_liquidation,
        TOLERANCE,
    )


def _or_nan(value: float | None) -> float:
    return nan if value is None else value
