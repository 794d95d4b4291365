"""WEEX's rows as nouns; the rows are those of its documents."""

from decimal import Decimal
from typing import Any

import pytest

from sigma_engine.domain.order import OrderSide, PositionSide
from sigma_engine.domain.venue import BillKind, VenueOrderKind, VenueOrderState
from sigma_engine.exchanges.weex_reading import Unreadable, WeexReader, number

BTC = "BTC/USDT:USDT"
READER = WeexReader({"BTCUSDT": BTC})
PLAIN = {
    "avgPrice": "0.0", "clientOrderId": "sgabc", "cumQuote": "0", "executedQty": "0", "orderId": 737185556881998184,
    "origQty": "0.01", "price": "50000", "reduceOnly": False, "side": "BUY", "positionSide": "LONG", "status": "NEW",
    "stopPrice": "0", "symbol": "BTCUSDT", "time": 1775758733006, "timeInForce": "GTC", "type": "LIMIT",
    "updateTime": 1775758733007, "workingType": "UNKNOWN_PRICE_TYPE",
}  # fmt: skip
ALGO = {
    "algoId": 737185556881998185, "clientAlgoId": "sgstop", "algoType": "CONDITIONAL", "orderType": "STOP_MARKET",
    "symbol": "BTCUSDT", "side": "SELL", "positionSide": "LONG", "timeInForce": "IOC", "quantity": "0.01",
    "algoStatus": "UNTRIGGERED", "actualOrderId": 0, "actualPrice": "0", "triggerPrice": "57000", "price": "0",
    "tpTriggerPrice": None, "workingType": "MARK_PRICE", "closePosition": False, "reduceOnly": True,
    "createTime": 1775732228695, "updateTime": 1775732228695, "triggerTime": 0,
}  # fmt: skip
FILL = {
    "id": 737074389731770728, "orderId": 737074043320009064, "symbol": "BTCUSDT", "buyer": True,
    "commission": "0.00183500", "commissionAsset": "USDT", "maker": True, "price": "59999.9", "qty": "0.01",
    "quoteQty": "599.999", "realizedPnl": "0", "side": "BUY", "positionSide": "LONG", "time": 1775732228692,
}  # fmt: skip
HELD = {
    "id": 737191855967437160, "asset": "USDT", "symbol": "BTCUSDT", "side": "LONG", "marginType": "ISOLATED",
    "separatedMode": "COMBINED", "leverage": "20.00", "size": "0.03", "openValue": "1800.0", "marginSize": "90",
    "isolatedMargin": "90.5", "unrealizePnl": "0.006", "liquidatePrice": "57300.5",
}  # fmt: skip
BILL = {
    "billId": "793622764958253481", "asset": "USDT", "symbol": "BTCUSDT", "income": "-0.00000378",
    "incomeType": "position_funding", "balance": "29.36", "fillFee": "0", "time": "1789214411964",
}  # fmt: skip


def state(status: str, executed: str, kind: str = "LIMIT") -> VenueOrderState:
    return READER.orders([{**PLAIN, "status": status, "executedQty": executed, "type": kind}])[0].state


LIVE, FILLED, DEAD = VenueOrderState.LIVE, VenueOrderState.FILLED, VenueOrderState.DEAD


@pytest.mark.parametrize(
    ("status", "executed", "expected"),
    [
        ("NEW", "0", LIVE), ("OPEN", "0", LIVE), ("PENDING", "0", LIVE), ("CANCELING", "0.004", LIVE),
        ("PARTIAL_FILL", "0.004", LIVE), ("PARTIALLY_FILLED", "0.004", LIVE), ("partially_filled", "0.004", LIVE),
        ("FILLED", "0.01", FILLED), ("FULL_FILL", "0.0100", FILLED), ("PARTIAL_FILL", "0.01", FILLED),
        ("NEW", "0.01", FILLED), ("CANCELED", "0.01", FILLED), ("FILLED", "0.004", LIVE),
        ("CANCELED", "0", DEAD), ("CANCELLED", "0.004", DEAD), ("EXPIRED", "0", DEAD), ("REJECTED", "0", DEAD),
        ("SOMETHING_NEW", "0.004", LIVE),
    ],
)  # fmt: skip
def test_what_was_executed_decides_and_not_the_word(status: str, executed: str, expected: VenueOrderState) -> None:
    assert state(status, executed) is expected


