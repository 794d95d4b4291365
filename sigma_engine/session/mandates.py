"""From a strategy's spec and the person's settings to the mandate it trades under; the same live and in a backtest."""

from collections.abc import Sequence

from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.probability.models import model_named
from sigma_engine.risk.costs import Costs
from sigma_engine.risk.gates import GateSwitches
from sigma_engine.risk.sizing import Caution, SizingPolicy, Terms
from sigma_engine.safety.limits import Limits
from sigma_engine.safety.proposal import Rule
from sigma_engine.session.mandate import Mandate
from sigma_engine.settings import Settings
from sigma_engine.strategy.plan import compile_plan
from sigma_engine.strategy.spec import StrategySpec
from sigma_engine.strategy.spec_parts import SizeType


def mandate_of(
    spec: StrategySpec, settings: Settings, timeframe: Timeframe, costs: Costs, rules: Sequence[Rule]
) -> Mandate:
    """The mandate of ``spec`` on candles of ``timeframe``, where trading costs ``costs`` and ``rules`` are asked."""
    gates = GateSwitches(edge=spec.gates.edge, probability=spec.gates.probability, kelly=spec.gates.kelly)
    terms = Terms(
        policy=_policy(spec, settings),
        limits=_limits(spec, settings, timeframe),
        costs=costs,
        caution=_caution(settings),
    )
    model = model_named(settings.forecast_model)
    return Mandate(plan=compile_plan(spec), gates=gates, terms=terms, rules=rules, model=model)


def settings_costs(settings: Settings) -> Costs:
    """What the person says trading costs."""
    return Costs(settings.fee_bps / 10_000, settings.slippage_bps / 10_000, settings.spread_bps / 10_000)


def _policy(spec: StrategySpec, settings: Settings) -> SizingPolicy:
    size = spec.position_size
    amounts = {size.type: size.value} if size is not None else {}
    share = amounts.get(SizeType.PERCENT_EQUITY)
    return SizingPolicy(
        risk_fraction=spec.risk_per_trade_pct / 100,
        leverage=spec.leverage,
        kelly_share=settings.kelly_fraction,
        kelly_gate=spec.gates.kelly,
        fixed_quantity=amounts.get(SizeType.BASE),
        fixed_notional=amounts.get(SizeType.QUOTE),
        margin_fraction=share / 100 if share is not None else None,
    )


def _limits(spec: StrategySpec, settings: Settings, timeframe: Timeframe) -> Limits:
    return Limits(
        max_positions=spec.max_positions,
        max_trades_per_day=spec.max_trades_per_day,
        max_daily_loss_fraction=min(spec.max_daily_loss_pct / 100, settings.daily_loss_limit),
        cooldown_ms=spec.cooldown_bars * timeframe.interval_ms,
        max_leverage=settings.max_leverage,
        max_risk_fraction=settings.max_risk_per_trade,
        max_position_margin_fraction=settings.max_position_margin_fraction,
    )


def _caution(settings: Settings) -> Caution:
    return Caution(
        volatility_target=settings.volatility_target,
        volatility_cap=settings.volatility_cap,
        gap_share=settings.gap_allowance,
        depth_share=settings.depth_share,
    )
