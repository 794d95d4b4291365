"""Stops, targets and entry triggers at the practice exchange."""

from dataclasses import replace

import pytest

from sigma_engine.practice.nouns import Hold, Kind, Order, Side, Status, Watched
from tests.engine.practice.stand import BTC, Stand, parts


def waiting(stand: Stand) -> list[tuple[Kind, int, int]]:
    """Kind, trigger and quantity of what waits."""
    orders = stand.exchange.open_orders(waiting=True)
    return [(each.ticket.kind, each.ticket.trigger or 0, each.ticket.quantity) for each in orders]


def child(stand: Stand, trigger: Order) -> Order:
    """What a fired trigger became."""
    return stand.exchange.order(stand.order(trigger).executed_as)


def test_an_entry_brings_its_stop_and_target_the_moment_it_executes() -> None:
    stand = Stand()
    entry = stand.buy("0.01", "69900", stop="69000", target="71000")
    assert waiting(stand) == []
    stand.move("69900")
    assert waiting(stand) == [
        (Kind.STOP_MARKET, parts("69000"), parts("0.01")),
        (Kind.TAKE_PROFIT_MARKET, parts("71000"), parts("0.01")),
    ]
    for order in stand.exchange.open_orders(waiting=True):
        assert (order.status, order.ticket.reduces, order.ticket.side, order.ticket.hold, order.source_id) == (
            Status.UNTRIGGERED,
            True,
            Side.SELL,
            Hold.LONG,
            entry.order_id,
        )


def test_an_entry_that_never_executes_leaves_no_stop() -> None:
    stand = Stand()
    entry = stand.buy("0.01", "69900", stop="69000")
    stand.exchange.cancel(entry.order_id)
    stand.move("69000")
    assert [order.order_id for order in stand.exchange.ended_orders()] == [entry.order_id]
    assert waiting(stand) == []


def test_attached_stops_grow_with_a_partly_executed_entry_and_cover_exactly_that() -> None:
    stand = Stand()
    entry = stand.buy("0.03", "69900", stop="69000")
    stand.move("69900", "0.01")
    assert waiting(stand) == [(Kind.STOP_MARKET, parts("69000"), parts("0.01"))]
    stand.move("69900", "0.01")
    assert waiting(stand) == [(Kind.STOP_MARKET, parts("69000"), parts("0.02"))]
    stand.exchange.cancel(entry.order_id)
    assert waiting(stand) == [(Kind.STOP_MARKET, parts("69000"), parts("0.02"))]


def test_a_stop_that_fired_amid_an_entry_is_followed_by_one_for_what_came_later() -> None:
    stand = Stand()
    stand.buy("0.02", "69900", stop="69000")
    stand.move("69900", "0.01")
    stand.move("69000", "0.001")
    assert stand.exchange.positions() == []
    stand.move("69500")
    assert waiting(stand) == [(Kind.STOP_MARKET, parts("69000"), parts("0.009"))]
    assert stand.position().size == parts("0.009")


def test_an_entry_that_ends_after_its_stop_was_cancelled_brings_no_further_one() -> None:
    stand = Stand()
    entry = stand.buy("0.02", "69900", stop="69000")
    stand.move("69900", "0.01")
    (stop,) = stand.exchange.cancel_all(waiting=True)
    stand.exchange.cancel(entry.order_id)
    assert stand.order(stop).status is stand.order(entry).status is Status.CANCELED
    assert waiting(stand) == []
    assert len(stand.exchange.ended_orders()) == 2


def test_a_stop_executes_at_the_market_it_meets_not_at_its_price() -> None:
    stand = Stand()
    stand.buy("0.01", stop="69000")
    (stop,) = stand.exchange.open_orders(waiting=True)
    stand.move("69000.1")
    assert stand.order(stop).status is Status.UNTRIGGERED
    stand.move("68500")
    fired = stand.order(stop)
    assert (fired.status, fired.triggered_ms, fired.filled) == (Status.TRIGGERED, stand.now_ms, 0)
    executed = child(stand, stop)
    assert (executed.status, executed.latest_price, executed.source_id) == (
        Status.FILLED,
        parts("68500"),
        stop.order_id,
    )
    assert executed.ticket.kind is Kind.MARKET
    assert stand.exchange.positions() == []


