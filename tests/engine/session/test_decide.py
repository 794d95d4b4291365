"""What a decision says when a gate shuts."""

from dataclasses import replace

import pytest

from sigma_engine.domain.calibration import Trust
from sigma_engine.domain.decision import Approved, NoTrade
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


def test_a_wide_market_makes_a_trade_cost_more_by_the_share_of_its_range() -> None:
    desk = Desk()
    (made,) = [fact for fact in desk.play(desk.next) if isinstance(fact, DecisionMade)]
    signal = replace(made.decision.signal, action=Action.BUY)
    terms = desk.trader.mandate.terms
    wide = replace(desk.trader.mandate, terms=replace(terms, costs=replace(terms.costs, slippage_range_share=0.25)))
    situation = Situation(portfolio=desk.trader.book.portfolio())
    arithmetic = desk.trader.book.arithmetic(BTC)
    plain, costly = (decide(signal, situation, mandate, arithmetic) for mandate in (desk.trader.mandate, wide))
    assert plain.breakeven is not None
    assert costly.breakeven is not None
    slip = 2 * 0.25 * signal.atr / signal.price
    assert slip > 0
    assert costly.breakeven.cost == pytest.approx(plain.breakeven.cost + slip)


def test_an_entry_leaves_room_for_the_slippage_of_a_wide_market() -> None:
    """The free margin must hold margin and fee at the price the entry slips to (1/leverage + all costs of a side)."""
    desk = Desk()
    (made,) = [fact for fact in desk.play(desk.next) if isinstance(fact, DecisionMade)]
    signal = replace(made.decision.signal, action=Action.BUY)
    terms = desk.trader.mandate.terms
    costs = replace(terms.costs, slippage_range_share=0.25)
    mandate = replace(
        desk.trader.mandate,
        gates=GateSwitches(),
        terms=replace(terms, costs=costs, policy=replace(terms.policy, leverage=2)),
    )
    portfolio = desk.trader.book.portfolio()
    decision = decide(signal, Situation(portfolio=portfolio), mandate, desk.trader.book.arithmetic(BTC))
    assert isinstance(decision, Approved)
    (free,) = [cap.quantity for cap in decision.plan.caps if cap.name == "free margin"]
    per_unit = signal.price * (1 / 2 + costs.per_side + 0.25 * signal.atr / signal.price)
    assert free is not None
    assert float(free) == pytest.approx(0.98 * float(portfolio.free) / per_unit, rel=1e-3)
