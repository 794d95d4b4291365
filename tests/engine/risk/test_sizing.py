"""The size of a trade: each cap binds when it is the smallest, and says so."""

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.decision import Cap, TradePlan
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.costs import Costs
from sigma_engine.risk.sizing import Caution, Protection, SizingPolicy, Terms, TooSmall, Wish, size_trade
from sigma_engine.safety.limits import Limits

BTC = Arithmetic(practice_instrument("BTC/USDT:USDT", 100_000.0))
POLICY = SizingPolicy(risk_fraction=0.01, leverage=5)
COSTS = Costs(0.0008, 0.0001)
TERMS = Terms(policy=POLICY, limits=Limits(), costs=COSTS, caution=Caution(gap_share=0.0))
BARS_PER_YEAR = 105_120.0


def portfolio(wallet: int = 10_000) -> Portfolio:
    money = Decimal(wallet)
    return Portfolio(at_ms=0, wallet=money, positions=(), initial=money, day_open_equity=money, peak_equity=money)


def sized(
    terms: Terms = TERMS,
    stop: float = 1_000.0,
    wallet: int = 10_000,
    price: float = 100_000.0,
    arithmetic: Arithmetic = BTC,
    **wish: Any,
) -> TradePlan | TooSmall:
    wanted = Wish(
        side=PositionSide.LONG,
        price=price,
        protection=Protection(stop_distance=stop, target_distance=2.5 * stop),
        cost=COSTS.round_trip,
        **{"kelly_fraction": 0.0, "bars_per_year": BARS_PER_YEAR} | wish,
    )
    return size_trade(wanted, portfolio(wallet), terms, arithmetic)


def plan(trade: TradePlan | TooSmall) -> TradePlan:
    assert isinstance(trade, TradePlan), trade
    return trade


def cap(trade: TradePlan | TooSmall, name: str) -> Cap:
    (found,) = [each for each in trade.caps if each.name == name]
    return found


def test_the_risk_per_trade_is_lost_at_the_stop_costs_of_both_sides_included() -> None:
    trade = plan(sized())
    assert trade.binding_cap == "risk per trade"
    assert trade.quantity == Decimal("0.0847")
    assert trade.risk == Decimal("99.946")
    assert trade.risk <= 100


@pytest.mark.parametrize(
    ("terms", "stop", "kelly", "binding"),
    [
        (TERMS, 100.0, 0.0, "position margin"),
        (replace(TERMS, policy=replace(POLICY, risk_fraction=0.5)), 5_000.0, 0.0, "risk cap"),
        (replace(TERMS, policy=replace(POLICY, kelly_gate=True)), 1_000.0, 0.001, "Kelly"),
        (replace(TERMS, policy=replace(POLICY, fixed_notional=500.0)), 1_000.0, 0.0, "position size"),
        (
            replace(TERMS, limits=Limits(max_position_margin_fraction=2.0), policy=replace(POLICY, risk_fraction=0.5)),
            10.0,
            0.0,
            "free margin",
        ),
    ],
)
def test_the_smallest_cap_binds_and_is_named(terms: Terms, stop: float, kelly: float, binding: str) -> None:
    trade = sized(terms, stop, kelly_fraction=kelly)
    assert plan(trade).binding_cap == binding
    assert plan(trade).quantity == min(
        each.quantity for each in trade.caps if each.applied and each.quantity is not None
    )


def test_every_cap_is_kept_with_what_it_allows_and_those_that_do_not_apply_say_why() -> None:
    trade = plan(sized(kelly_fraction=0.001))
    assert [(each.name, each.quantity, each.applied) for each in trade.caps] == [
        ("risk per trade", Decimal("0.0847"), True),
        ("volatility target", None, False),
        ("risk cap", Decimal("0.1694"), True),
        ("Kelly", Decimal("0.0084"), False),
        ("position margin", Decimal("0.125"), True),
        ("free margin", Decimal("0.4878"), True),
        ("book depth", None, False),
    ]
    assert cap(trade, "Kelly").note == "its gate is off"
    assert cap(trade, "book depth").note == "nobody knows the depth of this market's book"
    assert cap(trade, "volatility target").note == "there is no forecast of the volatility yet"


def test_with_its_gate_on_unknown_odds_leave_nothing() -> None:
    trade = sized(replace(TERMS, policy=replace(POLICY, kelly_gate=True)), kelly_fraction=math.nan)
    assert isinstance(trade, TooSmall)
    assert trade.reason == "the Kelly leaves less than the smallest order of 0.0001"