def test_the_average_is_worth_over_quantity() -> None:
    [read] = READER.orders([{**PLAIN, "executedQty": "0.01", "cumQuote": "600.07", "avgPrice": "600070000"}])
    assert read.average == Decimal("60007")


def test_a_plain_order() -> None:
    [read] = READER.orders([PLAIN])
    assert (read.venue_id, read.client_id, read.symbol) == ("737185556881998184", "sgabc", BTC)
    assert (read.kind, read.trigger, read.reduces, read.average) == (VenueOrderKind.LIMIT, None, False, None)
    assert (read.created_ms, read.updated_ms) == (1775758733006, 1775758733007)


def test_a_waiting_stop() -> None:
    [read] = READER.waiting([ALGO])
    assert (read.venue_id, read.client_id, read.kind) == ("737185556881998185", "sgstop", VenueOrderKind.STOP)
    assert (read.trigger, read.quantity, read.reduces, read.state) == (Decimal(57000), Decimal("0.01"), True, LIVE)
    assert read.executed_as is None


def test_a_stop_that_acted_names_the_order_it_became() -> None:
    [read] = READER.waiting([{**ALGO, "algoStatus": "TRIGGERED", "actualOrderId": 42}])
    assert (read.state, read.executed_as) == (FILLED, "42")


def test_a_stop_whose_side_closes_reduces_whatever_the_row_says() -> None:
    assert READER.waiting([{**ALGO, "reduceOnly": False}])[0].reduces


def test_an_order_of_a_type_nobody_knows_is_listed_all_the_same() -> None:
    [trailing, other] = READER.orders([{**PLAIN, "type": "TRAILING", "stopPrice": "1"}, {**PLAIN, "type": "ICEBERG"}])
    assert (trailing.kind, other.kind) == (VenueOrderKind.STOP, VenueOrderKind.LIMIT)


def test_an_execution() -> None:
    [read] = READER.fills([FILL])
    assert (read.trade_id, read.order_id) == ("737074389731770728", "737074043320009064")
    assert (read.price, read.quantity, read.fee) == (Decimal("59999.9"), Decimal("0.01"), Decimal("0.001835"))
    assert (read.realised, read.maker, read.side) == (0, True, OrderSide.BUY)


def test_a_position() -> None:
    [read] = READER.positions([HELD])
    assert (read.quantity, read.entry_price, read.leverage) == (Decimal("0.03"), Decimal(60_000), 20)
    assert (read.isolated, read.margin, read.liquidation) == (True, Decimal("90.5"), Decimal("57300.5"))


def test_both_sides_of_a_market_are_held_apart() -> None:
    held = READER.positions([HELD, {**HELD, "side": "SHORT"}])
    assert [each.side for each in held] == [PositionSide.LONG, PositionSide.SHORT]


def test_separate_positions_of_one_side_count_together_and_the_nearest_liquidation_counts() -> None:
    more = {**HELD, "size": "0.01", "openValue": "640", "isolatedMargin": "9.5", "liquidatePrice": "58000"}
    [read] = READER.positions([HELD, more])
    assert (read.quantity, read.entry_price) == (Decimal("0.04"), Decimal(61_000))
    assert (read.margin, read.liquidation) == (Decimal(100), Decimal(58_000))


def test_a_closed_position_is_none() -> None:
    assert READER.positions([{**HELD, "size": "0", "liquidatePrice": "0"}]) == []


def test_a_market_nobody_listed_is_not_dropped() -> None:
    [read] = READER.positions([{**HELD, "symbol": "NEWUSDT"}])
    assert read.symbol == "NEW/USDT:USDT"


