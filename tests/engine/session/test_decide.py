"""What a decision says when a gate shuts."""

from dataclasses import replace

import pytest

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.decision import NoTrade
from sigma_engine.domain.signal import Action
from sigma_engine.events import DecisionMade
from sigma_engine.risk.gates import GateSwitches
from sigma_engine.session.decide import decide
from sigma_engine.session.mandate import Situation
from tests.engine.session.test_trader import BTC, Desk


@pytest.mark.parametrize("gated", [True, False])
def test_miscalibrated_odds_stop_the_entries_of_a_strategy_that_asks_for_them_and_no_others(gated: bool) -> None:
    desk = Desk()
    (made,) = [fact for fact in desk.play(desk.next) if isinstance(fact, DecisionMade)]
    signal = made.decision.signal
    assert signal.forecast is not None
    red = replace(signal, action=Action.BUY, forecast=replace(signal.forecast, trust=Trust.RED))
    mandate = replace(desk.trader.mandate, gates=GateSwitches(probability=gated))
    situation = Situation(portfolio=desk.trader.book.portfolio())
    decision = decide(red, situation, mandate, desk.trader.book.arithmetic(BTC))
    if gated:
        assert isinstance(decision, NoTrade)
        assert decision.reason.startswith("probability gate off: miscalibrated (")
    else:
        assert "miscalibrated" not in decision.reason
        (shown,) = [gate.reason for gate in decision.gates if gate.name == "probability"]
        assert shown.startswith("probability gate off: miscalibrated (")
