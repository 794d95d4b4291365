"""The whole of SIGMA's thinking on one screen, pure: a signal and a situation in, a decision out."""

from dataclasses import replace

from sigma_engine.domain.decision import Approved, Decision, Gate, NoTrade, Vetoed
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Action, Signal
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.gates import Odds, read_gates, weigh_odds
from sigma_engine.risk.sizing import Protection, size_trade
from sigma_engine.safety.proposal import Proposal
from sigma_engine.safety.review import guard, review
from sigma_engine.session.mandate import Mandate, Situation

MEASURED_FORECASTS = 0
"""How many matured forecasts back the odds; none until calibration keeps score, so Kelly shrinks to nothing."""


def decide(signal: Signal, situation: Situation, mandate: Mandate, arithmetic: Arithmetic) -> Decision:
    """Signal, odds, gates, safety, size, guard: the first that says no gives the reason."""
    side = _side(signal)
    protection = _protection(signal, mandate)
    odds = weigh_odds(signal, side, protection, mandate.terms.costs, MEASURED_FORECASTS)
    gates = read_gates(odds, mandate.terms.costs, mandate.gates)
    if signal.action is Action.WAIT:
        return NoTrade(signal=signal, gates=gates, reason=signal.reason)
    if shut := [gate for gate in gates if gate.enabled and not gate.passed]:
        return NoTrade(signal=signal, gates=gates, reason=_because(shut))
    proposal = _proposal(signal, side, situation, mandate, arithmetic)
    if vetoes := review(proposal, mandate.rules):
        return Vetoed(signal=signal, gates=gates, reason="; ".join(veto.reason for veto in vetoes), vetoes=vetoes)
    kelly = _usable_kelly(odds, mandate)
    trade = size_trade(side, signal.price, protection, kelly, situation.portfolio, mandate.terms, arithmetic)
    if isinstance(trade, str):
        return NoTrade(signal=signal, gates=gates, reason=trade)
    if vetoes := guard(replace(proposal, trade=trade), mandate.rules):
        return Vetoed(signal=signal, gates=gates, reason="; ".join(veto.reason for veto in vetoes), vetoes=vetoes)
    return Approved(signal=signal, gates=gates, reason=signal.reason, plan=trade)


def _side(signal: Signal) -> PositionSide:
    """The side the signal asks for; while it waits, the side it leans to."""
    if signal.action is Action.WAIT:
        return PositionSide.LONG if signal.long_score >= signal.short_score else PositionSide.SHORT
    return PositionSide.LONG if signal.action is Action.BUY else PositionSide.SHORT


def _protection(signal: Signal, mandate: Mandate) -> Protection:
    stop = mandate.plan.stop_distance(signal.price, signal.atr)
    return Protection(stop_distance=stop, target_distance=mandate.plan.target_distance(stop, signal.price, signal.atr))


def _usable_kelly(odds: Odds | None, mandate: Mandate) -> float:
    return mandate.terms.policy.kelly_share * odds.kelly_fraction if odds is not None else 0.0


def _because(shut: list[Gate]) -> str:
    return "; ".join(_named(gate) for gate in shut)


def _named(gate: Gate) -> str:
    name = f"{gate.name} gate"
    return gate.reason if gate.reason.startswith(name) else f"{name}: {gate.reason}"


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
        reserved_symbols=situation.reserved_symbols,
    )
