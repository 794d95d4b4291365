"""Orders at the practice exchange: how they execute, rest, close and end."""

import pytest

from sigma_engine.practice.nouns import DuplicateIds, Hold, MarginMode, Oversize, Refusal, Status, TimeInForce
from sigma_engine.practice.refusals import DUPLICATE, NO_ORDER
from tests.engine.practice.stand import BTC, ETH, Stand, listing, parts


def test_a_market_order_takes_the_other_side_of_the_quote() -> None:
    stand = Stand(half_spread="0.0001")
    quote = stand.exchange.quote(BTC)
    bought, sold = stand.buy(), stand.short()
    assert (quote.bid, quote.last, quote.ask) == (parts("69993"), parts("70000"), parts("70007"))
    assert (bought.latest_price, sold.latest_price) == (quote.ask, quote.bid)
    assert bought.status is sold.status is Status.FILLED


def test_fees_are_of_the_executed_value_taker_or_maker() -> None:
    stand = Stand()
    taker, maker = stand.buy("0.01"), stand.buy("0.01", "69900")
    stand.move("69900")
    assert taker.fee == parts("0.56")
    assert stand.order(maker).fee == parts("0.1398")
    assert stand.exchange.wallet().total == parts("10000") - parts("0.6998")


def test_a_limit_that_would_take_executes_at_the_better_price_of_the_quote() -> None:
    order = Stand().buy("0.01", "70100")
    assert (order.status, order.latest_price) == (Status.FILLED, parts("70000"))


def test_a_limit_rests_until_the_market_comes_to_it_and_then_gets_its_own_price() -> None:
    stand = Stand(half_spread="0.0001")
    order = stand.buy("0.01", "69900")
    stand.move("69900")
    assert stand.order(order).status is Status.NEW, "the ask is still above it"
    stand.move("69800")
    assert (stand.order(order).status, stand.order(order).latest_price) == (Status.FILLED, parts("69900"))
    assert stand.fills()[-1].maker


def test_a_trade_of_little_quantity_fills_the_best_limit_first_and_no_more() -> None:
    stand = Stand()
    worse, better = stand.buy("0.01", "69800"), stand.buy("0.01", "69900")
    stand.move("69800", "0.0150")
    assert stand.order(better).status is Status.FILLED
    assert (stand.order(worse).status, stand.order(worse).filled) == (Status.PARTIALLY_FILLED, parts("0.0050"))


@pytest.mark.parametrize(
    ("rule", "price", "status", "filled"),
    [
        (TimeInForce.IOC, "69900", Status.CANCELED, "0"),
        (TimeInForce.IOC, "70000", Status.FILLED, "0.01"),
        (TimeInForce.FOK, "69900", Status.CANCELED, "0"),
        (TimeInForce.FOK, "70000", Status.FILLED, "0.01"),
        (TimeInForce.POST_ONLY, "69900", Status.NEW, "0"),
        (TimeInForce.POST_ONLY, "70000", Status.CANCELED, "0"),
        (TimeInForce.GTC, "69900", Status.NEW, "0"),
    ],
)
def test_how_long_a_limit_lasts(rule: TimeInForce, price: str, status: Status, filled: str) -> None:
    order = Stand().buy("0.01", price, time_in_force=rule)
    assert (order.status, order.filled) == (status, parts(filled))


def test_fills_of_one_side_merge_into_one_position_with_the_average_entry() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.move("73000")
    stand.buy("0.02")
    position = stand.position()
    assert (position.size, position.open_value) == (parts("0.03"), parts("2160"))
    assert position.open_value * parts(1) // position.size == parts("72000")


def test_long_and_short_of_a_symbol_stand_side_by_side() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.short("0.02")
    stand.sell("0.01")
    assert [(each.hold, each.size) for each in stand.exchange.positions()] == [(Hold.SHORT, parts("0.02"))]


def test_closing_realises_the_profit_and_leaves_the_entry_of_the_rest() -> None:
    stand = Stand()
    stand.buy("0.03")
    stand.move("71000")
    order = stand.sell("0.01")
    assert (order.realised, order.fee) == (parts("10"), parts("0.568"))
    assert stand.position().open_value == parts("1400")
    stand.sell("0.02")
    assert stand.exchange.positions() == []
    assert stand.exchange.wallet().total == parts("10030") - parts("1.68") - parts("1.704")


def test_a_short_earns_when_the_price_falls() -> None:
    stand = Stand()
    stand.short("0.01")
    stand.move("69000")
    assert stand.position(Hold.SHORT).unrealised == parts("10")
    assert stand.cover("0.01").realised == parts("10")


def test_separated_positions_are_one_per_order_and_close_from_the_oldest() -> None:
    stand = Stand()
    stand.exchange.set_separated(BTC, True)
    first, second = stand.buy("0.01"), stand.buy("0.02")
    assert [each.open_order_id for each in stand.exchange.positions()] == [first.order_id, second.order_id]
    stand.sell("0.0150")
    assert [(each.open_order_id, each.size) for each in stand.exchange.positions()] == [
        (second.order_id, parts("0.0150"))
    ]


def test_a_close_over_two_separated_positions_is_one_execution_shared_between_them() -> None:
    stand = Stand()
    stand.exchange.set_separated(BTC, True)
    stand.buy("0.01")
    stand.move("71000")
    stand.buy("0.02")
    stand.move("72000")
    order = stand.sell("0.025")
    assert (order.realised, order.fee) == (parts("35"), parts("1.44"))
    (left,) = stand.exchange.positions()
    assert (left.size, left.total_close_value, left.total_close_fee) == (
        parts("0.005"),
        parts("1080"),
        parts("0.864"),
    )


