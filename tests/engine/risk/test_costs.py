"""What a round trip costs: each part says how big it is and where the figure is from."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigma_engine.domain.decision import CostPart
from sigma_engine.domain.order import Fill, Leg, OrderSide, PositionSide
from sigma_engine.risk.costs import ENOUGH_FILLS, FUNDING_MS, Costs, Slippage, expected_costs, funding_stamps

HOUR = 3_600_000
MIDNIGHT = 1_750_032_000_000


def fill(slippage: str, price: str = "100", quantity: str = "1") -> Fill:
    return Fill(
        client_id="sg",
        symbol="BTC/USDT:USDT",
        leg=Leg.ENTRY,
        side=OrderSide.BUY,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal(0),
        slippage=Decimal(slippage),
        at_ms=0,
    )


def measured(count: int, slippage: str = "0.03") -> Slippage:
    slip = Slippage()
    for _ in range(count):
        slip = slip.after(fill(slippage))
    return slip


ASSUMED, NOTHING_MEASURED = Costs(), Slippage()


def parts(
    costs: Costs = ASSUMED,
    slippage: Slippage = NOTHING_MEASURED,
    rate: float | None = None,
    side: PositionSide = PositionSide.LONG,
    stamps: int = 0,
) -> dict[str, CostPart]:
    return {part.name: part for part in expected_costs(costs, slippage, rate, side, stamps)}


def test_the_default_round_trip_is_two_fees_and_two_slippages() -> None:
    assert sum(part.fraction for part in parts().values()) == pytest.approx(0.0018)
    assert Costs().round_trip == pytest.approx(0.0018)


def test_the_spread_is_crossed_once_a_round_trip() -> None:
    wide = Costs(spread_fraction=0.0004)
    assert wide.round_trip == pytest.approx(0.0022)
    assert parts(wide)["spread"] == CostPart("spread", 0.0004, "assumed")


def test_slippage_is_assumed_until_enough_own_fills_are_measured_and_says_so() -> None:
    few = parts(slippage=measured(ENOUGH_FILLS - 1))["slippage"]
    assert few.fraction == pytest.approx(0.0002)
    assert few.source == "assumed until 30 fills are measured, 29 so far"
    enough = parts(slippage=measured(57))["slippage"]
    assert enough.fraction == pytest.approx(0.0006)
    assert enough.source == "measured over 57 fills"


def test_measured_slippage_holds_half_the_spread_which_is_not_counted_twice() -> None:
    given_parts = parts(Costs(spread_fraction=0.0004), measured(40))
    assert given_parts["slippage"].fraction == pytest.approx(0.0002)
    assert given_parts["slippage"].fraction + given_parts["spread"].fraction == pytest.approx(0.0006)


def test_a_big_fill_weighs_more_than_a_small_one() -> None:
    slip = Slippage().after(fill("0.01")).after(fill("0.9", quantity="9"))
    assert slip.fraction == pytest.approx(0.91 / 1000)


@pytest.mark.parametrize(
    ("from_ms", "for_ms", "stamps"),
    [
        (MIDNIGHT, HOUR, 1),  # an entry at the stamp pays it
        (MIDNIGHT + 1, 8 * HOUR - 1, 0),  # a stamp at the very end is not reached
        (MIDNIGHT + 1, 8 * HOUR, 1),
        (MIDNIGHT + 7 * HOUR, 2 * HOUR, 1),
        (MIDNIGHT + HOUR, 24 * HOUR, 3),
        (MIDNIGHT, 0, 0),
    ],
)
def test_funding_stamps_are_those_from_the_entry_up_to_the_end(from_ms: int, for_ms: int, stamps: int) -> None:
    assert funding_stamps(from_ms, for_ms) == stamps


@given(from_ms=st.integers(0, 10**13), for_ms=st.integers(0, 30 * 24 * HOUR))
def test_funding_stamps_are_counted_as_one_would_by_hand(from_ms: int, for_ms: int) -> None:
    first = from_ms // FUNDING_MS * FUNDING_MS
    by_hand = sum(from_ms <= stamp < from_ms + for_ms for stamp in range(first, from_ms + for_ms + 1, FUNDING_MS))
    assert funding_stamps(from_ms, for_ms) == by_hand


def test_funding_to_pay_is_rate_times_stamps_and_funding_to_receive_is_not_counted_on() -> None:
    paid = parts(rate=0.0001, stamps=3)["funding"]
    assert paid.fraction == pytest.approx(0.0003)
    assert paid.source == "3 payments of funding ahead at the last rate of 0.0100%"
    received = parts(rate=0.0001, side=PositionSide.SHORT, stamps=3)["funding"]
    assert (received.fraction, received.source) == (
        0.0,
        "3 payments of funding ahead would be received: not counted on",
    )


def test_an_unknown_funding_rate_costs_nothing_and_is_said() -> None:
    unknown = parts()["funding"]
    assert unknown.fraction == 0.0
    assert unknown.source == "0 payments of funding ahead, the rate is unknown: counted as nothing"


def test_the_measure_is_a_sum_of_floats_in_the_order_the_fills_came() -> None:
    slip = Slippage().after(fill("0.1", "100.1", "0.3")).after(fill("0.2", "99.7", "0.7"))
    assert (slip.fills, slip.cost, slip.value) == (2, 0.1 + 0.2, 100.1 * 0.3 + 99.7 * 0.7)
    assert slip.fraction == slip.cost / slip.value


def test_the_range_of_the_market_adds_its_share_to_the_fixed_slippage() -> None:
    costs = Costs(slippage_fraction=0.001, slippage_range_share=0.1, spread_fraction=0.0004)
    assert costs.at(0.03).adverse_fraction == pytest.approx(0.001 + 0.1 * 0.03 + 0.0002)
    assert costs.at(0.03).at(0.03) == costs.at(0.03), "it is added once"


@pytest.mark.parametrize("range_fraction", [float("nan"), 0.0, -0.01])
def test_an_unknown_range_adds_nothing(range_fraction: float) -> None:
    costs = Costs(slippage_range_share=0.1)
    assert costs.at(range_fraction) is costs


def test_without_a_share_the_range_changes_nothing() -> None:
    costs = Costs()
    assert costs.at(0.5) is costs