@pytest.mark.parametrize(
    ("hold", "kind", "trigger", "quiet", "acting"),
    [
        (Hold.LONG, Kind.STOP_MARKET, "69500", "69500.1", "69500"),
        (Hold.LONG, Kind.TAKE_PROFIT_MARKET, "70500", "70499.9", "70500"),
        (Hold.SHORT, Kind.STOP_MARKET, "70500", "70499.9", "70500"),
        (Hold.SHORT, Kind.TAKE_PROFIT_MARKET, "69500", "69500.1", "69500"),
    ],
)
def test_which_way_a_closing_trigger_looks(hold: Hold, kind: Kind, trigger: str, quiet: str, acting: str) -> None:
    stand = Stand()
    open_, close = (stand.buy, stand.sell) if hold is Hold.LONG else (stand.short, stand.cover)
    open_("0.01")
    order = close("0.01", kind=kind, trigger=trigger, reduces=True)
    stand.move(quiet)
    assert stand.order(order).status is Status.UNTRIGGERED
    stand.move(acting)
    assert stand.order(order).status is Status.TRIGGERED
    assert stand.exchange.positions() == []


@pytest.mark.parametrize(("trigger", "passing", "acting"), [("70500", "69000", "70500"), ("69500", "71000", "69500")])
def test_an_entry_trigger_looks_the_way_the_price_has_to_go(trigger: str, passing: str, acting: str) -> None:
    stand = Stand()
    order = stand.buy("0.01", kind=Kind.STOP_MARKET, trigger=trigger, stop="60000")
    stand.move(passing)
    assert stand.order(order).status is Status.UNTRIGGERED
    stand.move(acting)
    assert stand.position().size == parts("0.01")
    assert waiting(stand) == [(Kind.STOP_MARKET, parts("60000"), parts("0.01"))]


def test_an_entry_trigger_without_the_margin_is_rejected_when_it_fires() -> None:
    stand = Stand(deposit="100")
    order = stand.buy("0.1", kind=Kind.STOP_MARKET, trigger="70500")
    stand.move("70500")
    assert (stand.order(order).status, stand.order(order).reason) == (Status.REJECTED, "amount not enough")


def test_a_stop_by_the_mark_does_not_see_the_last_price() -> None:
    stand = Stand()
    stand.buy("0.02")
    by_mark, by_last = stand.stop("69000", trigger_by=Watched.MARK), stand.stop("69000")
    stand.exchange.diverge(BTC, parts("0.02"))
    stand.move("69000")
    assert (stand.order(by_mark).status, stand.order(by_last).status) == (Status.UNTRIGGERED, Status.TRIGGERED)
    stand.exchange.diverge(BTC, 0)
    assert stand.order(by_mark).status is Status.TRIGGERED


def test_a_limit_trigger_becomes_a_limit_that_may_rest() -> None:
    stand = Stand()
    stand.buy("0.01")
    order = stand.sell("0.01", "69200", kind=Kind.STOP, trigger="69000")
    stand.move("69000")
    resting = child(stand, order)
    assert (resting.status, resting.ticket.kind) == (Status.NEW, Kind.LIMIT)
    stand.move("69200")
    assert stand.order(resting).status is Status.FILLED


def test_a_fired_stop_is_trimmed_to_what_is_left() -> None:
    stand = Stand()
    stand.buy("0.03")
    stop = stand.stop("69000", "0.03")
    stand.sell("0.02")
    stand.move("69000")
    assert child(stand, stop).ticket.quantity == parts("0.01")


def test_triggers_outlive_their_position_and_are_cancelled_when_they_fire() -> None:
    stand = Stand()
    stand.buy("0.01")
    stop = stand.stop("69000")
    stand.sell("0.01")
    assert stand.order(stop).status is Status.UNTRIGGERED
    stand.move("69000")
    assert (stand.order(stop).status, stand.order(stop).executed_as) == (Status.CANCELED, 0)


def test_an_exchange_that_sweeps_takes_the_triggers_with_the_position() -> None:
    stand = Stand()
    stand.exchange.knobs.sweeps = True
    stand.buy("0.01", stop="69000")
    stand.short("0.01", stop="71000")
    stand.sell("0.01")
    assert waiting(stand) == [(Kind.STOP_MARKET, parts("71000"), parts("0.01"))]


def test_two_stops_of_one_position_close_it_once() -> None:
    stand = Stand()
    stand.buy("0.01")
    stops = [stand.stop("69000"), stand.stop("69100")]
    stand.move("68000")
    assert [stand.order(each).status for each in stops] == [Status.TRIGGERED, Status.CANCELED]
    assert sum(fill.quantity for fill in stand.fills()) == parts("0.02")


def test_what_a_trigger_became_carries_its_client_id() -> None:
    stand = Stand()
    stand.buy("0.01")
    stop = stand.stop("69000", client_id="my-stop")
    stand.move("69000")
    assert stand.fills()[-1].client_id == "my-stop"
    assert replace(child(stand, stop).ticket, kind=Kind.STOP_MARKET, trigger=parts("69000")) == stop.ticket
