"""What can be set to go wrong at the practice exchange itself."""

import pytest

from sigma_engine.practice.nouns import Kind, Refusal, Side, Status, TimeInForce
from tests.engine.practice.stand import BTC, Stand, parts


def test_an_order_executes_in_parts_over_several_moves() -> None:
    stand = Stand()
    stand.exchange.knobs.partial = (parts("0.3"), parts("0.5"), parts("0.2"))
    order = stand.buy("0.01")
    seen = [(order.status, order.filled)]
    for price in ("70010", "70020", "70030"):
        stand.move(price)
        seen.append((stand.order(order).status, stand.order(order).filled))
    assert seen == [
        (Status.PARTIALLY_FILLED, parts("0.003")),
        (Status.PARTIALLY_FILLED, parts("0.008")),
        (Status.FILLED, parts("0.01")),
        (Status.FILLED, parts("0.01")),
    ]
    assert [fill.price for fill in stand.fills()] == [parts("70000"), parts("70010"), parts("70020")]


@pytest.mark.parametrize(
    ("price", "rule", "status"),
    [
        (None, None, Status.CANCELED),
        ("70000", TimeInForce.IOC, Status.CANCELED),
        ("70000", TimeInForce.GTC, Status.PARTIALLY_FILLED),
        ("70000", TimeInForce.FOK, Status.FILLED),
    ],
)
def test_what_the_parts_leave_over(price: str | None, rule: TimeInForce | None, status: Status) -> None:
    stand = Stand()
    stand.exchange.knobs.partial = (parts("0.4"),)
    order = stand.buy("0.01", price, time_in_force=rule)
    stand.move("69000")
    assert stand.order(order).status is status


def test_a_cancel_may_lose_against_the_market() -> None:
    stand = Stand()
    stand.exchange.knobs.cancel_ms = 3_000
    filled, cancelled = stand.buy("0.01", "69900"), stand.buy("0.01", "69000")
    assert stand.exchange.cancel(filled.order_id).status is Status.CANCELING
    assert stand.exchange.cancel(cancelled.order_id).status is Status.CANCELING
    stand.move("69900")
    stand.wait(1_999)
    assert (stand.order(filled).status, stand.order(cancelled).status) == (Status.FILLED, Status.CANCELING)
    stand.wait(1)
    assert (stand.order(filled).status, stand.order(cancelled).status) == (Status.FILLED, Status.CANCELED)


def test_a_stop_may_fire_while_its_cancel_is_pending() -> None:
    stand = Stand()
    stand.buy("0.01")
    stop = stand.stop("69000")
    stand.exchange.knobs.cancel_ms = 3_000
    stand.exchange.cancel(stop.order_id, waiting=True)
    stand.move("69000")
    stand.wait(5_000)
    assert stand.order(stop).status is Status.TRIGGERED


@pytest.mark.parametrize(
    ("share", "status", "filled"), [("0.3", Status.CANCELED, "0.003"), ("1", Status.FILLED, "0.01")]
)
def test_a_share_executes_just_when_the_cancel_arrives(share: str, status: Status, filled: str) -> None:
    stand = Stand()
    order = stand.buy("0.01", "69900", stop="69000")
    stand.exchange.knobs.fill_on_cancel = parts(share)
    cancelled = stand.exchange.cancel(order.order_id)
    assert (cancelled.status, cancelled.filled) == (status, parts(filled))
    assert [each.ticket.quantity for each in stand.exchange.open_orders(waiting=True)] == [parts(filled)]


def test_orders_that_execute_late_meet_the_price_of_then() -> None:
    stand = Stand()
    stand.exchange.knobs.hold_ms = 2_500
    order = stand.buy("0.01")
    assert (order.status, order.filled) == (Status.NEW, 0)
    stand.move("70100")
    stand.move("70200")
    stand.wait(500)
    assert (stand.order(order).status, stand.order(order).latest_price) == (Status.FILLED, parts("70200"))
    assert stand.fills()[-1].at_ms == order.created_ms + 2_500


def test_a_fired_stop_may_execute_late_and_slip() -> None:
    stand = Stand()
    stand.buy("0.01", stop="69000")
    stand.exchange.knobs.hold_ms, stand.exchange.knobs.slip = 2_000, parts("0.001")
    stand.move("69000")
    assert stand.position().size == parts("0.01")
    stand.wait(2_000)
    assert stand.exchange.positions() == []
    assert stand.fills()[-1].price == parts("68931")


def test_slipping_is_worse_for_either_side() -> None:
    stand = Stand()
    stand.exchange.knobs.slip = parts("0.001")
    stand.short("0.01", stop="71000")
    stand.move("71000")
    assert stand.fills()[-1].price == parts("71071")


def test_a_late_close_whose_position_is_gone_is_cancelled() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.exchange.knobs.hold_ms = 2_000
    late = stand.sell("0.01")
    stand.exchange.knobs.hold_ms = 0
    stand.sell("0.01")
    stand.wait(2_000)
    assert (stand.order(late).status, stand.order(late).reason) == (Status.CANCELED, "there is no position to close")


def test_attached_stops_may_never_appear() -> None:
    stand = Stand()
    stand.exchange.knobs.drop_attached = True
    assert stand.buy("0.01", stop="69000").status is Status.FILLED
    assert stand.exchange.open_orders(waiting=True) == []


def test_attached_stops_may_wait_for_the_whole_entry() -> None:
    stand = Stand()
    stand.exchange.knobs.attach_when_complete = True
    filled, cancelled = stand.buy("0.02", "69900", stop="69000"), stand.buy("0.02", "69800", stop="69000")
    stand.move("69900", "0.01")
    assert stand.exchange.open_orders(waiting=True) == []
    stand.move("69900", "0.01")
    stand.move("69800", "0.01")
    stand.exchange.cancel(cancelled.order_id)
    assert [(each.source_id, each.ticket.quantity) for each in stand.exchange.open_orders(waiting=True)] == [
        (filled.order_id, parts("0.02")),
        (cancelled.order_id, parts("0.01")),
    ]


def test_stops_may_be_refused_while_entries_are_not() -> None:
    stand = Stand()
    stand.exchange.knobs.refuse_stops = True
    stand.buy("0.01")
    with pytest.raises(Refusal, match="not accepted"):
        stand.stop("69000")
    stand.buy("0.01", kind=Kind.STOP_MARKET, trigger="70500")
    stand.sell("0.01")


def test_closing_triggers_may_need_their_position() -> None:
    stand = Stand()
    stand.stop("69000")
    stand.exchange.knobs.forbid_early_triggers = True
    with pytest.raises(Refusal, match="no position"):
        stand.stop("69000")


def test_a_leverage_may_be_acknowledged_and_ignored() -> None:
    stand = Stand()
    stand.exchange.knobs.ignore_leverage = True
    stand.exchange.set_leverage(BTC, 50)
    assert stand.exchange.leverage(BTC) == 10
    stand.buy("0.01")
    assert stand.position().margin == parts("70")


def test_partly_executed_closes_never_exceed_their_position() -> None:
    stand = Stand()
    stand.buy("0.01")
    stand.exchange.knobs.partial = (parts("0.5"), parts("0.5"))
    first, second = stand.sell("0.01"), stand.sell("0.01")
    stand.move("70000")
    stand.move("70000")
    closed = [stand.order(first), stand.order(second)]
    assert sum(order.filled for order in closed) == parts("0.01")
    assert not any(order.status.is_open for order in closed)
    assert {order.ticket.side for order in closed} == {Side.SELL}