def test_closing_more_than_is_held_is_trimmed_or_refused() -> None:
    trims, rejects = Stand(), Stand(oversize=Oversize.REJECT)
    trims.buy("0.01")
    rejects.buy("0.01")
    order = trims.sell("0.02")
    assert (order.status, order.ticket.quantity) == (Status.FILLED, parts("0.01"))
    with pytest.raises(Refusal, match="exceeds the position"):
        rejects.sell("0.02")


def test_a_resting_close_without_its_position_is_cancelled_when_it_is_met() -> None:
    stand = Stand()
    stand.buy("0.01")
    resting = stand.sell("0.01", "70500")
    stand.sell("0.01")
    assert stand.order(resting).status is Status.NEW
    stand.move("70500")
    assert (stand.order(resting).status, stand.order(resting).filled) == (Status.CANCELED, 0)


def test_a_resting_close_larger_than_what_is_left_ends_partly_filled() -> None:
    stand = Stand()
    stand.buy("0.02")
    resting = stand.sell("0.02", "70500")
    stand.sell("0.01")
    stand.move("70500")
    assert (stand.order(resting).status, stand.order(resting).filled) == (Status.CANCELED, parts("0.01"))


def test_cancelling_by_number_and_by_client_id() -> None:
    stand = Stand()
    one, other = stand.buy("0.01", "69900"), stand.buy("0.01", "69900", client_id="mine")
    assert stand.exchange.cancel(order_id=one.order_id).status is Status.CANCELED
    assert stand.exchange.cancel(client_id="mine").order_id == other.order_id
    with pytest.raises(Refusal) as again:
        stand.exchange.cancel(client_id="mine")
    assert again.value.code == NO_ORDER


def test_cancelling_all_leaves_those_that_wait_for_a_trigger_alive() -> None:
    stand = Stand()
    stand.buy("0.01")
    stop, limit = stand.stop("69000"), stand.buy("0.01", "69900")
    assert [order.order_id for order in stand.exchange.cancel_all()] == [limit.order_id]
    assert stand.exchange.open_orders(waiting=True) == [stop]
    assert [order.order_id for order in stand.exchange.cancel_all(BTC, waiting=True)] == [stop.order_id]


def test_a_resting_entry_binds_margin_and_fee_until_it_is_cancelled() -> None:
    stand = Stand()
    order = stand.buy("0.1", "69900")
    assert stand.exchange.wallet().frozen == parts("699") + parts("5.592")
    assert stand.exchange.wallet().available == parts("10000") - parts("704.592")
    stand.exchange.cancel(order.order_id)
    assert stand.exchange.wallet().available == parts("10000")


def test_closing_everything_closes_both_sides_whatever_their_size() -> None:
    stand = Stand()
    stand.move("3000", symbol=ETH)
    stand.buy("0.0003")
    stand.sell("0.0002")
    stand.short("0.02", symbol=ETH)
    assert stand.position().size == parts("0.0001"), "less than the minimum"
    closed = stand.exchange.close_positions()
    assert [position.hold for position, _ in closed] == [Hold.LONG, Hold.SHORT]
    assert stand.exchange.positions() == []


@pytest.mark.parametrize(
    ("habit", "while_open", "afterwards"),
    [
        (DuplicateIds.REJECT, False, False),
        (DuplicateIds.REJECT_WHILE_OPEN, False, True),
        (DuplicateIds.ACCEPT, True, True),
    ],
)
def test_three_habits_with_a_client_id_seen_before(habit: DuplicateIds, while_open: bool, afterwards: bool) -> None:
    stand = Stand(duplicate_ids=habit)
    first = stand.buy("0.01", "69900", client_id="same")

    def again(is_taken: bool) -> None:
        if is_taken:
            stand.exchange.cancel(stand.buy("0.01", "69900", client_id="same").order_id)
            return
        with pytest.raises(Refusal) as refused:
            stand.buy("0.01", "69900", client_id="same")
        assert refused.value.code == DUPLICATE

    again(while_open)
    stand.exchange.cancel(first.order_id)
    again(afterwards)


def test_a_client_id_used_twice_names_the_newest_order_that_is_open() -> None:
    stand = Stand(duplicate_ids=DuplicateIds.ACCEPT)
    older, newer = (stand.buy("0.01", price, client_id="same") for price in ("69900", "69800"))
    assert [stand.exchange.cancel(client_id="same").order_id for _ in range(2)] == [newer.order_id, older.order_id]


def test_an_order_by_hand_carries_a_client_id_of_its_own() -> None:
    stand = Stand()
    order = stand.exchange.manual(stand.ticket(client_id="sigma"))
    assert (order.status, order.ticket.client_id) == (Status.FILLED, "web-1")


def test_numbers_of_orders_are_long_and_rise() -> None:
    stand = Stand(seed=3)
    numbers = [stand.buy().order_id for _ in range(20)]
    assert numbers == sorted(set(numbers))
    assert {len(str(number)) for number in numbers} == {18}


def test_crossed_positions_lend_each_other_margin_isolated_ones_keep_theirs() -> None:
    for mode, available in ((MarginMode.CROSSED, "9200"), (MarginMode.ISOLATED, "9300")):
        stand = Stand(mode=mode, listings=(listing(maker_rate=0, taker_rate=0),))
        stand.buy("0.1")
        stand.move("69000")
        assert stand.exchange.wallet().available == parts(available), mode
