"""Orders that wait for a price: which act, and what becomes of them."""

from dataclasses import replace

from sigma_engine.practice.matching import Matching
from sigma_engine.practice.money import value_of
from sigma_engine.practice.nouns import Kind, Order, Status, TimeInForce
from sigma_engine.practice.refusals import acts
from sigma_engine.practice.state import State


class Triggers:
    """Fires waiting orders; a fired one becomes a market or limit order of its own."""

    def __init__(self, state: State, matching: Matching) -> None:
        self._state, self._matching = state, matching

    def check(self, symbol: str) -> None:
        """Fire everything whose price is reached, oldest first, until nothing more acts."""
        while reached := self._reached(symbol):
            for order_id in reached:
                order = self._state.orders[order_id]
                if order.status.is_open:
                    self._fire(order)

    def _reached(self, symbol: str) -> list[int]:
        state, quote = self._state, self._state.quotes[symbol]
        waiting = state.open_orders(symbol, waiting=True)
        return [each.order_id for each in waiting if acts(each.ticket, quote, state.rising.get(each.order_id))]

    def _fire(self, trigger: Order) -> None:
        state, ticket = self._state, trigger.ticket
        quantity = min(ticket.quantity, state.size(ticket.symbol, ticket.hold)) if ticket.closes else ticket.quantity
        if not quantity:
            state.end(trigger, Status.CANCELED, "there is no position to close")
            return
        if not ticket.closes and not self._affords(trigger):
            state.end(trigger, Status.REJECTED, "amount not enough")
            return
        order = self._child(trigger, quantity)
        state.save(replace(trigger, status=Status.TRIGGERED, executed_as=order.order_id, triggered_ms=state.now))
        self._matching.arrive(state.save(order))

    def _affords(self, trigger: Order) -> bool:
        state, ticket = self._state, trigger.ticket
        price = ticket.price or state.quotes[ticket.symbol].ask
        value = value_of(price, ticket.quantity)
        return state.required(ticket.symbol, value, state.listings[ticket.symbol].taker_rate) <= state.spendable()

    def _child(self, trigger: Order, quantity: int) -> Order:
        limited = trigger.ticket.price is not None
        ticket = replace(
            trigger.ticket,
            kind=Kind.LIMIT if limited else Kind.MARKET,
            quantity=quantity,
            time_in_force=TimeInForce.GTC if limited else None,
            trigger=None,
        )
        return Order(
            order_id=self._state.next_id(),
            ticket=ticket,
            status=Status.PENDING,
            created_ms=self._state.now,
            updated_ms=self._state.now,
            source_id=trigger.order_id,
        )
