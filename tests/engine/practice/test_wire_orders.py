"""Orders over the wire: what ccxt sends, what the exchange makes of it, what ccxt reads back."""

from typing import Any

import pytest
from ccxt.base.errors import (
    ArgumentsRequired,
    BadRequest,
    InsufficientFunds,
    InvalidOrder,
    NotSupported,
    OrderNotFound,
)

from sigma_engine.practice.nouns import Hold, Kind, Side, Status, TimeInForce, Watched
from tests.servers.practice import BTC, ETH, NOW_MS, Practice, on_practice, parts


def test_a_market_order_is_acknowledged_with_its_numbers_only() -> None:
    async def act(stand: Practice) -> None:
        order = await stand.client.create_order(BTC, "market", "buy", 0.02, None, {"clientOrderId": "mine-1"})
        assert (order["clientOrderId"], order["symbol"], order["status"], order["filled"]) == (
            "mine-1",
            BTC,
            None,
            None,
        )
        assert order["info"]["success"] is True
        truth = stand.exchange.order(int(order["id"]))
        assert (truth.ticket.kind, truth.ticket.side, truth.ticket.hold) == (Kind.MARKET, Side.BUY, Hold.LONG)
        assert truth.filled == parts("0.02")
        read = await stand.client.fetch_order(order["id"], BTC)
        assert (read["status"], read["filled"], read["remaining"]) == ("closed", 0.02, 0.0)
        assert read["average"] == pytest.approx(truth.value / truth.filled)
        assert (read["type"], read["side"], read["timestamp"]) == ("market", "buy", NOW_MS)

    on_practice(act)


def test_ccxt_names_an_order_itself_where_we_do_not() -> None:
    async def act(stand: Practice) -> None:
        order = await stand.client.create_order(BTC, "market", "buy", 0.02)
        assert order["clientOrderId"].startswith("b-WEEX111125-")
        assert stand.exchange.order(int(order["id"])).ticket.client_id == order["clientOrderId"]

    on_practice(act)


@pytest.mark.parametrize(
    ("given", "kept"),
    [({}, TimeInForce.GTC), *(({"timeInForce": each.value}, each) for each in TimeInForce if each != TimeInForce.FOK)],
)
def test_a_limit_order_rests_as_long_as_it_was_told(given: dict[str, str], kept: TimeInForce) -> None:
    async def act(stand: Practice) -> None:
        order = await stand.client.create_order(BTC, "limit", "buy", 0.02, 59_000, given)
        truth = stand.exchange.order(int(order["id"]))
        assert (truth.ticket.time_in_force, truth.ticket.price) == (kept, parts(59_000))
        read = await stand.client.fetch_order(order["id"], BTC)
        assert (read["timeInForce"], read["price"]) == (kept, 59_000)

    on_practice(act)


def test_stop_and_target_travel_with_the_entry_and_wait_as_triggers_of_their_own() -> None:
    async def act(stand: Practice) -> None:
        order = await stand.client.create_order(
            BTC,
            "market",
            "buy",
            0.02,
            None,
            {"stopLoss": {"triggerPrice": 58_000, "triggerPriceType": "mark"}, "takeProfit": {"triggerPrice": 65_000}},
        )
        ticket = stand.exchange.order(int(order["id"])).ticket
        assert (ticket.stop_trigger, ticket.stop_by) == (parts(58_000), Watched.MARK)
        assert (ticket.target_trigger, ticket.target_by) == (parts(65_000), Watched.LAST)
        waiting = await stand.client.fetch_open_orders(BTC, None, None, {"trigger": True})
        assert {(each["stopLossPrice"], each["takeProfitPrice"], each["reduceOnly"]) for each in waiting} == {
            (58_000.0, None, True),
            (None, 65_000.0, True),
        }
        assert {each["info"]["workingType"] for each in waiting} == {"MARK_PRICE", "CONTRACT_PRICE"}
        assert {each["info"]["orderType"] for each in waiting} == {"STOP_MARKET", "TAKE_PROFIT_MARKET"}
        read = await stand.client.fetch_order(waiting[0]["id"], BTC)
        assert (read["status"], read["amount"]) == ("open", 0.02)
        assert await stand.client.fetch_open_orders(BTC) == []

    on_practice(act)


def test_the_unified_call_with_both_prices_attaches_them_too() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.create_order_with_take_profit_and_stop_loss(BTC, "market", "buy", 0.02, None, 65_000, 58_000)
        assert len(stand.exchange.open_orders("BTCUSDT", waiting=True)) == 2

    on_practice(act)


