"""The gates: their figures are always there, and name their class and what they rest on."""

import math

import pytest

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.decision import BreakEven, CostPart, Gate
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.signal import Forecast
from sigma_engine.risk.breakeven import weigh
from sigma_engine.risk.gates import GateSwitches, prudent_kelly, read_gates
from sigma_engine.risk.sizing import Protection
from tests.engine.risk.forecasts import forecast, signal

COSTS = (CostPart("fees", 0.0014, ""),)
PROTECTION = Protection(stop_distance=0.2, target_distance=0.4)
ALL_ON = GateSwitches(edge=True, probability=True, kelly=True)
SURE = {"p_up": 0.7, "p_target": 0.8, "p_stop": 0.2}


def weighed(given: Forecast | None, side: PositionSide = PositionSide.LONG) -> BreakEven:
    return weigh(signal(given), side, PROTECTION, COSTS)


def gates(
    given: Forecast | None, side: PositionSide = PositionSide.LONG, switches: GateSwitches = ALL_ON
) -> dict[str, Gate]:
    breakeven = weighed(given, side)
    read = read_gates(breakeven, given, prudent_kelly(breakeven, given), 0.25, switches)
    return {gate.name: gate for gate in read}


def test_without_drift_every_gate_stays_shut() -> None:
    assert [(gate.name, gate.passed) for gate in gates(forecast()).values()] == [
        ("edge", False),
        ("probability", False),
        ("kelly", False),
    ]


def test_a_measured_edge_opens_them() -> None:
    assert all(gate.passed for gate in gates(forecast(**SURE)).values())


def test_a_probability_that_lost_its_calibration_opens_nothing_and_says_so() -> None:
    found = gates(forecast(trust=Trust.RED, **SURE))
    (shut,) = [gate for gate in found.values() if not gate.passed]
    assert (shut.name, shut.value) == ("probability", 0.7)
    assert shut.reason.startswith("probability gate off: miscalibrated (")


@pytest.mark.parametrize("trust", [Trust.TOO_FEW, Trust.GREEN, Trust.AMBER])
def test_short_of_red_trust_shuts_no_gate(trust: Trust) -> None:
    assert all(gate.passed for gate in gates(forecast(trust=trust, **SURE)).values())


def test_a_probability_that_is_not_calibrated_yet_opens_nothing_and_says_so() -> None:
    found = gates(forecast(calibrated=False, matured=99, trust=Trust.TOO_FEW, **SURE))["probability"]
    assert (found.passed, found.value) == (False, 0.7)
    assert found.reason == "not calibrated yet: 99 forecasts have fallen due, too few to rely on"


def test_the_edge_gate_says_what_is_expected_what_a_coin_reaches_and_what_is_needed() -> None:
    gate = gates(forecast(p_target_error=0.01))["edge"]
    assert gate.value == pytest.approx(-14.0)
    assert gate.reason == (
        "expected -14.0 ±0.6 bp a trade after 14 bp of costs; the target comes first 33.3% of the time, "
        "a coin would reach 33.3%, 56.7% are needed to break even"
    )


@pytest.mark.parametrize(
    ("p_up", "side", "word", "passed"),
    [
        (0.65, PositionSide.LONG, "strong", True),
        (0.649, PositionSide.LONG, "moderate", True),
        (0.55, PositionSide.LONG, "moderate", True),
        (0.549, PositionSide.LONG, "no edge", False),
        (0.451, PositionSide.LONG, "no edge", False),
        (0.45, PositionSide.LONG, "avoid", False),
        (0.30, PositionSide.SHORT, "strong", True),
        (0.40, PositionSide.SHORT, "moderate", True),
        (0.60, PositionSide.SHORT, "avoid", False),
    ],
)
def test_the_probability_gate_names_the_class_mirrored_for_shorts(
    p_up: float, side: PositionSide, word: str, passed: bool
) -> None:
    gate = gates(forecast(p_up=p_up), side)["probability"]
    assert gate.passed is passed
    assert f": {word}, at least 0.55 is asked" in gate.reason


def test_a_short_is_weighed_by_its_own_odds() -> None:
    down = forecast(p_up=0.3, p_target_short=0.8, p_stop_short=0.2)
    assert all(gate.passed for gate in gates(down, PositionSide.SHORT).values())
    assert not any(gate.passed for gate in gates(down, PositionSide.LONG).values())


def test_an_edge_nobody_measured_is_worth_no_kelly() -> None:
    unmeasured = forecast(matured=0, **SURE)
    assert prudent_kelly(weighed(unmeasured), unmeasured) == 0.0
    assert not gates(unmeasured)["kelly"].passed


def test_kelly_grows_with_the_forecasts_that_back_it_and_stays_below_the_full_figure() -> None:
    figures = [
        prudent_kelly(weighed(given), given) for n in (10, 100, 10_000) if (given := forecast(matured=n, **SURE))
    ]
    assert figures == sorted(figures)
    breakeven = weighed(forecast(**SURE))
    full = breakeven.expected - (1 - breakeven.expected) / ((0.004 - 0.0014) / (0.002 + 0.0014))
    assert 0 < figures[0] < figures[-1] < full


def test_the_kelly_gate_says_what_its_share_of_kelly_can_do_to_an_account() -> None:
    reason = gates(forecast(**SURE))["kelly"].reason
    assert "over the time of 500 such trades" in reason
    assert reason.endswith("an account is ever halved with a probability of 0.8%")


def test_a_target_below_its_costs_cannot_win() -> None:
    near = Protection(stop_distance=0.2, target_distance=0.1)
    given = forecast(0.001, 0.002)
    breakeven = weigh(signal(given), PositionSide.LONG, near, COSTS)
    (*_, kelly) = read_gates(breakeven, given, prudent_kelly(breakeven, given), 0.25, ALL_ON)
    assert breakeven.needed > 1
    assert kelly.reason == "Kelly risks nothing: the target does not even pay the costs"


def test_without_a_forecast_the_gates_are_shut_and_say_so() -> None:
    found = gates(None)
    assert not any(gate.passed for gate in found.values())
    assert all(math.isnan(gate.value) for gate in found.values())
    assert {gate.reason for gate in found.values()} == {
        "there is no forecast of this stop and target",
        "there is no forecast yet",
    }


def test_a_gate_that_is_off_shows_the_same_figures() -> None:
    for given in (forecast(), forecast(**SURE)):
        on, off = gates(given), gates(given, switches=GateSwitches())
        assert [(g.value, g.passed, g.reason) for g in on.values()] == [
            (g.value, g.passed, g.reason) for g in off.values()
        ]
        assert all(gate.enabled for gate in on.values())
        assert not any(gate.enabled for gate in off.values())
