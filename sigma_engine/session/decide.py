"""The whole of SIGMA's thinking on one screen, pure: a signal and a situation in, a decision out."""

from dataclasses import replace
from math import nan

from sigma_engine.domain.decision import Approved, BreakEven, CostPart, Decision, Gate, NoTrade, Vetoed
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Action, Signal
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.breakeven import weigh
from sigma_engine.risk.costs import expected_costs, funding_stamps
from sigma_engine.risk.gates import prudent_kelly, read_gates
from sigma_engine.risk.sizing import Protection, TooSmall, Wish, size_trade
from sigma_engine.safety.proposal import Proposal
from sigma_engine.safety.review import guard, review
from sigma_engine.session.mandate import Mandate, Situation


def decide(signal: Signal, situation: Situation, mandate: Mandate, arithmetic: Arithmetic) -> Decision:
    """Signal, break-even, gates, safety, size, guard: the first that says no gives the reason."""
    mandate = _at_present_range(mandate, signal)
    side, share = _side(signal), mandate.terms.policy.kelly_share
    protection = _protection(signal, mandate)
    breakeven = weigh(signal, side, protection, _costs(signal, side, situation, mandate))
    kelly = prudent_kelly(breakeven, signal.forecast)
    gates = read_gates(breakeven, signal.forecast, kelly, share, mandate.gates)
    if signal.action is Action.WAIT:
        return NoTrade(signal=signal, gates=gates, reason=signal.reason, breakeven=breakeven)
    if shut := [gate for gate in gates if gate.enabled and not gate.passed]:
        return NoTrade(signal=signal, gates=gates, reason=_because(shut), breakeven=breakeven)
    proposal = _proposal(signal, side, situation, mandate, arithmetic)
    if vetoes := review(proposal, mandate.rules):
        reason = "; ".join(veto.reason for veto in vetoes)
        return Vetoed(signal=signal, gates=gates, reason=reason, breakeven=breakeven, vetoes=vetoes)
    wish = _wish(signal, breakeven, protection, situation, mandate, share * kelly)
    trade = size_trade(wish, situation.portfolio, mandate.terms, arithmetic)
    if isinstance(trade, TooSmall):
        return NoTrade(signal=signal, gates=gates, reason=trade.reason, breakeven=breakeven, caps=trade.caps)
    if vetoes := guard(replace(proposal, trade=trade), mandate.rules):
        reason = "; ".join(veto.reason for veto in vetoes)
        return Vetoed(signal=signal, gates=gates, reason=reason, breakeven=breakeven, vetoes=vetoes)
    return Approved(signal=signal, gates=gates, reason=signal.reason, breakeven=breakeven, plan=trade)


def _at_present_range(mandate: Mandate, signal: Signal) -> Mandate:
    """The mandate with the costs of a market as wide as the signal's."""
    costs = mandate.terms.costs.at(signal.atr / signal.price)
    if costs is mandate.terms.costs:
        return mandate
    return replace(mandate, terms=replace(mandate.terms, costs=costs))


def _side(signal: Signal) -> PositionSide:
    """The side the signal asks for; while it waits, the side it leans to."""
    if signal.action is Action.WAIT:
        return PositionSide.LONG if signal.long_score >= signal.short_score else PositionSide.SHORT
    return PositionSide.LONG if signal.action is Action.BUY else PositionSide.SHORT


def _protection(signal: Signal, mandate: Mandate) -> Protection:
    stop = mandate.plan.stop_distance(signal.price, signal.atr)
    return Protection(stop_distance=stop, target_distance=mandate.plan.target_distance(stop, signal.price, signal.atr))


def _costs(signal: Signal, side: PositionSide, situation: Situation, mandate: Mandate) -> tuple[CostPart, ...]:
    plan = mandate.plan
    stamps = funding_stamps(signal.at_ms, plan.barrier_bars * plan.timeframe.interval_ms)
    return expected_costs(mandate.terms.costs, situation.slippage, situation.funding_rate, side, stamps)


def _because(shut: list[Gate]) -> str:
    return "; ".join(_named(gate) for gate in shut)


def _named(gate: Gate) -> str:
    name = f"{gate.name} gate"
    return gate.reason if gate.reason.startswith(name) else f"{name}: {gate.reason}"


def _wish(
    signal: Signal,
    breakeven: BreakEven,
    protection: Protection,
    situation: Situation,
    mandate: Mandate,
    kelly: float,
) -> Wish:
    return Wish(
        side=breakeven.side,
        price=signal.price,
        protection=protection,
        cost=breakeven.cost,
        kelly_fraction=kelly,
        sigma=signal.forecast.sigma if signal.forecast else nan,
        bars_per_year=mandate.plan.timeframe.bars_per_year,
        reserved=situation.reserved_margin,
    )


def _proposal(
    signal: Signal, side: PositionSide, situation: Situation, mandate: Mandate, arithmetic: Arithmetic
) -> Proposal:
    return Proposal(
        signal=signal,
        side=side,
        portfolio=situation.portfolio,
        limits=mandate.terms.limits,
        instrument=arithmetic.instrument,
        halted=situation.halted,
        quality=situation.quality,
        last_exit_ms=situation.last_exit_ms,
        reserved_symbols=frozenset(situation.reserved),
    )