def test_an_execution_price_of_an_attached_stop_is_refused_by_ccxt_itself() -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(NotSupported):
            await stand.client.create_order(
                BTC, "market", "buy", 0.02, None, {"stopLoss": {"triggerPrice": 58_000, "price": 57_900}}
            )
        assert stand.asked("POST", "order") == []

    on_practice(act)


@pytest.mark.parametrize(
    ("kind", "price", "given", "expected"),
    [
        ("market", None, {"stopLossPrice": 57_000}, (Kind.STOP_MARKET, None, Watched.LAST)),
        ("limit", 56_900, {"stopLossPrice": 57_000, "stopLossPriceType": "mark"}, (Kind.STOP, 56_900, Watched.MARK)),
        ("market", None, {"takeProfitPrice": 66_000}, (Kind.TAKE_PROFIT_MARKET, None, Watched.LAST)),
        (
            "limit",
            66_100,
            {"takeProfitPrice": 66_000, "takeProfitPriceType": "mark"},
            (Kind.TAKE_PROFIT, 66_100, Watched.MARK),
        ),
    ],
)
def test_a_stop_or_target_of_its_own_closes_the_position(
    kind: str, price: int | None, given: dict[str, Any], expected: tuple[Kind, int | None, Watched]
) -> None:
    async def act(stand: Practice) -> None:
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        order = await stand.client.create_order(BTC, kind, "sell", 0.02, price, dict(given))
        ticket = stand.exchange.order(int(order["id"])).ticket
        limit = None if expected[1] is None else parts(expected[1])
        assert (ticket.kind, ticket.price, ticket.trigger_by) == (expected[0], limit, expected[2])
        assert (ticket.side, ticket.hold, ticket.closes) == (Side.SELL, Hold.LONG, True)
        cancelled = await stand.client.cancel_order(order["id"], BTC, {"trigger": True})
        assert cancelled["status"] == "canceled"
        assert stand.exchange.order(int(order["id"])).status is Status.CANCELED

    on_practice(act)


def test_an_entry_may_wait_for_its_price_with_a_stop_preset() -> None:
    async def act(stand: Practice) -> None:
        order = await stand.client.create_order(
            BTC,
            "market",
            "buy",
            0.02,
            None,
            {"triggerPrice": 61_000, "stopLoss": {"triggerPrice": 60_000, "triggerPriceType": "mark"}},
        )
        ticket = stand.exchange.order(int(order["id"])).ticket
        assert (ticket.kind, ticket.trigger, ticket.closes) == (Kind.STOP_MARKET, parts(61_000), False)
        assert (ticket.stop_trigger, ticket.stop_by, ticket.trigger_by) == (parts(60_000), Watched.MARK, Watched.LAST)
        stand.exchange.move("BTCUSDT", parts(61_000))
        assert (await stand.client.fetch_position(BTC))["contracts"] == 0.02

    on_practice(act)


def test_selling_opens_a_short_unless_it_is_said_to_reduce() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        await stand.client.create_order(BTC, "market", "sell", 0.01, None, {"reduceOnly": True})
        (long,) = stand.exchange.positions()
        assert (long.hold, long.size) == (Hold.LONG, parts("0.01"))
        await stand.client.create_order(BTC, "market", "sell", 0.01)
        assert {each.hold for each in stand.exchange.positions()} == {Hold.LONG, Hold.SHORT}
        await stand.client.create_order(BTC, "market", "sell", 0.01, None, {"positionSide": "LONG"})
        (short,) = stand.exchange.positions()
        assert short.hold is Hold.SHORT

    on_practice(act)


def test_open_orders_are_filtered_by_market_and_time() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.create_order(BTC, "limit", "buy", 0.02, 59_000)
        await stand.wait(1_000)
        late = await stand.client.create_order(BTC, "limit", "buy", 0.03, 58_000)
        await stand.client.create_order(ETH, "limit", "buy", 1, 2_900)
        assert len(await stand.client.fetch_open_orders()) == 3
        assert len(await stand.client.fetch_open_orders(BTC)) == 2
        assert [each["id"] for each in await stand.client.fetch_open_orders(BTC, NOW_MS + 1)] == [late["id"]]
        (row, _) = await stand.client.fetch_open_orders(BTC)
        assert (row["status"], row["amount"], row["filled"]) == ("open", 0.02, 0.0)

    on_practice(act)


