"""Money at the practice exchange: wallet, statement, leverage, funding, liquidation."""

import pytest

from sigma_engine.practice.nouns import FundingFault, Hold, MarginMode, Refusal
from sigma_engine.practice.positions import is_exhausted, liquidation_price
from tests.engine.practice.stand import BTC, ETH, HOUR_MS, START_MS, Stand, listing, parts

FREE = listing(maker_rate=0, taker_rate=0)
CENT = parts("0.01")


def rounded(price: int) -> int:
    """A price to the cent, in cents."""
    return (price + CENT // 2) // CENT


def test_the_statement_names_everything_that_moved_the_wallet() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.move("71000")
    stand.sell("0.01")
    assert stand.bills() == [
        ("transfer_in", parts("10000")),
        ("order_fill_fee_income", -parts("0.56")),
        ("position_close_long", parts("10")),
        ("order_fill_fee_income", -parts("0.568")),
    ]
    assert [bill.balance for bill in stand.exchange.bills(limit=1)] == [stand.exchange.wallet().total]


def test_an_isolated_position_binds_its_value_over_the_leverage() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.exchange.set_leverage(BTC, 20)
    assert (stand.position().margin, stand.exchange.wallet().available) == (parts("35"), parts("9964.44"))
    stand.exchange.set_leverage(BTC, 1)
    assert stand.position().margin == parts("700")


def test_a_leverage_the_wallet_cannot_carry_is_refused_and_nothing_changes() -> None:
    stand = Stand(deposit="100")
    stand.buy("0.01")
    with pytest.raises(Refusal, match="amount not enough"):
        stand.exchange.set_leverage(BTC, 5)
    assert (stand.exchange.leverage(BTC), stand.position().leverage) == (10, 10)


def test_a_leverage_at_which_the_position_would_be_liquidated_at_once_is_refused() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.move("68500")
    with pytest.raises(Refusal, match="amount not enough"):
        stand.exchange.set_leverage(BTC, 40)
    assert stand.position().leverage == 10


def test_margin_is_added_and_what_is_not_needed_taken_back() -> None:
    stand = Stand()
    stand.buy("0.01")
    before = stand.position()
    stand.exchange.move_margin(before.position_id, parts("30"))
    assert stand.position().margin == parts("100")
    assert stand.position().liquidation_price < before.liquidation_price
    with pytest.raises(Refusal, match="amount not enough"):
        stand.exchange.move_margin(before.position_id, -parts("30.00000001"))
    stand.exchange.move_margin(before.position_id, -parts("30"))
    assert stand.position() == before


def test_a_deposit_can_be_taken_out_as_far_as_it_is_free() -> None:
    stand = Stand(deposit="100", listings=(FREE,))
    stand.buy("0.01")
    with pytest.raises(Refusal, match="amount not enough"):
        stand.exchange.deposit(-parts("30.1"))
    stand.exchange.deposit(-parts("30"))
    assert stand.exchange.wallet().available == 0


# Liquidation: reliability's figures for an entry at 70,000, 0.01, ten times, 0.5 %


@pytest.mark.parametrize(
    ("hold", "rate", "margin", "expected"),
    [
        (Hold.LONG, "0.005", "70", "63316.58"),
        (Hold.SHORT, "0.005", "70", "76616.92"),
        (Hold.LONG, "0.0058", "70", "63367.53"),
        (Hold.SHORT, "0.0058", "70", "76555.98"),
        (Hold.LONG, "0.005", "69.3", "63386.93"),
    ],
)
def test_liquidation_prices_known_from_outside(hold: Hold, rate: str, margin: str, expected: str) -> None:
    price = liquidation_price(hold, parts("0.01"), parts("700"), parts(margin), parts(rate))
    assert rounded(price) == rounded(parts(expected))


def test_the_exchange_shows_those_prices_and_acts_on_them() -> None:
    long, short = Stand(), Stand()
    long.buy("0.01")
    short.short("0.01")
    assert rounded(long.position().liquidation_price) == rounded(parts("63316.58"))
    assert rounded(short.position(Hold.SHORT).liquidation_price) == rounded(parts("76616.92"))
    long.move("63316.6")
    short.move("76616.9")
    assert len(long.exchange.positions()) == len(short.exchange.positions()) == 1
    long.move("63316.5")
    short.move("76617.0")
    assert long.exchange.positions() == short.exchange.positions() == []


def test_the_margin_rate_of_the_venues_own_example() -> None:
    """WEEX: an equity of 1,050 on a value of 6,000 is a margin rate of 17.5 %."""
    assert is_exhausted(parts("1050"), parts("6000"), parts("0.175"))
    assert not is_exhausted(parts("1050"), parts("6000"), parts("0.17499999"))


@pytest.mark.parametrize("price", ["63316.5", "63000", "62999", "50000"])
def test_a_liquidation_costs_the_margin_no_more_and_no_less(price: str) -> None:
    stand = Stand(listings=(FREE,))
    stand.buy("0.01")
    stand.move(price)
    assert stand.exchange.wallet().total == parts("10000") - parts("70")
    kinds = [kind for kind, _ in stand.bills()]
    assert kinds[1] == "start_liquidate"
    assert kinds[-1] == "finish_liquidate"
    fill = stand.fills()[-1]
    assert fill.liquidation
    assert fill.realised - fill.liquidation_fee == -parts("70")
    assert fill.realised >= -parts("70")
    assert fill.liquidation_fee >= 0


def test_a_liquidation_leaves_the_positions_triggers_and_the_other_side() -> None:
    stand = Stand()
    stand.buy("0.01", target="80000")
    stand.short("0.01")
    stand.move("63000")
    assert [position.hold for position in stand.exchange.positions()] == [Hold.SHORT]
    assert len(stand.exchange.open_orders(waiting=True)) == 1


def test_the_mark_liquidates_not_the_last_price() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.exchange.diverge(BTC, parts("0.02"))
    stand.move("63300")
    assert stand.position().size
    stand.exchange.diverge(BTC, 0)
    assert stand.exchange.positions() == []


def test_a_gap_through_stop_and_liquidation_is_a_liquidation() -> None:
    stand = Stand()
    stand.buy("0.01", stop="65000")
    (stop,) = stand.exchange.open_orders(waiting=True)
    stand.move("62000")
    assert [fill.liquidation for fill in stand.fills()] == [False, True]
    assert stand.order(stop).reason == "there is no position to close"


def test_crossed_positions_fall_together_and_take_no_more_than_there_is() -> None:
    stand = Stand(deposit="100", mode=MarginMode.CROSSED, leverage=100, listings=(listing(), listing(ETH)))
    stand.move("3500", symbol=ETH)
    stand.buy("0.05")
    stand.buy("0.1", symbol=ETH)
    resting = stand.buy("0.01", "3480", symbol=ETH)
    stand.move("67000")
    assert stand.exchange.positions() == []
    assert stand.exchange.wallet().total == 0
    assert stand.order(resting).reason == "the account is liquidated"


def test_the_liquidation_price_of_a_crossed_position_counts_the_others_with() -> None:
    stand = Stand(deposit="200", mode=MarginMode.CROSSED, leverage=100, listings=(listing(), listing(ETH)))
    stand.move("3500", symbol=ETH)
    stand.buy("0.05")
    stand.buy("0.1", symbol=ETH)
    stand.move("3400", symbol=ETH)
    price, tick = stand.position().liquidation_price, parts("0.1")
    last_alive = price - price % tick + tick
    stand.exchange.move(BTC, last_alive)
    assert len(stand.exchange.positions()) == 2
    stand.exchange.move(BTC, last_alive - tick)
    assert stand.exchange.positions() == []


def test_a_share_is_closed_by_force_and_costs_its_share_of_the_margin() -> None:
    stand = Stand(listings=(FREE,))
    stand.buy("0.04")
    stand.exchange.liquidate(BTC, parts("0.25"))
    assert (stand.position().size, stand.position().margin) == (parts("0.03"), parts("210"))
    assert stand.exchange.wallet().total == parts("9930")


def test_deleveraging_closes_at_the_mark_without_costs() -> None:
    stand = Stand(listings=(FREE,))
    stand.buy("0.04")
    stand.move("71000")
    stand.exchange.liquidate(BTC, parts("1"), deleveraging=True)
    assert stand.exchange.positions() == []
    assert stand.exchange.wallet().total == parts("10040")
    assert "start_liquidate" not in dict(stand.bills())


# Funding


def funded(rate: str = "0.001", *, quantity: str = "0.01", **options: object) -> Stand:
    stand = Stand(listings=(FREE,), **options)  # type: ignore[arg-type]
    stand.buy(quantity)
    stand.exchange.set_funding_rate(BTC, parts(rate))
    return stand


def funding(stand: Stand) -> list[tuple[int, int]]:
    """Hours since the start and amounts of what was paid."""
    bills = stand.exchange.bills("position_funding")[::-1]
    return [((bill.at_ms - START_MS) // HOUR_MS, bill.amount) for bill in bills]


def test_longs_pay_shorts_at_the_stamps_and_it_moves_the_liquidation_price() -> None:
    stand = funded()
    stand.short("0.02")
    assert stand.exchange.next_funding_ms(BTC) == START_MS + 8 * HOUR_MS
    stand.wait(8 * HOUR_MS - 2)
    assert funding(stand) == []
    stand.wait(1)
    assert funding(stand) == [(8, -parts("0.7")), (8, parts("1.4"))]
    assert (stand.position().funding, stand.position().margin) == (-parts("0.7"), parts("69.3"))
    assert rounded(stand.position().liquidation_price) == rounded(parts("63386.93"))


def test_stamps_that_were_slept_through_are_booked_each_at_its_own_instant() -> None:
    stand = funded()
    stand.wait(30 * HOUR_MS)
    assert [hours for hours, _ in funding(stand)] == [8, 16, 24]
    assert [stamp.at_ms for stamp in stand.exchange.funding_stamps(BTC)][::-1] == [
        START_MS + hours * HOUR_MS for hours in (8, 16, 24)
    ]


def test_a_fill_at_the_stamp_comes_after_it() -> None:
    stand = funded("0.001", quantity="0.01")
    stand.now_ms = START_MS + 8 * HOUR_MS
    stand.buy("0.01")
    assert funding(stand) == [(8, -parts("0.7"))]


def test_funding_takes_of_an_isolated_margin_only_what_is_above_maintenance() -> None:
    stand = funded("0.2")
    stand.wait(8 * HOUR_MS)
    assert funding(stand) == [(8, -parts("66.5"))]
    assert stand.exchange.positions() == [], "what is left of the margin is just what liquidates"
    assert stand.fills()[-1].at_ms == START_MS + 8 * HOUR_MS


def test_funding_that_is_missed_doubled_or_capped() -> None:
    stand = funded()
    stand.exchange.knobs.funding_faults = [FundingFault.MISSED, None, FundingFault.TWICE, FundingFault.CAPPED]
    stand.wait(33 * HOUR_MS)
    assert funding(stand) == [
        (16, -parts("0.7")),
        (24, -parts("0.7")),
        (24, -parts("0.7")),
        (32, -parts("0.35")),
    ]
