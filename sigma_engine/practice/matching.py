"""How orders meet the market: arriving ones take from the quote, resting ones are met when it trades through them."""

from collections import deque
from dataclasses import replace

from sigma_engine.practice.executions import attach, execute
from sigma_engine.practice.money import floored, raised, rated
from sigma_engine.practice.nouns import UNIT, Kind, Order, Side, Status, TimeInForce
from sigma_engine.practice.state import State


class Matching:
    """Executes orders that wait for no trigger."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._held: set[int] = set()
        self._plans: dict[int, deque[int]] = {}
        self._resting: set[int] = set()

    def arrive(self, order: Order) -> Order:
        """Take a new order to the market, at once or after `Knobs.hold_ms`."""
        order = self._state.save(replace(order, status=Status.NEW))
        self._plan(order)
        if not self._state.knobs.hold_ms:
            return self._match(order, None)
        self._held.add(order.order_id)
        self._state.agenda.enter(self._state.now + self._state.knobs.hold_ms, lambda: self._release(order.order_id))
        return order

    def on_trade(self, symbol: str, quantity: int) -> None:
        """Match what rests in ``symbol``, best price first; together at most ``quantity`` at their price (0: any)."""
        left = quantity or None
        for order in sorted(self._state.open_orders(symbol, waiting=False), key=_priority):
            if order.order_id in self._held or not order.status.is_open:
                continue
            filled = self._match(order, left).filled - order.filled
            if left is not None and order.ticket.kind is Kind.LIMIT:
                left -= filled

    def cancel(self, order: Order) -> Order:
        """Cancel an open order, at once or after `Knobs.cancel_ms`; part of it may execute meanwhile."""
        state, knobs = self._state, self._state.knobs
        if knobs.fill_on_cancel and not order.ticket.kind.waits and order.status is not Status.CANCELING:
            order = self._fill_while_cancelling(order)
        if not order.status.is_open or order.status is Status.CANCELING:
            return order
        if not knobs.cancel_ms:
            return self._cancelled(order, "cancelled")
        state.agenda.enter(state.now + knobs.cancel_ms, lambda: self._finish_cancel(order.order_id))
        return state.save(replace(order, status=Status.CANCELING))

    def _finish_cancel(self, order_id: int) -> None:
        order = self._state.orders[order_id]
        if order.status.is_open:
            self._cancelled(order, "cancelled")

    def _fill_while_cancelling(self, order: Order) -> Order:
        state, ticket = self._state, order.ticket
        step = state.listings[ticket.symbol].step
        quantity = min(raised(rated(order.remaining, state.knobs.fill_on_cancel), step), self._executable(order))
        if not quantity:
            return order
        return execute(state, order, ticket.price or self._taker_price(order), quantity, maker=ticket.price is not None)

    def _release(self, order_id: int) -> None:
        self._held.discard(order_id)
        order = self._state.orders[order_id]
        if order.status.is_open:
            self._match(order, None)

    def _match(self, order: Order, most: int | None) -> Order:
        """Execute what the market, the position and the plan allow now; end what cannot go on."""
        arriving = order.order_id not in self._resting
        self._resting.add(order.order_id)
        if order.ticket.closes and not self._executable(order):
            return self._cancelled(order, "there is no position to close") if self._is_reached(order) else order
        if arriving and (refused := self._turned_away(order)):
            return self._cancelled(order, refused)
        if self._is_reached(order):
            order = self._execute(order, arriving, most)
        return self._after(order)

    def _execute(self, order: Order, arriving: bool, most: int | None) -> Order:
        maker = not arriving and order.ticket.kind is Kind.LIMIT
        quantity = self._executable(order)
        if maker and most is not None:
            quantity = min(quantity, most)
        quantity = self._planned(order, quantity)
        if not quantity:
            return order
        price = order.ticket.price if maker else self._taker_price(order)
        assert price is not None
        return execute(self._state, order, price, quantity, maker=maker)

    def _after(self, order: Order) -> Order:
        plan = self._plans.get(order.order_id)
        at_once = order.ticket.time_in_force is TimeInForce.IOC and order.ticket.kind is Kind.LIMIT
        is_left = not order.ticket.closes or not order.filled or self._executable(order)
        goes_on = is_left and (order.ticket.kind is Kind.LIMIT or bool(plan))
        if not order.status.is_open:
            self._forget(order)
        elif at_once or not goes_on:
            return self._cancelled(order, "the rest was not executed")
        return order

    def _cancelled(self, order: Order, reason: str) -> Order:
        order = self._state.end(order, Status.CANCELED, reason)
        if order.filled and not order.ticket.closes:
            attach(self._state, order)
        self._forget(order)
        self._state.tell_wallet()
        return order

    def _forget(self, order: Order) -> None:
        self._plans.pop(order.order_id, None)
        self._resting.discard(order.order_id)
        self._held.discard(order.order_id)

    def _turned_away(self, order: Order) -> str:
        """Why an arriving order does not come to be executed; empty where it does."""
        rule, reached = order.ticket.time_in_force, self._is_reached(order)
        if rule is TimeInForce.POST_ONLY and reached:
            return "it would have taken"
        if rule is TimeInForce.FOK and (not reached or self._executable(order) < order.remaining):
            return "it could not be executed completely"
        return ""

    def _is_reached(self, order: Order) -> bool:
        quote, ticket = self._state.quotes[order.ticket.symbol], order.ticket
        if ticket.price is None:
            return True
        return quote.ask <= ticket.price if ticket.side is Side.BUY else quote.bid >= ticket.price

    def _taker_price(self, order: Order) -> int:
        state, buys = self._state, order.ticket.side is Side.BUY
        quote, tick = state.quotes[order.ticket.symbol], state.listings[order.ticket.symbol].tick
        price = quote.ask if buys else quote.bid
        if not order.source_id or order.ticket.kind is not Kind.MARKET:
            return price
        slipped = rated(price, UNIT + state.knobs.slip if buys else UNIT - state.knobs.slip)
        return raised(slipped, tick) if buys else max(tick, floored(slipped, tick))

    def _executable(self, order: Order) -> int:
        if not order.ticket.closes:
            return order.remaining
        return min(order.remaining, self._state.size(order.ticket.symbol, order.ticket.hold))

    def _plan(self, order: Order) -> None:
        shares, whole = self._state.knobs.partial, order.ticket.quantity
        if not shares or order.ticket.time_in_force is TimeInForce.FOK:
            return
        step = self._state.listings[order.ticket.symbol].step
        parts = [max(step, floored(rated(whole, share), step)) for share in shares]
        if sum(shares) >= UNIT:
            parts = [*parts[:-1], whole]
        self._plans[order.order_id] = deque(parts)

    def _planned(self, order: Order, quantity: int) -> int:
        plan = self._plans.get(order.order_id)
        if plan is None:
            return quantity
        return min(quantity, plan.popleft()) if plan else 0


def _priority(order: Order) -> tuple[bool, int, int]:
    price = order.ticket.price or 0
    return order.ticket.kind is Kind.LIMIT, -price if order.ticket.side is Side.BUY else price, order.order_id