def test_an_order_is_cancelled_by_its_number_or_by_our_name() -> None:
    async def act(stand: Practice) -> None:
        first = await stand.client.create_order(BTC, "limit", "buy", 0.02, 59_000)
        await stand.client.create_order(BTC, "limit", "buy", 0.02, 58_000, {"clientOrderId": "mine-2"})
        assert (await stand.client.cancel_order(first["id"], BTC))["id"] == first["id"]
        assert (await stand.client.cancel_order(None, BTC, {"clientOrderId": "mine-2"}))["clientOrderId"] == "mine-2"
        assert await stand.client.fetch_open_orders() == []
        over = await stand.client.fetch_canceled_orders(BTC)
        assert {each["status"] for each in over} == {"canceled"}
        assert len(over) == 2
        for unknown in (first["id"], "17"):
            with pytest.raises(OrderNotFound):
                await stand.client.cancel_order(unknown, BTC)
            with pytest.raises(OrderNotFound):
                await stand.client.cancel_order(unknown, BTC, {"trigger": True})

    on_practice(act)


def test_one_unknown_order_makes_a_whole_batch_raise_though_the_others_are_gone() -> None:
    async def act(stand: Practice) -> None:
        ids = [(await stand.client.create_order(BTC, "limit", "buy", 0.02, price))["id"] for price in (59_000, 58_000)]
        assert len(await stand.client.cancel_orders(ids[:1], BTC)) == 1
        with pytest.raises(OrderNotFound):
            await stand.client.cancel_orders(ids, BTC)
        assert stand.exchange.open_orders() == []
        await stand.client.create_order(BTC, "limit", "buy", 0.02, 59_000, {"clientOrderId": "mine-3"})
        await stand.client.cancel_orders(None, BTC, {"clientOrderIds": ["mine-3"]})
        assert stand.exchange.open_orders() == []

    on_practice(act)


def test_cancelling_all_leaves_the_triggers_unless_they_are_named() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        await stand.client.create_order(BTC, "market", "sell", 0.02, None, {"stopLossPrice": 57_000})
        await stand.client.create_order(BTC, "limit", "buy", 0.02, 59_000)
        await stand.client.create_order(ETH, "limit", "buy", 1, 2_900)
        assert len(await stand.client.cancel_all_orders(BTC)) == 1
        assert len(await stand.client.cancel_all_orders()) == 1
        assert len(stand.exchange.open_orders(waiting=True)) == 1
        assert len(await stand.client.cancel_all_orders(None, {"trigger": True})) == 1
        assert stand.exchange.open_orders(waiting=True) == []
        assert await stand.client.cancel_all_orders() == []

    on_practice(act)


def test_what_is_over_is_told_with_triggers_among_it() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.create_order(
            BTC,
            "market",
            "buy",
            0.02,
            None,
            {"stopLoss": {"triggerPrice": 58_000}, "takeProfit": {"triggerPrice": 61_000}},
        )
        await stand.wait(1_000)
        stand.exchange.move("BTCUSDT", parts(57_900))
        closed = await stand.client.fetch_closed_orders(BTC)
        assert {each["info"]["type"] for each in closed} >= {"MARKET"}
        assert stand.exchange.positions() == []
        both = await stand.client.fetch_canceled_and_closed_orders(BTC)
        assert len(both) == len(stand.exchange.ended_orders())
        assert len(await stand.client.fetch_canceled_and_closed_orders(BTC, None, 1)) == 1
        assert await stand.client.fetch_canceled_and_closed_orders(ETH) == []
        with pytest.raises(NotSupported):
            await stand.client.fetch_orders(BTC)

    on_practice(act)


def test_executions_are_told_with_fee_and_profit() -> None:
    async def act(stand: Practice) -> None:
        entry = await stand.client.create_order(BTC, "market", "buy", 0.02)
        await stand.wait(1_000)
        stand.exchange.move("BTCUSDT", parts(61_000))
        exit_ = await stand.client.create_order(BTC, "market", "sell", 0.02, None, {"reduceOnly": True})
        trades = await stand.client.fetch_my_trades(BTC)
        truth = stand.exchange.fills()[::-1]
        assert [(each["id"], each["order"]) for each in trades] == [
            (str(fill.fill_id), str(fill.order_id)) for fill in truth
        ]
        assert [each["order"] for each in trades] == [entry["id"], exit_["id"]]
        assert [each["fee"]["cost"] for each in trades] == [fill.fee / 10**8 for fill in truth]
        assert [each["takerOrMaker"] for each in trades] == ["taker", "taker"]
        assert trades[1]["info"]["realizedPnl"] == f"{truth[1].realised / 10**8:.8f}".rstrip("0").rstrip(".")
        assert [each["id"] for each in await stand.client.fetch_order_trades(exit_["id"], BTC)] == [trades[1]["id"]]
        assert [each["id"] for each in await stand.client.fetch_my_trades(BTC, NOW_MS + 1)] == [trades[1]["id"]]
        assert len(await stand.client.fetch_my_trades(None, None, 1)) == 1

    on_practice(act)


