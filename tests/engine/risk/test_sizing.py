"""The size of a trade: each cap binds when it is the smallest, and says so."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.decision import TradePlan
from sigma_engine.domain.instrument import practice_instrument
from sigma_engine.domain.order import PositionSide
from sigma_engine.domain.portfolio import Portfolio
from sigma_engine.risk.arithmetic import Arithmetic
from sigma_engine.risk.costs import Costs
from sigma_engine.risk.sizing import Protection, SizingPolicy, Terms, size_trade
from sigma_engine.safety.limits import Limits

BTC = Arithmetic(practice_instrument("BTC/USDT:USDT", 100_000.0))
POLICY = SizingPolicy(risk_fraction=0.01, leverage=5)
TERMS = Terms(policy=POLICY, limits=Limits(), costs=Costs(0.0008, 0.0001))


def portfolio(wallet: int = 10_000) -> Portfolio:
    money = Decimal(wallet)
    return Portfolio(at_ms=0, wallet=money, positions=(), initial=money, day_open_equity=money, peak_equity=money)


def sized(
    terms: Terms = TERMS, stop: float = 1_000.0, kelly: float = 0.0, wallet: int = 10_000, price: float = 100_000.0
) -> TradePlan | str:
    protection = Protection(stop_distance=stop, target_distance=2.5 * stop)
    return size_trade(PositionSide.LONG, price, protection, kelly, portfolio(wallet), terms, BTC)


def plan(trade: TradePlan | str) -> TradePlan:
    assert isinstance(trade, TradePlan), trade
    return trade


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
    assert plan(sized(terms, stop, kelly)).binding_cap == binding


def test_leverage_is_lowered_until_the_stop_lies_well_before_liquidation() -> None:
    trade = plan(sized(stop=20_000.0))
    assert trade.leverage == 3
    assert 0.2 <= 0.7 * (1 / 3 - 0.005)


def test_an_order_below_the_smallest_is_refused_with_the_cap_that_made_it_so() -> None:
    assert sized(wallet=10) == "the risk per trade leaves less than the smallest order of 0.0001"
    small = replace(TERMS, policy=replace(POLICY, fixed_notional=4.0))
    cheap = size_trade(
        PositionSide.LONG,
        2.0,
        Protection(stop_distance=0.1, target_distance=0.2),
        0.0,
        portfolio(),
        small,
        Arithmetic(practice_instrument("XRP/USDT:USDT", 2.0)),
    )
    assert cheap == "the position size leaves an order of 4.00 USDT, the smallest is 5"


@given(wallet=st.integers(100, 1_000_000), stop=st.floats(50.0, 30_000.0), risk=st.floats(0.0005, 0.05))
def test_no_size_ever_risks_or_binds_more_than_allowed(wallet: int, stop: float, risk: float) -> None:
    trade = sized(replace(TERMS, policy=replace(POLICY, risk_fraction=risk)), stop, wallet=wallet)
    if isinstance(trade, str):
        return
    assert float(trade.risk) <= wallet * min(risk, 0.02) * (1 + 1e-9)
    assert float(trade.quantity) * 100_000 / trade.leverage <= wallet * 0.25 * (1 + 1e-9)
    assert trade.quantity % BTC.instrument.step == 0
