"""The account's part of the REST interface: its orders."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from tests.servers.independent.account import ROWS_MAX, Account
from tests.servers.independent.gate import Ask, Route
from tests.servers.independent.habits import Ident, Maybe, Refusing, surplus
from tests.servers.independent.nouns import ENDED, Algo, Order, Refusal, Request, Side, Trigger, Way
from tests.servers.independent.rendering import Row

Placed = TypeVar("Placed", bound=Order | Algo)


class Private(Account):
    """Answers all signed calls of one account."""

    def routes(self) -> list[Route]:
        """Everything an account may ask, with what it weighs."""
        at = "/capi/v3"
        return [
            *super().routes(),
            Route("POST", f"{at}/order", self.place, 5, orders=True),
            Route("POST", f"{at}/algoOrder", self.place_algo, 5, orders=True),
            Route("POST", f"{at}/closePositions", self.close_positions, 50, orders=True),
            Route("GET", f"{at}/order", self.order, 3),
            Route("GET", f"{at}/openOrders", self.open_orders, 5),
            Route("GET", f"{at}/openAlgoOrders", self.open_algos, 3),
            Route("GET", f"{at}/order/history", self.ended_orders, 10),
            Route("GET", f"{at}/userTrades", self.trades, 5),
            Route("DELETE", f"{at}/order", self.cancel, 3),
            Route("DELETE", f"{at}/algoOrder", self.cancel_algo, 3),
            Route("DELETE", f"{at}/allOpenOrders", self.cancel_all, 10),
            Route("DELETE", f"{at}/algoOpenOrders", self.cancel_all_algos, 10),
            Route("DELETE", f"{at}/batchOrders", self.cancel_batch, 10),
        ]

    def demo_routes(self) -> list[Route]:
        """The four calls that demo accounts have."""
        return [
            Route("GET", "/capi/v3/sim/balance", self.balance, 10),
            Route("GET", "/capi/v3/sim/position/allPosition", self.positions, 15),
            Route("GET", "/capi/v3/sim/order/history", self.ended_orders, 10),
            Route("POST", "/capi/v3/sim/order", self.place, 5, orders=True),
        ]

    def place(self, ask: Ask) -> object:
        try:
            order = self._matching.place(self._request(ask, "newClientOrderId"))
        except Refusal as refusal:
            return self._refused(refusal, ask.text("newClientOrderId"))
        return self._taken(order)

    def place_algo(self, ask: Ask) -> object:
        try:
            algo = self._matching.place_algo(self._request(ask, "clientAlgoId"))
        except Refusal as refusal:
            return self._refused(refusal, ask.text("clientAlgoId"))
        return self._taken(algo)

    def _taken(self, taken: Order | Algo) -> Row:
        row: Row = {"orderId": Ident(taken.id), "clientOrderId": taken.asked.client_id or Maybe(""), "success": True}
        return surplus(row | {"errorCode": Maybe(""), "errorMessage": Maybe("")})

    def _refused(self, refusal: Refusal, client_id: str | None) -> Row:
        if self._habits.refusing is Refusing.ENVELOPE:
            raise refusal
        row: Row = {"orderId": Maybe(None), "clientOrderId": client_id, "success": False}
        return row | {"errorCode": "", "errorMessage": refusal.text}

    def _request(self, ask: Ask, client_id: str) -> Request:
        side, way, kind = ask.required("side"), ask.required("positionSide"), ask.required("type")
        if side not in tuple(Side) or way not in tuple(Way):
            raise Refusal(-1117, "invalid side")
        quantity = ask.decimal("quantity")
        if quantity is None:
            raise Refusal(-1141, "quantity is required")
        conditional = client_id == "clientAlgoId"
        loss, gain = ("presetStopLossPrice", "presetTakeProfitPrice") if conditional else _ATTACHED
        asked = Request(
            symbol=self._needed_symbol(ask),
            side=Side(side),
            way=Way(way),
            kind=kind,
            quantity=quantity,
            price=ask.decimal("price") if kind in ("LIMIT", "STOP", "TAKE_PROFIT") else None,
            client_id=ask.text(client_id) or "",
            time_in_force=ask.text("timeInForce") or ("GTC" if kind == "LIMIT" else "IOC"),
            trigger=_trigger(ask, "triggerPrice", "SlWorkingType", "TpWorkingType") if conditional else None,
            stop=_trigger(ask, loss, "SlWorkingType"),
            target=_trigger(ask, gain, "TpWorkingType"),
        )
        if conditional and asked.trigger is None:
            raise Refusal(-1141, "triggerPrice is required")
        if ask.body.get("reduceOnly") is True and not asked.closes:
            raise Refusal(-1140, "reduceOnly does not go with an order that opens")
        return replace(asked, reduce_only=asked.closes)

    def order(self, ask: Ask) -> object:
        wanted = ask.number("orderId")
        if wanted is None:
            raise Refusal(-1141, "orderId is required")
        ledger = self._ledger(lambda lags: lags.orders)
        if (order := ledger.orders.get(wanted)) is not None:
            return self._rendering.order(order)
        algos = self._ledger(lambda lags: lags.algos)
        if (algo := algos.algos.get(wanted)) is not None:
            return self._rendering.algo_as_order(algo, algos)
        raise Refusal(-3200, "order does not exist")

    def open_orders(self, ask: Ask) -> object:
        """Newest first."""
        found = self._page(ask, self._ledger(lambda lags: lags.orders).live_orders())
        return [self._rendering.order(order) for order in reversed(found)]

    def open_algos(self, ask: Ask) -> object:
        """Oldest first."""
        found = self._page(ask, self._ledger(lambda lags: lags.algos).live_algos())
        return [self._rendering.algo(algo) for algo in found]

    def ended_orders(self, ask: Ask) -> object:
        """The newest of the window, oldest first; conditional ones among them once they have ended."""
        ledger, algos = self._ledger(lambda lags: lags.orders), self._ledger(lambda lags: lags.algos)
        ended: list[Order | Algo] = [order for order in ledger.orders.values() if order.status in ENDED]
        ended += [algo for algo in algos.algos.values() if algo.status in ENDED]
        return [
            self._rendering.order(row) if isinstance(row, Order) else self._rendering.algo_as_order(row, algos)
            for row in self._page(ask, ended)
        ]

    def _page(self, ask: Ask, rows: Iterable[Placed]) -> list[Placed]:
        """The newest of what was created in the window, oldest first."""
        symbol, since, until = self._symbol(ask), ask.number("startTime") or 0, ask.number("endTime")
        found = [
            row
            for row in rows
            if symbol in (None, row.asked.symbol)
            and since <= row.created_ms
            and (until is None or row.created_ms <= until)
        ]
        found.sort(key=lambda row: row.created_ms)
        return found[-min(ask.number("limit") or ROWS_MAX, ROWS_MAX) :]

    def trades(self, ask: Ask) -> object:
        """Newest first."""
        symbol, order_id = self._symbol(ask), ask.number("orderId")
        since, until = ask.number("startTime") or 0, ask.number("endTime")
        found = [
            fill
            for fill in reversed(self._ledger(lambda lags: lags.fills).fills)
            if symbol in (None, fill.symbol)
            and order_id in (None, fill.order_id)
            and since <= fill.at_ms
            and (until is None or fill.at_ms <= until)
        ]
        return [self._rendering.trade(fill) for fill in found[: min(ask.number("limit") or ROWS_MAX, ROWS_MAX)]]

    # Taking back

    def cancel(self, ask: Ask) -> object:
        by_id, by_client = ask.text("orderId"), ask.text("origClientOrderId")
        return self._cancelled(by_id, by_client)

    def _cancelled(self, by_id: str | None, by_client: str | None) -> Row:
        for order in self._matching.ledger.live_orders():
            if str(order.id) == by_id or (by_client and order.asked.client_id == by_client):
                return self._taken_back(self._matching.cancel(order))
        return {"orderId": by_id or "0", "status": "FAILED", "errorMsg": "FAILED_ORDER_NOT_FOUND"}

    def cancel_algo(self, ask: Ask) -> object:
        wanted = ask.required("orderId")
        for algo in self._matching.ledger.live_algos():
            if str(algo.id) == wanted:
                return self._taken_back(self._matching.cancel_algo(algo))
        return {"orderId": wanted, "status": "FAILED", "errorMsg": "FAILED_ORDER_NOT_FOUND"}

    def _taken_back(self, ended: Order | Algo) -> Row:
        row: Row = {
            "orderId": Ident(ended.id),
            "origClientOrderId": ended.asked.client_id or Maybe(""),
            "success": True,
        }
        return surplus(row | {"errorCode": Maybe(""), "errorMessage": Maybe("")})

    def cancel_all(self, ask: Ask) -> object:
        symbol = self._symbol(ask)
        orders = [order for order in self._matching.ledger.live_orders() if symbol in (None, order.asked.symbol)]
        return [self._taken_back(self._matching.cancel(order)) for order in orders]

    def cancel_all_algos(self, ask: Ask) -> object:
        symbol = self._symbol(ask)
        algos = [algo for algo in self._matching.ledger.live_algos() if symbol in (None, algo.asked.symbol)]
        return [self._taken_back(self._matching.cancel_algo(algo)) for algo in algos]

    def cancel_batch(self, ask: Ask) -> object:
        ids, client_ids = ask.body.get("orderIdList"), ask.body.get("origClientOrderIdList")
        if not isinstance(ids or client_ids, list):
            raise Refusal(-1141, "orderIdList is required")
        rows = [self._cancelled(str(each), None) for each in ids or ()]  # type: ignore[attr-defined]
        rows += [self._cancelled(None, str(each)) for each in client_ids or ()]  # type: ignore[attr-defined]
        return {"result": True, "orderList": rows}

    def close_positions(self, ask: Ask) -> object:
        symbol = self._symbol(ask)
        held = [position for position in self._matching.ledger.held() if symbol in (None, position.symbol)]
        rows = []
        for position in held:
            order = self._matching.close(position)
            row = {"positionId": Ident(position.id), "successOrderId": Ident(order.id), "success": True}
            rows.append(row | {"errorMessage": ""})
        return rows


_ATTACHED = ("slTriggerPrice", "tpTriggerPrice")


def _trigger(ask: Ask, name: str, *workings: str) -> Trigger | None:
    price = ask.decimal(name)
    if price is None:
        return None
    if price <= 0:
        raise Refusal(-1140, f"{name} must be positive")
    told = [working for working in map(ask.text, workings) if working]
    return Trigger(price=price, working=told[0] if told else "CONTRACT_PRICE")
