"""The calls about orders: placing, cancelling, closing, and what became of them."""

from enum import StrEnum

from sigma_engine.practice.floor import Calls, Floor, acting, reading
from sigma_engine.practice.nouns import Hold, Kind, Order, Position, Refusal, Side, Ticket, TimeInForce, Watched
from sigma_engine.practice.parameters import Parameters
from sigma_engine.practice.refusals import EMPTY, KIND, NO_ORDER, PARAMETER, SIDE, TIME_IN_FORCE
from sigma_engine.practice.reply import Json
from sigma_engine.practice.texts import fill_row, order_row, trigger_row


class Plain(StrEnum):
    """The kinds of the call for orders."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"


class Conditional(StrEnum):
    """The kinds of the call for triggers."""

    STOP_MARKET = "STOP_MARKET"
    STOP = "STOP"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TAKE_PROFIT = "TAKE_PROFIT"


def place(floor: Floor, given: Parameters) -> Json:
    """Take a market or limit order, its stop and target with it."""
    kind = Kind(given.word("type", Plain, KIND))
    limited = kind is Kind.LIMIT
    ticket = Ticket(
        symbol=floor.symbol(given),
        side=given.word("side", Side, SIDE),
        hold=given.word("positionSide", Hold, PARAMETER),
        kind=kind,
        quantity=given.parts("quantity"),
        client_id=given.text("newClientOrderId"),
        price=given.parts("price") if limited else None,
        time_in_force=(given.word if limited else given.optional_word)("timeInForce", TimeInForce, TIME_IN_FORCE),
        reduces=given.flag("reduceOnly"),
        stop_trigger=given.optional_parts("slTriggerPrice"),
        stop_by=_watched(given, "SlWorkingType"),
        target_trigger=given.optional_parts("tpTriggerPrice"),
        target_by=_watched(given, "TpWorkingType"),
    )
    return _taken(floor.exchange.place(ticket))


def _place_trigger(floor: Floor, given: Parameters) -> Json:
    """Take an order that waits for its trigger; closing ones say which price, entries watch the last."""
    kind = Kind(given.word("type", Conditional, KIND))
    side, hold = given.word("side", Side, SIDE), given.word("positionSide", Hold, PARAMETER)
    closes = (side is Side.BUY) is (hold is Hold.SHORT)
    stop_by, target_by = _watched(given, "SlWorkingType"), _watched(given, "TpWorkingType")
    own = stop_by if kind in (Kind.STOP, Kind.STOP_MARKET) else target_by
    ticket = Ticket(
        symbol=floor.symbol(given),
        side=side,
        hold=hold,
        kind=kind,
        quantity=given.parts("quantity"),
        client_id=given.text("clientAlgoId"),
        price=given.parts("price") if kind in (Kind.STOP, Kind.TAKE_PROFIT) else None,
        reduces=closes,
        trigger=given.parts("triggerPrice"),
        trigger_by=own if closes else Watched.LAST,
        stop_trigger=given.optional_parts("presetStopLossPrice"),
        stop_by=stop_by,
        target_trigger=given.optional_parts("presetTakeProfitPrice"),
        target_by=target_by,
    )
    return _taken(floor.exchange.place(ticket))


def _watched(given: Parameters, name: str) -> Watched:
    return given.optional_word(name, Watched, PARAMETER) or Watched.LAST


def _taken(order: Order) -> Json:
    return {
        "orderId": str(order.order_id),
        "clientOrderId": order.ticket.client_id,
        "success": True,
        "errorCode": "",
        "errorMessage": "",
    }


def _order(floor: Floor, given: Parameters) -> Json:
    """One order or trigger by its number; contracts know no other way."""
    return order_row(floor, floor.exchange.order(_order_id(given)))


def _order_id(given: Parameters) -> int:
    order_id = given.number("orderId")
    if order_id is None:
        raise Refusal(EMPTY, "Parameter 'orderId' cannot be empty.")
    return order_id


def _open_orders(floor: Floor, given: Parameters) -> Json:
    return [order_row(floor, order) for order in _waiting(floor, given, triggers=False)]


def _open_triggers(floor: Floor, given: Parameters) -> Json:
    return [trigger_row(floor, order) for order in _waiting(floor, given, triggers=True)]


def _waiting(floor: Floor, given: Parameters, *, triggers: bool) -> list[Order]:
    """The newest open ones of a span, a hundred at most."""
    symbol, (since_ms, until_ms), limit = floor.optional_symbol(given), given.span(), given.limit(100, 100)
    orders = floor.exchange.open_orders(symbol, waiting=triggers)
    return [order for order in reversed(orders) if since_ms <= order.created_ms <= until_ms][:limit]


def ended(floor: Floor, given: Parameters) -> Json:
    """Orders and triggers that are over, the newest first."""
    symbol, (since_ms, until_ms), limit = floor.optional_symbol(given), given.span(), given.limit(1000, 1000)
    return [order_row(floor, order) for order in floor.exchange.ended_orders(symbol, since_ms, until_ms, limit)]


def _fills(floor: Floor, given: Parameters) -> Json:
    symbol, (since_ms, until_ms), limit = floor.optional_symbol(given), given.span(), given.limit(100, 100)
    fills = floor.exchange.fills(symbol, since_ms, until_ms, limit, given.number("orderId"))
    return [fill_row(floor, fill) for fill in fills]


def _cancel(floor: Floor, given: Parameters) -> Json:
    """Cancel an order by its number or by the client's id; an unknown one is a failed row, not an error."""
    client_id = given.optional("origClientOrderId")
    if client_id is None:
        return _cancelled(floor, _order_id(given), None, triggers=False)
    return _cancelled(floor, None, client_id, triggers=False)


