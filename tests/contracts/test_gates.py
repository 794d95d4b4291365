"""What every gate promises: off it decides nothing, shut it stops the trade by name, its figures stay the same."""

import math
from dataclasses import fields, replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.assembly.workshop import PaperWorkshop
from sigma_engine.domain.decision import Approved, Decision, NoTrade
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.domain.signal import Action, Forecast, Signal
from sigma_engine.domain.timeframe import Timeframe
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.gates import GateSwitches
from sigma_engine.session.decide import decide
from sigma_engine.session.mandate import Mandate, Situation
from sigma_engine.settings import Settings
from tests.engine.risk.forecasts import forecast, signal

BTC = practice_instrument("BTC/USDT:USDT", 100_000.0)
WORKSHOP = PaperWorkshop(Settings(), Timeframe.M5, {BTC.symbol: BTC})
MANDATE = WORKSHOP.strategy("sigma-fusion").mandate
GATES = tuple(field.name for field in fields(GateSwitches))
SWITCHES = tuple(GateSwitches(**dict(zip(GATES, on, strict=True))) for on in product((False, True), repeat=len(GATES)))
MONEY = Decimal(10_000)
SITUATION = Situation(
    portfolio=Portfolio(at_ms=0, wallet=MONEY, positions=(), initial=MONEY, day_open_equity=MONEY, peak_equity=MONEY)
)

shares = st.floats(0.0, 1.0)
odds = st.builds(
    lambda touched, won, touched_short, won_short, p_up, matured, drift, error: forecast(
        p_target=touched * won,
        p_stop=touched * (1 - won),
        p_target_short=touched_short * won_short,
        p_stop_short=touched_short * (1 - won_short),
        p_up=p_up,
        matured=matured,
        expected_move=drift,
        expected_move_error=error,
    ),
    shares,
    shares,
    shares,
    shares,
    shares,
    st.integers(0, 100_000),
    st.floats(-0.01, 0.01),
    st.sampled_from([math.nan, 0.0, 0.001]),
)
signals = st.builds(signal, st.none() | odds, st.sampled_from([Action.BUY, Action.SELL]), st.just(100_000.0))


def decided(given_signal: Signal, switches: GateSwitches) -> Decision:
    mandate: Mandate = replace(MANDATE, gates=switches)
    policy = replace(mandate.terms.policy, kelly_gate=switches.kelly)
    return decide(
        given_signal, SITUATION, replace(mandate, terms=replace(mandate.terms, policy=policy)), Arithmetic(BTC)
    )


@given(signals)
def test_with_all_gates_off_the_odds_decide_nothing(given_signal: Signal) -> None:
    """The same trade as by the odds of a coin; only the figures shown beside it differ."""
    decision = decided(given_signal, GateSwitches())
    sigma = {} if given_signal.forecast else {"sigma": 0.0}
    by_a_coin = decided(replace(given_signal, forecast=forecast(**sigma)), GateSwitches())
    assert isinstance(decision, Approved)
    assert isinstance(by_a_coin, Approved)
    assert (decision.plan.quantity, decision.plan.leverage, decision.plan.binding_cap, decision.reason) == (
        by_a_coin.plan.quantity,
        by_a_coin.plan.leverage,
        by_a_coin.plan.binding_cap,
        by_a_coin.reason,
    )


@given(signals, st.sampled_from(SWITCHES))
def test_a_gate_that_is_on_and_shut_gives_no_trade_and_names_itself(
    given_signal: Signal, switches: GateSwitches
) -> None:
    decision = decided(given_signal, switches)
    shut = [gate for gate in decision.gates if gate.enabled and not gate.passed]
    assert isinstance(decision, NoTrade if shut else Approved | NoTrade)
    for gate in shut:
        assert f"{gate.name} gate: {gate.reason}" in decision.reason
    if not shut and isinstance(decision, NoTrade):
        assert decision.caps, "the gates let it pass and no size was left"


@given(signals, st.sampled_from(SWITCHES))
def test_figures_are_the_same_with_a_gate_on_and_off(given_signal: Signal, switches: GateSwitches) -> None:
    on, off = decided(given_signal, switches), decided(given_signal, GateSwitches())
    assert [gate.name for gate in on.gates] == list(GATES)
    assert [gate.enabled for gate in on.gates] == [getattr(switches, name) for name in GATES]
    assert repr([replace(gate, enabled=False) for gate in on.gates]) == repr(list(off.gates))
    assert repr(on.breakeven) == repr(off.breakeven)


@given(signals)
def test_with_the_kelly_gate_on_no_size_risks_more_than_its_share_of_kelly(given_signal: Signal) -> None:
    decision = decided(given_signal, GateSwitches(kelly=True))
    if isinstance(decision, Approved):
        kelly = next(gate.value for gate in decision.gates if gate.name == "kelly")
        assert float(decision.plan.risk) <= 0.25 * kelly * 10_000 * (1 + 1e-9)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("given_forecast", [None, forecast()], ids=["no forecast", "forecast"])
def test_break_even_stands_beside_every_decision(action: Action, given_forecast: Forecast | None) -> None:
    for switches in SWITCHES:
        decision = decided(signal(given_forecast, action, 100_000.0), switches)
        assert decision.breakeven is not None
        assert decision.breakeven.cost == pytest.approx(0.0018)
        assert decision.breakeven.needed > decision.breakeven.coin


def test_an_edge_below_its_costs_is_no_trade_and_says_what_was_needed() -> None:
    decision = decided(signal(forecast(), price=100_000.0), GateSwitches(edge=True))
    assert isinstance(decision, NoTrade)
    assert decision.reason.startswith("edge gate: expected ")
    assert "are needed to break even" in decision.reason