def test_closing_a_position_closes_both_sides_and_flat_is_an_order_without_a_number() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        await stand.client.create_order(BTC, "market", "sell", 0.01)
        await stand.client.create_order(ETH, "market", "buy", 1)
        order = await stand.client.close_position(BTC)
        assert stand.exchange.order(int(order["id"])).filled == parts("0.02")
        assert [each.symbol for each in stand.exchange.positions()] == ["ETHUSDT"]
        assert (await stand.client.close_position(BTC))["id"] is None
        (row,) = await stand.client.close_all_positions()
        assert row["info"]["success"] is True
        assert stand.exchange.positions() == []

    on_practice(act)


def test_an_order_is_not_found_by_our_name() -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(ArgumentsRequired):
            await stand.client.fetch_order(None, BTC, {"clientOrderId": "mine"})
        with pytest.raises(InvalidOrder, match="-3200"):
            await stand.client.fetch_order("17", BTC)

    on_practice(act)


RIGHT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "positionSide": "LONG",
    "quantity": "0.02",
    "type": "LIMIT",
    "price": "59000",
    "timeInForce": "GTC",
    "newClientOrderId": "mine",
}


@pytest.mark.parametrize(
    ("wrong", "kind", "code"),
    [
        ({"timeInForce": "LATER"}, InvalidOrder, "-1115"),
        ({"type": "STOP_MARKET"}, InvalidOrder, "-1116"),
        ({"side": "HOLD"}, InvalidOrder, "-1117"),
        ({"newClientOrderId": "x" * 37}, InvalidOrder, "-1180"),
        ({"newClientOrderId": "a b"}, InvalidOrder, "-1180"),
        ({"newClientOrderId": None}, ArgumentsRequired, "-1141"),
        ({"price": None}, ArgumentsRequired, "-1141"),
        ({"positionSide": None}, ArgumentsRequired, "-1141"),
        ({"positionSide": "BOTH"}, BadRequest, "-1142"),
        ({"quantity": "-1"}, BadRequest, "-1142"),
        ({"quantity": "1e-3"}, BadRequest, "-1142"),
        ({"quantity": "NaN"}, BadRequest, "-1142"),
        ({"quantity": "0.00001"}, BadRequest, "-1160"),
        ({"quantity": "0.0000000001"}, BadRequest, "-1160"),
        ({"quantity": "0"}, BadRequest, "-1140"),
        ({"quantity": "2000000"}, InvalidOrder, "-3007"),
        ({"price": "59000.01"}, BadRequest, "-1160"),
        ({"price": "90000"}, BadRequest, "-1140"),
        ({"slTriggerPrice": "59500"}, BadRequest, "-1140"),
        ({"slTriggerPrice": "58000", "SlWorkingType": "INDEX_PRICE"}, BadRequest, "-1142"),
        ({"reduceOnly": "perhaps"}, BadRequest, "-1142"),
        ({"quantity": "100"}, InsufficientFunds, "amount not enough"),
    ],
)
def test_a_wrong_order_is_refused_and_nothing_placed(wrong: dict[str, Any], kind: type[Exception], code: str) -> None:
    async def act(stand: Practice) -> None:
        with pytest.raises(kind, match=code):
            await stand.client.contractPrivatePostCapiV3Order({**RIGHT, **wrong})
        assert stand.exchange.open_orders() == []
        await stand.client.contractPrivatePostCapiV3Order(dict(RIGHT))
        assert len(stand.exchange.open_orders()) == 1

    on_practice(act)


def test_a_trigger_that_would_act_at_once_is_refused() -> None:
    async def act(stand: Practice) -> None:
        await stand.client.create_order(BTC, "market", "buy", 0.02)
        with pytest.raises(BadRequest, match="-1140"):
            await stand.client.create_order(BTC, "market", "sell", 0.02, None, {"stopLossPrice": 60_500})
        assert stand.exchange.open_orders(waiting=True) == []

    on_practice(act)