def _cancel_trigger(floor: Floor, given: Parameters) -> Json:
    return _cancelled(floor, _order_id(given), None, triggers=True)


def _cancelled(floor: Floor, order_id: int | None, client_id: str | None, *, triggers: bool) -> Json:
    try:
        return _gone(floor.exchange.cancel(order_id, client_id, waiting=triggers))
    except Refusal as refusal:
        if refusal.code != NO_ORDER:
            raise
    named: Json = client_id if order_id is None else order_id
    return {"orderId": named, "status": "FAILED", "errorMsg": "FAILED_ORDER_NOT_FOUND"}


def _gone(order: Order) -> Json:
    return {
        "orderId": str(order.order_id),
        "origClientOrderId": order.ticket.client_id,
        "success": True,
        "errorCode": "",
        "errorMessage": "",
    }


def _cancel_batch(floor: Floor, given: Parameters) -> Json:
    """Cancel several; each has a row of its own, so some may fail while the others are gone."""
    numbers, names = given.texts("orderIdList"), given.texts("origClientOrderIdList")
    if not numbers and not names:
        raise Refusal(EMPTY, "Parameter 'orderIdList' cannot be empty.")
    if not all(number.isascii() and number.isdigit() for number in numbers):
        raise Refusal(PARAMETER, "Parameter 'orderIdList' is invalid.")
    rows = [_cancelled(floor, int(number), None, triggers=False) for number in numbers]
    rows += [_cancelled(floor, None, name, triggers=False) for name in names]
    return {"result": True, "orderList": rows}


def _cancel_all(floor: Floor, given: Parameters) -> Json:
    return [_gone(order) for order in floor.exchange.cancel_all(floor.optional_symbol(given))]


def _cancel_triggers(floor: Floor, given: Parameters) -> Json:
    return [_gone(order) for order in floor.exchange.cancel_all(floor.optional_symbol(given), waiting=True)]


def _close(floor: Floor, given: Parameters) -> Json:
    """Close both sides of a market, or everything."""
    return [_closed(*pair) for pair in floor.exchange.close_positions(floor.optional_symbol(given))]


def _closed(position: Position, order: Order) -> Json:
    return {
        "positionId": position.position_id,
        "successOrderId": order.order_id,
        "errorMessage": "",
        "success": True,
    }


ORDER_CALLS: Calls = {
    ("POST", "/capi/v3/order"): acting(place, 2, 5),
    ("POST", "/capi/v3/algoOrder"): acting(_place_trigger, 2, 5),
    ("GET", "/capi/v3/order"): reading(_order, 3),
    ("GET", "/capi/v3/openOrders"): reading(_open_orders, 5),
    ("GET", "/capi/v3/openAlgoOrders"): reading(_open_triggers, 3),
    ("GET", "/capi/v3/order/history"): reading(ended, 10),
    ("GET", "/capi/v3/userTrades"): reading(_fills, 5),
    ("DELETE", "/capi/v3/order"): acting(_cancel, 2, 3),
    ("DELETE", "/capi/v3/algoOrder"): acting(_cancel_trigger, 2, 3),
    ("DELETE", "/capi/v3/batchOrders"): acting(_cancel_batch, 10, 10),
    ("DELETE", "/capi/v3/allOpenOrders"): acting(_cancel_all, 10, 10),
    ("DELETE", "/capi/v3/algoOpenOrders"): acting(_cancel_triggers, 10, 10),
    ("POST", "/capi/v3/closePositions"): acting(_close, 50, 50),
}
"""By method and path."""