def test_the_wallet_is_the_balance_without_the_open_profit() -> None:
    row = {"asset": "USDT", "balance": "20.5", "availableBalance": "18", "frozen": "0", "unrealizePnl": "-1.5"}
    read = READER.wallet([{"asset": "BTC", "balance": "1", "availableBalance": "1"}, row])
    assert (read.total, read.free, read.unrealised) == (Decimal("20.5"), Decimal(18), Decimal("-1.5"))


def test_an_account_without_the_coin_is_no_empty_account() -> None:
    with pytest.raises(Unreadable):
        READER.wallet([])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("position_funding", BillKind.FUNDING), ("start_liquidate", BillKind.LIQUIDATION),
        ("finish_liquidate", BillKind.LIQUIDATION), ("order_liquidate_fee_income", BillKind.LIQUIDATION),
        ("deposit", BillKind.TRANSFER), ("transfer_out", BillKind.TRANSFER), ("order_fill_fee_income", BillKind.TRADE),
        ("position_close_long", BillKind.TRADE), ("tracking_follow_pay", BillKind.OTHER),
    ],
)  # fmt: skip
def test_a_line_of_the_statement(kind: str, expected: BillKind) -> None:
    [read] = READER.bills([{**BILL, "incomeType": kind}])
    assert (read.kind, read.amount, read.at_ms) == (expected, Decimal("-0.00000378"), 1789214411964)
    assert (read.bill_id, read.symbol) == ("793622764958253481", BTC)


def test_a_line_without_a_market_and_lines_of_other_coins() -> None:
    [read] = READER.bills([{**BILL, "symbol": None}, {**BILL, "asset": "BTC"}])
    assert read.symbol is None


READ = [
    (READER.orders, PLAIN), (READER.waiting, ALGO), (READER.fills, FILL), (READER.positions, HELD), (READER.bills, BILL)
]  # fmt: skip


@pytest.mark.parametrize(("read", "row"), READ)
def test_ids_and_figures_may_be_text_or_numbers_and_rows_may_say_more(read: Any, row: dict[str, Any]) -> None:
    as_text = {name: str(value) if type(value) is int else value for name, value in row.items()}
    more = {**dict(reversed(row.items())), "news": {"deep": [1]}}
    assert read([as_text]) == read([row]) == read([more])


ESSENTIAL = {
    "orders": ("orderId", "origQty", "executedQty", "side", "positionSide", "symbol", "status", "type", "time"),
    "waiting": ("algoId", "quantity", "side", "positionSide", "symbol", "algoStatus", "orderType", "createTime"),
    "fills": ("id", "orderId", "price", "qty", "commission", "side", "positionSide", "symbol", "time"),
    "positions": ("symbol", "side", "size", "openValue", "leverage"),
    "bills": ("billId", "incomeType", "income", "time"),
}


@pytest.mark.parametrize(("read", "row"), READ)
def test_every_field_but_the_essential_ones_may_be_missing(read: Any, row: dict[str, Any]) -> None:
    essential = ESSENTIAL[read.__name__]
    assert len(read([{name: row[name] for name in essential}])) == 1
    for name in essential:
        with pytest.raises(Unreadable, match=name):
            read([{field: value for field, value in row.items() if field != name}])


@pytest.mark.parametrize(("read", "row"), READ)
@pytest.mark.parametrize("said", [None, {}, "[]", [None], [[]], 7])
def test_what_is_no_list_of_rows_is_no_empty_list(read: Any, row: dict[str, Any], said: Any) -> None:
    with pytest.raises(Unreadable):
        read(said)


@pytest.mark.parametrize("value", [None, "", "NaN", "Infinity", "-Infinity", "abc", True, [], {}])
def test_nothing_but_a_finite_figure_is_a_number(value: object) -> None:
    assert number(value) is None


@pytest.mark.parametrize("value", ["0.1", "1e-8", 7, "100000000000000000000.00000001"])
def test_a_figure_keeps_every_digit(value: object) -> None:
    assert number(value) == Decimal(str(value))