def test_a_gap_behind_the_stop_is_allowed_for() -> None:
    trade = plan(sized(replace(TERMS, caution=Caution(gap_share=0.1))))
    assert trade.quantity == Decimal("0.0781"), "100 USDT over 1,100 + 180"
    assert trade.risk == Decimal("99.968")


def test_a_storm_shrinks_the_trade_in_proportion_and_says_so() -> None:
    """5m sd .0015 is 48.63 % a year; at a target of 40 % the size is .8225 of the risk-sized one (quant.md §4)."""
    careful = replace(TERMS, caution=Caution(volatility_target=0.4, gap_share=0.0))
    trade = plan(sized(careful, sigma=0.0015))
    assert trade.binding_cap == "volatility target"
    assert trade.quantity == Decimal("0.0697"), "100 / 1,180 x .8225, down to the step"
    assert cap(trade, "volatility target").note == "0.82 times the risk: 40% a year aimed at, 49% forecast"


def test_a_calm_market_raises_nothing_unless_the_settings_allow_it() -> None:
    assert plan(sized(sigma=0.0001)).quantity == Decimal("0.0847")
    bold = replace(TERMS, caution=Caution(volatility_cap=1.3, gap_share=0.0))
    trade = plan(sized(bold, sigma=0.0001))
    assert trade.binding_cap == "risk per trade"
    assert trade.quantity == Decimal("0.1101"), "1.3 times as much"
    assert (
        plan(sized(replace(bold, policy=replace(POLICY, risk_fraction=0.02)), sigma=0.0001)).binding_cap
        == "position margin"
    )


def test_a_size_the_strategy_states_is_not_scaled_by_volatility() -> None:
    trade = plan(sized(replace(TERMS, policy=replace(POLICY, fixed_notional=500.0)), sigma=0.01))
    assert trade.quantity == Decimal("0.005")
    assert cap(trade, "volatility target").note == "the strategy states its own size"


def test_margin_reserved_by_entries_on_their_way_is_not_given_away_again() -> None:
    """Free are 10,000 less 9,500; margin and fee of the entry come out of 98 % of it."""
    trade = plan(sized(stop=100.0, reserved=Decimal(9_500)))
    assert trade.binding_cap == "free margin"
    assert trade.quantity == Decimal("0.0243")
    assert float(trade.quantity) * 100_000 * (1 / 5 + 0.0009) <= 0.98 * 500
    assert cap(trade, "free margin").note == "9500.00 USDT reserved by entries on their way"
    assert isinstance(sized(stop=100.0, reserved=Decimal(10_500)), TooSmall)


def test_where_the_depth_of_the_book_is_known_an_order_takes_its_share_of_it_at_most() -> None:
    shallow = Arithmetic(replace(BTC.instrument, depth=Decimal(20_000)))
    trade = plan(sized(arithmetic=shallow))
    assert trade.binding_cap == "book depth"
    assert trade.quantity == Decimal("0.02"), "a tenth of 20,000 USDT"
    assert cap(trade, "book depth").note == "10% of 20,000 USDT"


def test_leverage_is_lowered_until_the_stop_lies_well_before_liquidation() -> None:
    trade = plan(sized(stop=20_000.0))
    assert trade.leverage == 3
    assert 0.2 <= 0.7 * (1 / 3 - 0.005)


def test_an_order_below_the_smallest_is_refused_with_the_cap_that_made_it_so() -> None:
    poor = sized(wallet=10)
    assert isinstance(poor, TooSmall)
    assert poor.reason == "the risk per trade leaves less than the smallest order of 0.0001"
    small = replace(TERMS, policy=replace(POLICY, fixed_notional=4.0))
    cheap = sized(small, 0.1, price=2.0, arithmetic=Arithmetic(practice_instrument("XRP/USDT:USDT", 2.0)))
    assert isinstance(cheap, TooSmall)
    assert cheap.reason == "the position size leaves an order of 4.00 USDT, the smallest is 5"
    assert cap(cheap, "position size").quantity == 2, "what each cap allowed is kept beside the refusal"


@given(wallet=st.integers(100, 1_000_000), stop=st.floats(50.0, 30_000.0), risk=st.floats(0.0005, 0.05))
def test_no_size_ever_risks_or_binds_more_than_allowed(wallet: int, stop: float, risk: float) -> None:
    trade = sized(replace(TERMS, policy=replace(POLICY, risk_fraction=risk)), stop, wallet=wallet)
    if isinstance(trade, TooSmall):
        return
    assert float(trade.risk) <= wallet * min(risk, 0.02) * (1 + 1e-9)
    assert float(trade.quantity) * 100_000 / trade.leverage <= wallet * 0.25 * (1 + 1e-9)
    assert trade.quantity % BTC.instrument.step == 0
