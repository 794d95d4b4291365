"""The account's part of the REST interface."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from tests.servers.independent.agenda import Agenda
from tests.servers.independent.gate import Ask, Route
from tests.servers.independent.habits import Dialect, Ident, Lags, Maybe, Refusing, Stamp, surplus
from tests.servers.independent.history import History
from tests.servers.independent.matching import Matching
from tests.servers.independent.nouns import (
    ENDED,
    Algo,
    Ledger,
    Order,
    Refusal,
    Request,
    Setting,
    Side,
    Trigger,
    Way,
)
from tests.servers.independent.rendering import Rendering, Row

ROWS_MAX = 100
Placed = TypeVar("Placed", bound=Order | Algo)


class Private:
    """Answers the signed calls of one account."""

    def __init__(
        self, matching: Matching, rendering: Rendering, history: History, agenda: Agenda, dialect: Dialect
    ) -> None:
        self._matching, self._rendering, self._history = matching, rendering, history
        self._agenda, self._dialect, self._habits = agenda, dialect, dialect.habits

    def routes(self) -> list[Route]:
        """Everything an account may ask, with what it weighs."""
        account, at = "/capi/v3/account", "/capi/v3"
        return [
            Route("GET", "/api/v3/account/", self.spot_balance, 5),
            Route("GET", f"{account}/balance", self.balance, 10),
            Route("GET", f"{account}/position/allPosition", self.positions, 15),
            Route("GET", f"{account}/position/singlePosition", self.positions, 3),
            Route("GET", f"{account}/symbolConfig", self.settings, 10),
            Route("GET", f"{account}/commissionRate", self.commission, 10),
            Route("POST", f"{account}/leverage", self.set_leverage, 20),
            Route("POST", f"{account}/marginType", self.set_margin_type, 50),
            Route("POST", f"{account}/positionMargin", self.move_margin, 30),
            Route("POST", f"{account}/income", self.income, 5),
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

    def _ledger(self, lag: Callable[[Lags], int]) -> Ledger:
        wait_ms = lag(self._habits.lags)
        live = self._matching.ledger
        return self._history.as_of(self._agenda.now_ms() - wait_ms, live) if wait_ms else live

    def _symbol(self, ask: Ask) -> str | None:
        """The market that is meant; a demo account's names are not those of the list."""
        name = ask.text("symbol")
        if name is None:
            return None
        name = name.removesuffix("SUSDT") + "USDT" if self._rendering.demo and name.endswith("SUSDT") else name
        if name not in self._matching.markets:
            raise Refusal(-1121, f"invalid symbol {name}")
        return name

    def _needed_symbol(self, ask: Ask) -> str:
        ask.required("symbol")
        return self._symbol(ask) or ""

    # The account

    def balance(self, ask: Ask) -> object:
        return [self._rendering.balance(self._ledger(lambda lags: lags.balance))]

    def spot_balance(self, ask: Ask) -> object:
        """The spot wallet, in which there is nothing."""
        return {"balances": [{"asset": "USDT", "free": "0.00", "locked": "0.00"}]}

    def positions(self, ask: Ask) -> object:
        symbol = self._symbol(ask)
        rows = [
            self._rendering.position(position)
            for position in self._ledger(lambda lags: lags.positions).positions.values()
            if symbol in (None, position.symbol) and (position.size or self._habits.flat_rows)
        ]
        self._dialect.random.shuffle(rows)
        return rows

    def settings(self, ask: Ask) -> object:
        asked = self._symbol(ask)
        symbols = [asked] if asked else list(self._matching.markets)
        return [surplus(self._setting(symbol) | {"separatedType": "COMBINED"}) for symbol in symbols]

    def _setting(self, symbol: str) -> Row:
        setting = self._matching.books.setting(symbol)
        return {
            "symbol": symbol,
            "marginType": "ISOLATED" if setting.isolated else "CROSSED",
            "crossLeverage": Decimal(setting.leverage_cross),
            "isolatedLongLeverage": Decimal(setting.leverage_long),
            "isolatedShortLeverage": Decimal(setting.leverage_short),
        }

    def commission(self, ask: Ask) -> object:
        market = self._matching.markets[self._needed_symbol(ask)]
        rates: Row = {"makerCommissionRate": market.maker, "takerCommissionRate": market.taker}
        return surplus(rates | {"symbol": market.name})

    def set_leverage(self, ask: Ask) -> object:
        """Set what is named; a cross leverage leaves the isolated ones alone."""
        symbol = self._needed_symbol(ask)
        names = ("crossLeverage", "isolatedLongLeverage", "isolatedShortLeverage")
        cross, long, short = (self._leverage(symbol, ask, name) for name in names)
        before = self._matching.books.setting(symbol)
        setting = Setting(
            isolated=before.isolated,
            leverage_cross=cross or before.leverage_cross,
            leverage_long=long or before.leverage_long,
            leverage_short=short or before.leverage_short,
        )
        self._matching.books.set_leverage(symbol, setting, self._agenda.now_ms())
        self._note()
        return surplus(self._setting(symbol))

    def _leverage(self, symbol: str, ask: Ask, name: str) -> int | None:
        leverage = ask.decimal(name)
        if leverage is None:
            return None
        if leverage % 1 or not 1 <= leverage <= self._matching.markets[symbol].leverage_max:
            raise Refusal(-3313, f"{name} is out of range")
        return int(leverage)

    def set_margin_type(self, ask: Ask) -> object:
        symbol, kind = self._needed_symbol(ask), ask.required("marginType")
        if kind not in ("CROSSED", "ISOLATED"):
            raise Refusal(-1142, "invalid marginType")
        if ask.text("separatedType") not in (None, "COMBINED"):
            raise Refusal(-1140, "this account combines the fills of a side")
        before, ledger = self._matching.books.setting(symbol), self._matching.ledger
        isolated = kind == "ISOLATED"
        if isolated is before.isolated and self._habits.unchanged_mode_refused:
            raise Refusal(-1140, f"marginType is {kind} already")
        orders = [order for order in ledger.live_orders() if order.asked.symbol == symbol]
        held = [position for position in ledger.held() if position.symbol == symbol]
        if isolated is not before.isolated and (orders or held):
            raise Refusal(-1150, "marginType cannot change while there are positions or orders")
        ledger.settings[symbol] = replace(before, isolated=isolated)
        return surplus({"symbol": symbol, "marginType": kind, "separatedType": "COMBINED"})

    def move_margin(self, ask: Ask) -> object:
        wanted, amount = ask.required("isolatedPositionId"), ask.decimal("amount")
        if amount is None or amount <= 0 or ask.number("type") not in (1, 2):
            raise Refusal(-1142, "an amount, and 1 to add or 2 to take it, are required")
        for position in self._matching.ledger.held():
            if str(position.id) == wanted:
                signed = amount if ask.number("type") == 1 else -amount
                self._matching.books.add_margin(position, signed, self._agenda.now_ms())
                self._note()
                return {"code": "200", "msg": "success", "requestTime": Stamp(self._agenda.now_ms())}
        raise Refusal(-1140, "no such position")

    def income(self, ask: Ask) -> object:
        """Bills, newest first; ``nextKey`` names the last one given."""
        symbol, kind = self._symbol(ask), ask.text("incomeType")
        since, until = ask.number("startTime"), ask.number("endTime")
        if (since is None) is not (until is None):
            raise Refusal(-1128, "startTime and endTime go together")
        key, limit = ask.number("nextKey"), min(ask.number("limit") or 20, ROWS_MAX)
        found = [
            bill
            for bill in reversed(self._ledger(lambda lags: lags.bills).bills)
            if symbol in (None, bill.symbol)
            and kind in (None, bill.kind)
            and (since is None or since <= bill.at_ms)
            and (until is None or bill.at_ms <= until)
            and (key is None or bill.id < key)
        ]
        more = len(found) > limit
        items = [self._rendering.bill(bill) for bill in found[:limit]]
        return {"hasNextPage": more, "nextKey": str(found[limit - 1].id) if more else None, "items": items}

    # Orders

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

    def _note(self) -> None:
        self._history.note(self._agenda.now_ms(), self._matching.ledger)


_ATTACHED = ("slTriggerPrice", "tpTriggerPrice")


def _trigger(ask: Ask, name: str, *workings: str) -> Trigger | None:
    price = ask.decimal(name)
    if price is None:
        return None
    if price <= 0:
        raise Refusal(-1140, f"{name} must be positive")
    told = [working for working in map(ask.text, workings) if working]
    return Trigger(price=price, working=told[0] if told else "CONTRACT_PRICE")
