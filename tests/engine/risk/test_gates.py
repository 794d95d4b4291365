"""The gates: their figures are always there, and say what a coin would need."""

import math

import pytest

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Action, Forecast, Regime, Signal
from sigma_engine.risk.costs import Costs
from sigma_engine.risk.gates import GateSwitches, read_gates, weigh_odds
from sigma_engine.risk.sizing import Protection

COSTS = Costs.all_in(7.0)


def signal(p_up: float = 0.5, p_target: float = 1 / 3, p_stop: float = 2 / 3, trust: Trust = Trust.GREEN) -> Signal:
    forecast = Forecast(
        model="gbm",
        horizon_bars=12,
        sigma=0.001,
        p_up=p_up,
        p_up_plain=0.5,
        p_target=p_target,
        p_stop=p_stop,
        p_target_short=p_stop,
        p_stop_short=p_target,
        bands=(),
        paths=1000,
        p_up_paths=0.5,
        standard_error=0.016,
        calibrated=False,
        trust=trust,
    )
    return Signal(
        symbol="BTC/USDT:USDT",
        bar_ms=0,
        at_ms=300_000,
        price=100.0,
        atr=0.1,
        action=Action.BUY,
        long_score=0.6,
        short_score=0.1,
        confidence=0.6,
        regime=Regime.MIXED,
        readings=(),
        forecast=forecast,
        reason="",
    )


PROTECTION = Protection(stop_distance=0.2, target_distance=0.4)


def test_a_coin_needs_what_the_published_example_says() -> None:
    """Target .4 %, stop .2 %, cost .14 %: a coin reaches the target 33.3 % of the time, 56.7 % are needed."""
    odds = weigh_odds(signal(), PositionSide.LONG, PROTECTION, COSTS, 0)
    assert odds is not None
    assert odds.breakeven_probability == pytest.approx(0.5667, abs=1e-4)
    assert odds.edge_fraction == pytest.approx(-0.0014)


def test_without_drift_every_gate_stays_shut() -> None:
    gates = read_gates(weigh_odds(signal(), PositionSide.LONG, PROTECTION, COSTS, 1000), COSTS, GateSwitches())
    assert [(gate.name, gate.passed) for gate in gates] == [("edge", False), ("probability", False), ("kelly", False)]


def test_a_measured_edge_opens_them() -> None:
    sure = signal(p_up=0.7, p_target=0.8, p_stop=0.2)
    gates = read_gates(weigh_odds(sure, PositionSide.LONG, PROTECTION, COSTS, 1000), COSTS, GateSwitches())
    assert all(gate.passed for gate in gates)


def test_a_probability_that_lost_its_calibration_opens_nothing_and_says_so() -> None:
    sure = signal(p_up=0.7, p_target=0.8, p_stop=0.2, trust=Trust.RED)
    gates = read_gates(weigh_odds(sure, PositionSide.LONG, PROTECTION, COSTS, 1000), COSTS, GateSwitches())
    (shut,) = [gate for gate in gates if not gate.passed]
    assert (shut.name, shut.value) == ("probability", 0.7)
    assert shut.reason.startswith("probability gate off: miscalibrated (")


@pytest.mark.parametrize("trust", [Trust.TOO_FEW, Trust.GREEN, Trust.AMBER])
def test_short_of_red_trust_shuts_no_gate(trust: Trust) -> None:
    sure = signal(p_up=0.7, p_target=0.8, p_stop=0.2, trust=trust)
    gates = read_gates(weigh_odds(sure, PositionSide.LONG, PROTECTION, COSTS, 1000), COSTS, GateSwitches())
    assert all(gate.passed for gate in gates)


def test_a_short_is_weighed_by_its_own_side() -> None:
    down = signal(p_up=0.3, p_target=0.2, p_stop=0.8)
    odds = weigh_odds(down, PositionSide.SHORT, PROTECTION, COSTS, 1000)
    assert odds is not None
    assert (odds.p_target, odds.p_stop, odds.p_side) == (0.8, 0.2, 0.7)


def test_an_edge_nobody_measured_is_worth_no_kelly() -> None:
    sure = signal(p_up=0.7, p_target=0.8, p_stop=0.2)
    odds = weigh_odds(sure, PositionSide.LONG, PROTECTION, COSTS, 0)
    assert odds is not None
    assert odds.kelly_fraction == 0.0


def test_without_a_target_there_are_no_odds_and_the_gates_say_so() -> None:
    bare = Protection(stop_distance=0.2, target_distance=math.nan)
    assert weigh_odds(signal(), PositionSide.LONG, bare, COSTS, 0) is None
    gates = read_gates(None, COSTS, GateSwitches(edge=True))
    assert not any(gate.passed for gate in gates)
    assert gates[0].enabled
